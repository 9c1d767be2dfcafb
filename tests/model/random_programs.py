#!/usr/bin/env python3
"""What tests/apps/random_programs must say: its tasks, doing the same on the reference.

    tests/model/random_programs.py 17        all that happens with seed 17
    tests/model/random_programs.py 1-200     digests of these seeds
    tests/model/random_programs.py 17 timed  with deadlines that come
"""

from __future__ import annotations

import sys
from typing import Callable, Iterator

import reference
from programs import FOR_HELPERS, FOR_TASKS, NUMBER, WORD, Instruction, program

TASKS, FIRST_TASKS, MAIN, MOST_MEMBERS, MOST_RUNS, MOST_HELD = 50, 40, 50, 40, 2, 8
FIRST_MEMBER = MAIN + 1
SKIPPED = -1

# What can be locked, by number.
RECURSIVE, WRITING, READING, BINARY = range(4, 6), range(6, 8), range(8, 10), range(10, 12)


def rank_of(lockable: int) -> int:
    """The two ways of a shared_mutex have one; semaphores, which a stopped task never waits for, have none."""
    return -1 if lockable in BINARY else lockable - 2 if lockable in READING else lockable


class Log:
    def __init__(self, aloud: bool):
        self.lines: list[str] = []
        self.aloud, self.events, self.digest = aloud, 0, 0xCBF29CE484222325

    def note(self, who: int, number: int, done: Instruction, result: int) -> None:
        self.events += 1
        for word in who << 16 | number << 8 | NUMBER[done.what], result:
            self.digest = (self.digest ^ word & WORD) * 0x100000001B3 & WORD
        if self.aloud:
            self.lines.append(f"{who}.{number} {done.what} {done.object} {done.how} {done.b} {done.c}: {result:d}")


class World:
    """All that the tasks of one seed share."""

    def __init__(self, seed: int, timed: bool, log: Log):
        self.seed, self.timed, self.log, self.machine = seed, timed, log, reference.Machine()
        make: Callable = lambda kind, *arguments: kind(self.machine, *arguments)
        self.mutexes = [make(reference.Mutex) for _ in range(4)] + [make(reference.RecursiveMutex) for _ in range(2)]
        self.shared = [make(reference.SharedMutex) for _ in range(2)]
        self.binary = [make(reference.Semaphore, 1) for _ in range(2)]
        self.units = [make(reference.Semaphore, units) for units in (2, 0, 5)]
        self.conditions = [make(reference.ConditionVariable) for _ in range(3)]
        self.changes = [0, 0, 0]
        self.latches = [make(reference.Latch, expected) for expected in (12, 6, 3)]
        self.barriers = [make(reference.Barrier, expected, lambda which=which: log.note(which, 0, Instruction("phase"), 0))
                         for which, expected in enumerate((3, 6))]
        self.events = [make(reference.Event) for _ in range(3)]
        self.channels = [make(reference.Channel, capacity) for capacity in (0, 0, 1, 1, 4, 4)]
        self.sources = [reference.StopSource() for _ in range(2)]
        self.groups = [make(reference.TaskGroup, 3) for _ in range(2)]
        self.tasks = [make(reference.Task) for _ in range(TASKS)]
        self.runs = [0] * TASKS
        self.members = 0
        self.closing = False

    def start_task(self, which: int) -> None:
        self.runs[which] += 1
        task, what = self.tasks[which], program(self.seed, which, 20, 20, FOR_TASKS, self.timed)

        def function() -> Iterator:
            self.log.note(which, 0, Instruction("begin"), task.stop_requested)
            return (yield from Runner(self, task, which, what).run())
        task.start(function)

    def start_member(self, group: int) -> int:
        if self.closing or self.members == MOST_MEMBERS:
            return SKIPPED
        number = FIRST_MEMBER + self.members
        self.members += 1
        what = program(self.seed, number, 3, 8, FOR_TASKS, self.timed)
        started = self.groups[group].start(lambda: Runner(self, self.machine.current, number, what).run())
        return 0 if started else 3


def number_of(how: reference.Outcome) -> int:
    return {"returned": 0, "exited": 1, "stopped": 2}[how.kind] << 1 | how.status


