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


@pytest.mark.parametrize("option, value", [("panic", "first"), ("deadlock", "eager")])
@pytest.mark.parametrize("given", ["always", "{}s"])
def test_a_value_that_an_option_does_not_have_is_told(option, value, given, arch):
    given = given.format(value)
    run = boot(build(APP, arch), arch, "--args", f"one {option}={given} two")
    told, *lines = run.text.splitlines()
    assert told == f"bobbin: {option}={given} is unknown, there is {option}={value}: ignored"
    assert lines == ["0: [arguments]", "1: [one]", "2: [two]", "null"] and run.status == 0


@pytest.mark.parametrize("option", ["panic=first", "deadlock=eager"])
def test_the_one_it_has_is_taken_without_a_word(option, arch):
    assert boot(build(APP, arch), arch, "--args", f"{option} one").text.splitlines() == ["0: [arguments]", "1: [one]", "null"]
