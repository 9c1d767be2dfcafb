"""What is asked of make and of the compilers."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Failure(Exception):
    pass


class Refused(Failure):
    """The Makefile or a program says in one line why not."""


def make(goal: str, *settings: str) -> str:
    """Makes a goal, returns the last line it prints."""
    environment = {key: value for key, value in os.environ.items() if key not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    done = subprocess.run(["make", "--no-print-directory", goal, *settings], cwd=ROOT, env=environment, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if refusal := re.search(r"\*\*\* bobbin: (.*?)\.? +Stop\.$", done.stderr, re.DOTALL):
        raise Refused(refusal[1])
    if done.returncode:
        raise Failure(f"{done.stderr}make {' '.join([goal, *settings])} failed")
    return done.stdout.splitlines()[-1]


def first_line(command: str) -> str:
    """Of what it says about its version."""
    said = subprocess.run([command, "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return said.splitlines()[0]


def version_of_library(compiler: str, library: str) -> str:
    """As its file is named; "" if there is none."""
    found = subprocess.run([compiler, f"-print-file-name=lib{library}.so"], stdout=subprocess.PIPE, text=True, check=True)
    return os.path.realpath(found.stdout.strip()).rpartition(".so.")[2] if found.stdout.startswith("/") else ""
