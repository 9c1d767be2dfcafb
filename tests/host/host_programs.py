"""Kernel sources in ordinary programs: compiled for the host in a scratch folder and run there.

The programs are kernel/core with a suite of this folder or of tests/kernel.
"""

import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from known import answer

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WARNINGS = ["-Wall", "-Wextra", "-Wshadow", "-Werror"]
SANITIZE = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]


def output_of(*command, **options):
    """What the command prints; fails with all of it when the command does."""
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300,
                            **options)
    assert result.returncode == 0, " ".join(map(str, command)) + "\n" + result.stdout
    return result.stdout


class HostPrograms:
    def __init__(self, folder):
        self.folder = folder
        self.objects = {}

    def compiled(self, source, *flags):
        """A source of the tree with the flags it is compiled with: what `run` links."""
        return source, flags

    def object_of(self, source, flags):
        """Its object, compiled once for the same flags."""
        key = (source, flags)
        if key not in self.objects:
            target = self.folder / f"{len(self.objects)}.o"
            with open(ROOT / source) as text:
                # Read from standard input, a suite of tests/kernel finds the harness of this folder.
                output_of("g++", "-std=c++20", "-g", "-O1", *WARNINGS, *flags, "-I", ROOT / "kernel",
                          "-x", "c++", "-c", "-", "-o", target, stdin=text, cwd=HERE)
            self.objects[key] = target
        return self.objects[key]

    def run(self, objects, *flags, environment=None):
        """Links, runs and checks that every case that was announced is ok; not again if nothing has changed."""
        def find_out():
            program = self.folder / "program"
            output_of("g++", *flags, *[self.object_of(*each) for each in objects], "-o", program)
            return output_of(program, env=environment)

        sources = [ROOT / source for source, _ in objects] + sorted(HERE.glob("*.hpp"))
        settings = sorted((name, value) for name, value in (environment or {}).items() if name not in os.environ)
        lines = answer(find_out, f"host {objects} {flags} {settings}", sources).splitlines()
        cases = [line for line in lines if line.startswith("ok ")]
        assert f"1..{len(cases)}" in lines and cases
