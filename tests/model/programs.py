"""What a task is to do: instructions drawn from a seed. tests/apps/random_programs/program.cpp draws the same."""

from __future__ import annotations

from typing import Iterator, NamedTuple

WORD = (1 << 64) - 1

FORMS = ["plain", "attempt", "for_none", "until_past", "for_long", "until_never", "until_soon"]
DRAWN_FORMS = [
    ["plain", "plain", "plain", "attempt", "for_none", "until_past", "for_long", "until_never"],
    ["plain", "plain", "attempt", "until_past", "for_long", "until_soon", "until_soon", "until_soon"],      # where time runs
]

# What there is to do; how often it is drawn, compared with the others, for tasks and for main, who helps them; and how many
# objects there are to do it to.
KINDS = {
    "yield": (10, 4, 1), "release": (12, 12, 3), "notify": (14, 16, 3), "count_down": (6, 6, 3), "set": (7, 6, 3),
    "send": (18, 16, 6), "receive": (18, 16, 6), "stop": (2, 3, 50), "request": (1, 1, 2), "start": (5, 6, 50),
    "lock": (30, 0, 12), "unlock": (24, 0, 1), "acquire": (12, 0, 3), "wait_condition": (14, 0, 3),
    "wait_latch": (6, 0, 3), "arrive": (5, 0, 2), "wait_barrier": (5, 0, 2), "arrive_and_wait": (7, 0, 2),
    "arrive_and_drop": (1, 0, 2), "reset": (4, 0, 3), "wait_event": (7, 0, 3), "close": (1, 0, 6), "select": (22, 0, 6),
    "listen": (4, 0, 2), "join": (5, 0, 50), "start_member": (6, 0, 2), "join_group": (2, 0, 2), "stop_group": (1, 0, 2),
    "exit": (1, 0, 1),
}
TOLD = ["begin", "end", "phase", "pass", "ask", "joined", "group_joined", "left"]         # drawn by nobody
NUMBER = {name: number for number, name in enumerate([*KINDS, *TOLD])}
FOR_TASKS, FOR_HELPERS = ([name for name in KINDS for _ in range(KINDS[name][whom])] for whom in (0, 1))


class Instruction(NamedTuple):
    what: str
    object: int = 0
    how: str = "plain"
    b: int = 0                           # further random numbers
    c: int = 0


def random_words(state: int) -> Iterator[int]:
    """splitmix64 (Steele, Lea and Flood, 2014)."""
    while True:
        state = state + 0x9E3779B97F4A7C15 & WORD
        word = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 & WORD
        word = (word ^ word >> 27) * 0x94D049BB133111EB & WORD
        yield word ^ word >> 31


def program(seed: int, who: int, least: int, more: int, drawn: list[str], timed: bool) -> list[Instruction]:
    words = random_words(seed * 1000 + who)
    instructions = []
    for _ in range(least + next(words) % (more + 1)):
        word = next(words)
        what = drawn[(word & 0xFFFFFFFF) % len(drawn)]
        instructions.append(Instruction(what, (word >> 40 & 0xFF) % KINDS[what][2], DRAWN_FORMS[timed][word >> 32 & 7],
                                        word >> 48 & 0xFF, word >> 56))
    return instructions
