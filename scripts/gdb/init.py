"""What `gdb -x` loads: the `bobbin` commands, frames of suspended tasks, printers. For any Bobbin image, wherever it runs."""

import sys
from pathlib import Path

sys.dont_write_bytecode = True        # the tree stays as it was cloned
sys.path.insert(0, str(Path(__file__).resolve().parent))

from bobbin import commands, printers, view  # noqa: E402

view.install()
commands.install()
printers.install()
