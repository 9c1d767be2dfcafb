"""What the README shows is what happens."""

from __future__ import annotations

import re

from bobbin import ROOT, boot, build

README = (ROOT / "README.md").read_text()


def test_the_program_prints_what_is_shown(arch, tmp_path):
    program = re.search(r"```cpp\n(.*?)```", README, re.DOTALL)[1]
    shown = re.search(r"```\n\$ make run APP=~/hello.cpp\n(.*?)```", README, re.DOTALL)[1]
    source = tmp_path / "hello.cpp"
    source.write_text(program)
    run = boot(build(source, arch), arch)
    assert run.status == 0, run.text + run.errors
    assert [line.rstrip() for line in run.text.splitlines()] == shown.splitlines()


def test_every_link_leads_somewhere():
    prose = re.sub(r"```.*?```", "", README, flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#]+)\)", prose):
        assert (ROOT / target).exists(), target


def test_every_target_it_names_is_in_the_help():
    told = (ROOT / "scripts/help.txt").read_text()
    for target in set(re.findall(r"\bmake (\w+)", README)) - {"help"}:
        assert f"make {target}" in told, target
