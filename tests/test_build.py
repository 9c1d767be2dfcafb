"""`make` as a person uses it: apps anywhere, wrong names, missing tools, nothing rebuilt without need."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from bobbin import ARCHITECTURES, BUILD, ENVIRONMENT, ROOT, Flavour, boot, build, lock_of, make

HELLO = '#include "bobbin.hpp"\nint main(int argc, char** argv) { for (int i = 0; i < argc; ++i) bobbin::print("{}\\n", argv[i]); }\n'


WIDE = "tests/apps/wide.cpp"


def image(*words: str, **options) -> str:
    """The path that `make image` prints, or what it said when it failed."""
    done = make("image", f"BUILD={BUILD}", *words, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip().rpartition("\n")[2]


def complaint(*words: str, **options) -> str:
    """The one line with which make refuses."""
    done = make(*words, f"BUILD={BUILD}", **options)
    assert done.returncode == 2, done.stdout + done.stderr
    line, = done.stderr.strip().splitlines()
    return line


@pytest.fixture(autouse=True)
def kernels():
    """The kernels that these tests link to are made once, and not while a suite is at it."""
    for arch in ARCHITECTURES:
        build("tests/apps/ends.cpp", arch)


def test_an_app_outside_of_the_tree_from_where_make_was_called(tmp_path, arch):
    (tmp_path / "hello.cpp").write_text(HELLO)
    for app in "hello.cpp", str(tmp_path / "hello.cpp"):
        built = image(f"ARCH={arch}", f"APP={app}", cwd=tmp_path)
        assert boot(built, arch, "--args", "one two").text == "hello\none\ntwo\n"


def test_apps_of_the_same_name_are_apart(tmp_path):
    images = []
    for folder in "a", "b":
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.cpp").write_text(f'#include "bobbin.hpp"\nint main() {{ bobbin::print("{folder}"); }}\n')
        images.append(image(f"APP={tmp_path / folder / 'same.cpp'}"))
    (tmp_path / "b" / "same.c").write_text("int main(void) { return 9; }\n")
    images.append(image(f"APP={tmp_path / 'b' / 'same.c'}"))
    assert [boot(built, "riscv64").output for built in images] == [b"a", b"b", b""]


def test_a_folder_is_an_app(tmp_path, arch):
    folder = tmp_path / "parts"
    (folder / "deeper").mkdir(parents=True)
    (folder / "main.cpp").write_text('#include "parts.h"\nint main() { return in_c() + in_a_subfolder(); }\n')
    (folder / "parts.h").write_text('#ifdef __cplusplus\nextern "C" {\n#endif\nint in_c(void);\nint in_a_subfolder(void);\n'
                                    '#ifdef __cplusplus\n}\n#endif\n')
    (folder / "c.c").write_text('#include "parts.h"\nint in_c(void) { return 40; }\n')
    (folder / "deeper" / "more.cpp").write_text('#include "parts.h"\nint in_a_subfolder() { return 2; }\n')
    assert boot(image(f"ARCH={arch}", f"APP={folder}"), arch).status == 42


def test_an_app_in_c(tmp_path, arch):
    (tmp_path / "plain.c").write_text("#include <stdint.h>\nint main(int argc, char **argv) { (void)argv; return argc + 6; }\n")
    assert boot(image(f"ARCH={arch}", f"APP={tmp_path}/plain.c"), arch).status == 7


def test_appflags_are_for_the_app_and_count_at_once(tmp_path):
    (tmp_path / "flagged.cpp").write_text('#include "bobbin.hpp"\nint main() { bobbin::print("{}", TEXT); }\n')
    for text in "one", "two":
        built = image(f"APP={tmp_path}/flagged.cpp", f"APPFLAGS='-DTEXT=\"{text}\"'")
        assert boot(built, "riscv64").text == text


def test_nothing_is_made_twice(tmp_path):
    app = tmp_path / "hello.cpp"
    app.write_text(HELLO)
    image(f"APP={app}")
    for ci in "", "true":
        assert make("image", f"BUILD={BUILD}", f"APP={app}", env={"CI": ci}).stdout.strip().count("\n") == 0
    app.write_text(HELLO + "\n")
    again = make("image", f"BUILD={BUILD}", f"APP={app}").stdout
    assert [line.split()[0] for line in again.strip().splitlines()[:-1]] == ["CXX", "LINK"]


def test_what_depends_on_what_does_not_depend_on_how_the_build_folder_is_named():
    if ROOT not in BUILD.parents:
        pytest.skip("BUILD is elsewhere")
    image("APP=tests/apps/ends.cpp")
    needed = (BUILD / "riscv64-gcc-O2/kernel/task/task.cpp.o.d").read_text()
    assert needed.startswith(f"{BUILD.relative_to(ROOT)}/riscv64-gcc-O2/kernel/task/task.cpp.o:")


def test_main_may_run_off_its_end(tmp_path, arch):
    (tmp_path / "ends.cpp").write_text("int main() {}\n")
    assert boot(image(f"ARCH={arch}", f"APP={tmp_path}/ends.cpp"), arch).status == 0


# ---- what must not link

@pytest.mark.parametrize("source, reason", [
    ('#include "bobbin.hpp"\nint four() { return 4; }\nint number = four();\nint main() { return number; }\n', "constinit"),
    ("int main() { return *new int; }\n", "operator new|_Znwm"),
    ("extern \"C\" void* malloc(unsigned long) { return 0; }\nint main() { return malloc(1) != 0; }\n", "heap|malloc"),
], ids=["a constructor at run time", "operator new", "malloc"])
def test_what_must_not_link(source, reason, tmp_path, arch):
    (tmp_path / "bad.cpp").write_text(source)
    done = make("image", f"BUILD={BUILD}", f"ARCH={arch}", f"APP={tmp_path}/bad.cpp")
    assert done.returncode == 2 and any(word in done.stderr for word in reason.split("|")), done.stderr


# ---- wrong names and missing tools

def test_a_wrong_app_lists_what_there_is():
    line = complaint("run", "APP=tuor")
    assert "there is no APP=tuor" in line and "tour" in line.split("apps/ has:")[1]


def test_a_wrong_architecture_lists_what_there_is():
    assert "there is no ARCH=arm; there is: riscv64 x86_64 hosted" in complaint("run", "ARCH=arm")


@pytest.mark.parametrize("ports", ["0", "17", "x", "1 2", "%"])
def test_a_wrong_number_of_ports(ports):
    assert f'PORTS is a number from 1 to 16 and not PORTS="{ports}"' in complaint("run", f"PORTS={ports}")


@pytest.mark.parametrize("levels", ["0", "33", "x", "1 2"])
def test_a_wrong_number_of_priorities(levels):
    assert f'PRIORITIES is a number from 1 to 32 and not PRIORITIES="{levels}"' in complaint("image", f"PRIORITIES={levels}")


def test_one_priority_is_none():
    assert image("PRIORITIES=1", "APP=tests/apps/ends.cpp") == image("APP=tests/apps/ends.cpp")


def test_an_app_that_is_no_source(tmp_path):
    assert "no .cpp or .c source" in complaint("image", f"APP={tmp_path}")
    assert "without spaces" in complaint("image", "APP=a b")


def test_a_missing_compiler_is_told_with_the_fix(tmp_path):
    assert "make setup" in complaint("image", f"BUILD={tmp_path}", env={"PATH": "/nowhere"})
    assert "make setup LLVM=1" in complaint("image", "LLVM=1", f"BUILD={tmp_path}", env={"PATH": "/nowhere"})
    assert "nothing-g++" in complaint("image", "TOOLPREFIX=nothing-")


def test_a_missing_qemu_is_told_with_the_fix():
    done = make("run", "APP=tests/apps/ends.cpp", "QEMU=no-such-qemu", f"BUILD={BUILD}")
    assert "no-such-qemu is not installed: run `make setup`" in done.stderr


def test_make_alone_helps():
    assert make().stdout.startswith("make setup ")


def test_doctor_knows_what_is_here():
    done = make("doctor", f"BUILD={BUILD}")
    assert done.returncode == 0, done.stdout
    assert "ok       riscv64 compiler" in done.stdout and "ok       pytest " in done.stdout


def test_setup_does_nothing_when_nothing_is_missing():
    done = make("setup", f"BUILD={BUILD}")
    assert (done.stdout, done.returncode) == ("bobbin: everything is installed\n", 0)


def test_compile_commands(tmp_path):
    target = ROOT / "compile_commands.json"
    kept = target.read_bytes() if target.exists() else None
    try:
        assert make("compile_commands", "APP=tests/apps/ends.cpp", f"BUILD={BUILD}").returncode == 0
        import json
        files = [entry["file"] for entry in json.loads(target.read_text())]
        assert "kernel/kernel_main.cpp" in files and "tests/apps/ends.cpp" in files
    finally:
        target.write_bytes(kept) if kept is not None else target.unlink()


def test_what_is_alive_in_wide_registers_survives(arch):
    for flags in ["", "-march=native -O3"] if arch == "hosted" else [""]:
        assert boot(build(WIDE, arch, f"APPFLAGS={flags}"), arch).text == "main true, task true, body true\n"


@pytest.mark.skipif(shutil.which("clang++") is None, reason="clang is not installed: make setup LLVM=1")
def test_vector_registers_of_riscv64_are_given_up():
    assert image("LLVM=1", f"APP={WIDE}", "APPFLAGS=-march=rv64gcv -O3").endswith("wide.elf")
