"""ARGS="..." reaches main, word by word."""

from __future__ import annotations

import pytest

from bobbin import boot, build

APP = "tests/apps/arguments.cpp"


@pytest.mark.parametrize("args, words", [
    ("", []),
    ("one", ["one"]),
    ("one two  three", ["one", "two", "three"]),
    ("'one two' three", ["one two", "three"]),
    ('"one two" it\'\'s', ["one two", "its"]),
    ("a=b,c --flag /path", ["a=b,c", "--flag", "/path"]),
])
def test_words_arrive(args, words, arch):
    run = boot(build(APP, arch), arch, "--args", args)
    lines = run.text.splitlines()
    assert lines[0] == "0: [arguments]"
    assert lines[1:] == [f"{number}: [{word}]" for number, word in enumerate(words, 1)] + ["null"]
    assert run.status == 0
