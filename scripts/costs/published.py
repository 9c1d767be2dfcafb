"""docs/costs.json: the figures of docs/costs.md, for programs. `make test` compares with them."""

from __future__ import annotations

import json
from dataclasses import dataclass

from costs.rows import Row
from costs.tools import ROOT

FILE = ROOT / "docs/costs.json"


@dataclass
class Published:
    versions: dict[str, list[str]]    # see counted.versions
    rows: list[Row]

    def write(self) -> None:
        """One row to a line, so that a change is seen as one."""
        rows = ",\n".join(f"    {json.dumps(row.as_object())}" for row in self.rows)
        FILE.write_text(f'{{\n  "versions": {json.dumps(self.versions)},\n  "rows": [\n{rows}\n  ]\n}}\n')

    @staticmethod
    def read() -> Published:
        said = json.loads(FILE.read_text())
        return Published(said["versions"], [Row.of_object(row) for row in said["rows"]])
