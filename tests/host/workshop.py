"""Kernel sources in ordinary programs: compiled for the host in a scratch folder and run there."""

import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WARNINGS = ["-Wall", "-Wextra", "-Wshadow", "-Werror"]
SANITIZE = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]


def output_of(*command, **options):
    """What the command prints; fails with all of it when the command does."""
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120, **options)
    assert result.returncode == 0, " ".join(map(str, command)) + "\n" + result.stdout
    return result.stdout


class Workshop:
    def __init__(self, folder):
        self.folder = folder
        self.objects = {}

    def compiled(self, source, *flags):
        """The object of a source of the tree, compiled once for the same flags."""
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
        """Links, runs and checks that every case that was announced is ok."""
        program = self.folder / "program"
        output_of("g++", *flags, *objects, "-o", program)
        lines = output_of(program, env=environment).splitlines()
        cases = [line for line in lines if line.startswith("ok ")]
        assert f"1..{len(cases)}" in lines and cases