class Runner:
    def __init__(self, world: World, task: reference.Task, who: int, what: list[Instruction]):
        self.all, self.task, self.who, self.program = world, task, who, what
        self.number = 0
        self.held: list[int] = []
        self.arrivals: list[int | None] = [None, None]
        self.listening: tuple | None = None
        self.actions: dict[str, Callable] = {name: getattr(self, name) for name in NUMBER if hasattr(self, name)}

    def run(self) -> Iterator:
        for self.number, instruction in enumerate(self.program):
            yield from self.step(instruction)
            if self.task.stop_requested and instruction.c % 4 == 0:
                break
        while self.held:
            self.let_go(-1)
        self.stop_listening()
        status = int(len(self.program) % 4 == 0)
        self.all.log.note(self.who, 0, Instruction("end"), status)
        return status

    def step(self, instruction: Instruction) -> Iterator:
        result = self.actions[instruction.what](instruction)
        if not isinstance(result, int):
            result = yield from result
        self.all.log.note(self.who, self.number, instruction, result)

    def form_of(self, i: Instruction) -> str | int:
        return self.all.machine.time + 1 + i.b % 3 if i.how == "until_soon" else i.how

    def ended(self, well: bool, what: int | None = None) -> int:
        return (what or 0) << 2 | well | self.task.stop_requested << 1

    # Each action is what C++ has under the same name. Those that may wait are generators.

    def yield_(self, _) -> Iterator:
        yield from self.all.machine.turn()
        return 0

    def lock(self, i: Instruction) -> Iterator:
        lockable = i.object
        if lockable in self.held and lockable not in RECURSIVE:
            return self.let_go(self.held.index(lockable))
        if len(self.held) == MOST_HELD:
            return SKIPPED
        may_wait = i.how != "plain" or self.may_wait_for(lockable)
        return self.ended((yield from self.take(lockable, self.form_of(i) if may_wait else "attempt")))

    def take(self, lockable: int, how: str) -> Iterator:
        if lockable in BINARY:
            taken = yield from self.all.binary[lockable - BINARY[0]].acquire(how)
        elif lockable in READING:
            taken = yield from self.all.shared[lockable - READING[0]].lock(True, how)
        elif lockable in WRITING:
            taken = yield from self.all.shared[lockable - WRITING[0]].lock(False, how)
        else:
            taken = yield from self.all.mutexes[lockable].lock(how)
        if taken:
            self.held.append(lockable)
        return taken

    def may_wait_for(self, lockable: int) -> bool:
        rank = rank_of(lockable)
        return rank < 0 or rank > self.highest_held() or lockable in RECURSIVE and lockable in self.held

    def highest_held(self) -> int:
        return max(map(rank_of, self.held), default=-1)

    def let_go(self, place: int) -> int:
        lockable = self.held.pop(place)
        if lockable in BINARY:
            self.all.binary[lockable - BINARY[0]].release()
        elif lockable in READING:
            self.all.shared[lockable - READING[0]].unlock(True)
        elif lockable in WRITING:
            self.all.shared[lockable - WRITING[0]].unlock(False)
        else:
            self.all.mutexes[lockable].unlock()
        return 100 + lockable

    def unlock(self, i: Instruction) -> int:
        if not self.held:
            return SKIPPED
        return self.let_go([-1, 0, len(self.held) // 2][i.b % 3])

    def acquire(self, i: Instruction) -> Iterator:
        return self.ended((yield from self.all.units[i.object].acquire(self.form_of(i))))

    def release(self, i: Instruction) -> int:
        for _ in range(1 + i.b % 2):
            self.all.units[i.object].release()
        return 0

    def wait_condition(self, i: Instruction) -> Iterator:
        which = i.object
        if self.highest_held() > which or which not in self.held and len(self.held) == MOST_HELD:
            return SKIPPED
        before = self.all.changes[which]
        if which not in self.held:
            yield from self.take(which, "plain")
        condition, mutex = self.all.conditions[which], self.all.mutexes[which]
        if i.b % 2:
            changed: Callable = lambda: self.all.changes[which] != before
            return self.ended((yield from condition.wait_until(changed, mutex, self.form_of(i))))
        status = yield from condition.wait(mutex, self.form_of(i))
        return self.ended(status == "no_timeout", 0 if i.how == "plain" else reference.CV_STATUS.index(status))

    def notify(self, i: Instruction) -> int:
        which = i.object
        if i.b % 4:
            self.all.changes[which] += 1
        condition = self.all.conditions[which]
        condition.notify_one() if i.c % 3 else condition.notify_all()
        return 0

    def count_down(self, i: Instruction) -> int:
        latch, by = self.all.latches[i.object], 1 + i.b % 2
        if latch.left < by:
            return SKIPPED
        latch.count_down(by)
        return 0

    def wait_latch(self, i: Instruction) -> Iterator:
        latch = self.all.latches[i.object]
        if i.how == "plain" and i.b % 2 and latch.left > 0:
            latch.count_down(1)
        return self.ended((yield from latch.wait(self.form_of(i))))

    def arrive(self, i: Instruction) -> int:
        self.arrivals[i.object] = self.all.barriers[i.object].arrive()
        return 0

    def wait_barrier(self, i: Instruction) -> Iterator:
        which = i.object
        phase = self.arrivals[which]
        if phase is None:
            return SKIPPED
        over = yield from self.all.barriers[which].wait(phase, self.form_of(i))
        if over:
            self.arrivals[which] = None
        return self.ended(over)

    def arrive_and_wait(self, i: Instruction) -> Iterator:
        barrier = self.all.barriers[i.object]
        return self.ended((yield from barrier.wait(barrier.arrive())))

    def arrive_and_drop(self, i: Instruction) -> int:
        barrier = self.all.barriers[i.object]
        if barrier.expected <= 2:
            return SKIPPED
        barrier.arrive_and_drop()
        return 0

    def set(self, i: Instruction) -> int:
        self.all.events[i.object].set()
        return 0

    def reset(self, i: Instruction) -> int:
        self.all.events[i.object].is_set = False
        return 0

    def wait_event(self, i: Instruction) -> Iterator:
        return self.ended((yield from self.all.events[i.object].wait(self.form_of(i))))

    def send(self, i: Instruction) -> Iterator:
        return self.ended((yield from self.all.channels[i.object].send(self.new_value(), self.form_of(i))))

    def receive(self, i: Instruction) -> Iterator:
        value = yield from self.all.channels[i.object].receive(self.form_of(i))
        return self.ended(value is not None, value)

    def close(self, i: Instruction) -> int:
        if i.b % 4:
            return SKIPPED
        self.all.channels[i.object].close()
        return 0

    def select(self, i: Instruction) -> Iterator:
        a, b, c, d, e, f = self.all.channels
        first, second, third = self.all.events
        value = self.new_value()
        chosen, received = yield from reference.select(self.all.machine, [
            [("receive", a), ("receive", c), ("event", first)],
            [("send", a, value), ("receive", e)],
            [("send", b, value), ("send", d, value), ("event", second)],
            [("event", second), ("event", third)],
            [("receive", b), ("send", a, value), ("receive", f)],
            [("send", e, value), ("receive", a), ("send", a, value)],
        ][i.object], self.form_of(i))
        return self.ended(chosen is not None, (received or 0) << 3 | (0 if chosen is None else chosen + 1))

    def new_value(self) -> int:
        return self.who << 8 | self.number

    def stop(self, i: Instruction) -> int:
        self.all.tasks[i.object].request_stop()
        return 0

    def listen(self, i: Instruction) -> int:
        if self.listening:
            self.stop_listening()
            return 0
        source = self.all.sources[i.object]
        self.listening = source, self.task.request_stop
        if source.requested:
            self.task.request_stop()
        else:
            source.callbacks.append(self.task.request_stop)
        return self.ended(True)

    def stop_listening(self) -> None:
        if self.listening:
            source, callback = self.listening
            if callback in source.callbacks:
                source.callbacks.remove(callback)
            self.listening = None

    def request(self, i: Instruction) -> int:
        return SKIPPED if i.b % 4 else int(self.all.sources[i.object].request_stop())

    def start(self, i: Instruction) -> int:
        which = i.object
        if self.all.closing or self.all.tasks[which].alive or self.all.runs[which] == MOST_RUNS:
            return SKIPPED
        self.all.start_task(which)
        return 0

    def join(self, i: Instruction) -> Iterator:
        which = i.object
        if which <= self.who or self.who >= MAIN or self.all.runs[which] == 0 or self.highest_held() >= 0:
            return SKIPPED
        return number_of((yield from self.all.tasks[which].join()))

    def start_member(self, i: Instruction) -> int:
        return self.all.start_member(i.object)

    def join_group(self, i: Instruction) -> Iterator:
        if i.how == "plain" and (self.who >= MAIN or self.highest_held() >= 0):
            return SKIPPED
        how = yield from self.all.groups[i.object].join(self.form_of(i))
        return self.ended(how is not None, number_of(how) if how else 0)

    def exit(self, i: Instruction) -> int:
        if self.listening or any(lockable in READING or lockable in BINARY for lockable in self.held):
            return SKIPPED
        self.all.log.note(self.who, self.number, i, len(self.held))
        raise reference.Exit(2)

    def stop_group(self, i: Instruction) -> int:
        if i.b % 4:
            return SKIPPED
        self.all.groups[i.object].request_stop()
        return 0


setattr(Runner, "yield", Runner.yield_)


class Main:
    """The task main: helps the others along until nothing moves any more, and then asks them to stop, one by one."""

    def __init__(self, world: World):
        self.all, self.machine, self.task = world, world.machine, reference.Task(world.machine)
        self.seen = 0

    def run(self) -> Iterator:
        for which in range(FIRST_TASKS):
            self.all.start_task(which)
        yield from self.help()
        yield from self.stop_all()
        yield from self.join_all()
        self.look_at_what_is_left()
        return 0

    def settle(self) -> Iterator:
        while self.machine.ready:
            yield from self.machine.turn()

    def help(self) -> Iterator:
        """It never waits itself."""
        what = [each._replace(how="attempt") for each in program(self.all.seed, MAIN, 80, 40, FOR_HELPERS, self.all.timed)]
        runner = Runner(self.all, self.task, MAIN, what)
        for runner.number, instruction in enumerate(what):
            yield from self.settle()
            yield from runner.step(instruction)
            if self.all.timed and runner.number % 4 == 0:
                yield from self.pass_time()
        yield from self.settle()

    def pass_time(self) -> Iterator:
        yield from self.settle()
        self.machine.pass_time()
        yield from self.settle()
        self.tell(Instruction("pass"), 1)

    def stop_all(self) -> Iterator:
        self.all.closing = True
        yield from self.settle()
        for which, task in enumerate(self.all.tasks):
            if task.alive:
                task.request_stop()
                self.tell(Instruction("ask", object=which), 0)
                yield from self.settle()
        for group in self.all.groups:
            group.request_stop()
            yield from self.settle()

    def join_all(self) -> Iterator:
        for which, task in enumerate(self.all.tasks):
            if self.all.runs[which]:
                self.tell(Instruction("joined", object=which), number_of((yield from task.join())))
        for group in self.all.groups:
            self.tell(Instruction("group_joined"), number_of((yield from group.join())) << 8 | len(group.members))

    def look_at_what_is_left(self) -> None:
        for mutex in self.all.mutexes:
            self.left(mutex.owner is None)
        for shared in self.all.shared:
            self.left(not shared.writer and not shared.readers)
        for semaphore in self.all.binary + self.all.units:
            self.left(semaphore.units)
        for latch in self.all.latches:
            self.left(latch.left == 0)
        for event in self.all.events:
            self.left(event.is_set)
        for channel in self.all.channels:
            self.left(channel.closed)
            while (value := channel.get()) is not None:
                self.left(value)
        for source in self.all.sources:
            self.left(source.requested)
        self.left(0)                       # interrupts that somebody expects

    def tell(self, what: Instruction, result: int) -> None:
        self.all.log.note(MAIN, 0, what, result)

    def left(self, what: int) -> None:
        self.tell(Instruction("left", object=self.seen), int(what))
        self.seen += 1


def run(seed: int, timed: bool = False, aloud: bool = False) -> Log:
    log = Log(aloud)
    world = World(seed, timed, log)
    main = Main(world)
    main.task.start(main.run)
    world.machine.run()
    assert not main.task.alive, f"seed {seed} ends in a deadlock"
    log.lines.append(f"seed {seed}: {log.digest:016x} of {log.events} events")
    return log


if __name__ == "__main__":
    first, _, last = sys.argv[1].partition("-")
    for seed in range(int(first), int(last or first) + 1):
        print(*run(seed, timed="timed" in sys.argv, aloud=not last).lines, sep="\n")
