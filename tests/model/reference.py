"""What kernel/sync promises, in as few words as it takes: the reference that the kernel is compared with.

Written from what the headers say, not from how the kernel does it. Tasks are Python generators: `yield` gives the turn
away, and who is to run again stands in `ready`, first come, first served. Functions that may wait are generators as well,
called with `yield from`.
"""

from __future__ import annotations

from collections import deque
from typing import Callable, Iterator, NamedTuple

# A wait has a form: "plain", one of these that never wait, another that goes on for as long as nobody asks the task to stop,
# or a deadline, as a number.
AT_ONCE = {"attempt", "for_none", "until_past"}
CV_STATUS = ["no_timeout", "timeout", "stopped"]


class Outcome(NamedTuple):
    kind: str
    status: int

    @property
    def ok(self) -> bool:
        return self.kind in ("returned", "exited") and self.status == 0


class Exit(Exception):
    """A task ends where it is, with a status."""


class Machine:
    """One processor, and who wants to run on it."""

    def __init__(self):
        self.ready: deque[Task] = deque()
        self.current: Task
        self.time = 0
        self.limits: list[tuple[int, Wait]] = []       # deadlines of waits, in the order in which these began

    def run(self) -> None:
        while self.ready:
            self.current = self.ready.popleft()
            next(self.current.body, None)

    def turn(self) -> Iterator:
        """Lets everybody who is ready run once."""
        self.ready.append(self.current)
        yield

    def pass_time(self) -> None:
        """Waits end whose deadlines come."""
        self.time += 1
        due = [wait for deadline, wait in self.limits if deadline == self.time]
        for wait in due:
            if wait is wait.task.wait and wait.heeds_stop:
                wait.timed_out = True
                wait.give_up()

    def wait(self, places: list, form: str | int = "plain", heeds_stop: bool = True,
             given_up: Callable = lambda: None) -> Iterator:
        """Waits in several queues at once, given as pairs of a queue and what is offered there. Returns the Wait."""
        self_ = self.current
        wait = Wait(self_, heeds_stop, given_up)
        if form in AT_ONCE or isinstance(form, int) and form <= self.time:
            wait.timed_out = True
            return wait
        if heeds_stop and self_.stop_requested:
            yield from self.turn()
            return wait
        for number, (queue, offer) in enumerate(places):
            Case(wait, number, queue, offer)
        if isinstance(form, int):
            self.limits.append((form, wait))
        self_.wait = wait
        yield
        return wait


class Task:
    def __init__(self, machine: Machine):
        self.machine = machine
        self.alive = False
        self.body: Iterator
        self.stop_requested = False
        self.wait: Wait | None = None          # that a request to stop may end
        self.joiners: list[list] = []
        self.holds: list = []                  # mutexes, and shared_mutexes that it writes under
        self.outcome = Outcome("returned", 0)

    def start(self, function: Callable[[], Iterator]) -> None:
        """`function` returns the task's status."""
        self.alive, self.stop_requested = True, False
        self.body = self.life(function)
        self.machine.ready.append(self)

    def life(self, function: Callable[[], Iterator]) -> Iterator:
        try:
            status = yield from function()
            self.outcome = Outcome("stopped" if self.stop_requested else "returned", status)
        except Exit as exit:
            self.outcome = Outcome("exited", *exit.args)
        while self.holds:
            self.holds[-1].abandoned()
        self.alive = False
        self.has_ended()
        for joiner in self.joiners:
            joiner.append(self.outcome)
            self.machine.ready.append(joiner[0])
        self.joiners = []

    def has_ended(self) -> None:
        pass

    def request_stop(self) -> None:
        if not self.alive:
            return
        self.stop_requested = True
        if self.wait and self.wait.heeds_stop:
            self.wait.give_up()

    def join(self) -> Iterator:
        if not self.alive:
            return self.outcome
        joiner = [self.machine.current]
        self.joiners.append(joiner)
        yield
        return joiner[1]


class Wait:
    """A task waits for the first of several cases."""

    def __init__(self, task: Task, heeds_stop: bool, given_up: Callable):
        self.task, self.heeds_stop, self.given_up = task, heeds_stop, given_up
        self.cases: list[Case] = []
        self.chosen: int | None = None
        self.timed_out = False
        self.got = None                        # what it was given in that case

    def over(self) -> None:
        for case in self.cases:
            case.queue.remove(case)
        self.task.wait = None
        self.task.machine.ready.append(self.task)

    def give_up(self) -> None:
        self.over()
        self.given_up()


class Case:
    def __init__(self, wait: Wait, number: int, queue: list, offer):
        self.wait, self.number, self.queue, self.offer = wait, number, queue, offer
        wait.cases.append(self)
        queue.append(self)

    def serve(self, got=None) -> None:
        """What it waited for has come."""
        self.wait.chosen, self.wait.got = self.number, got
        self.wait.over()


def serve_all(queue: list, got=None) -> None:
    while queue:
        queue[0].serve(got)


class Mutex:
    def __init__(self, machine: Machine):
        self.machine, self.owner, self.queue = machine, None, []

    def take(self) -> bool:
        if self.owner is not None:
            return False
        self.give_to(self.machine.current)
        return True

    def give_to(self, task: Task) -> None:
        self.owner = task
        task.holds.append(self)

    def lock(self, form: str | int = "plain") -> Iterator:
        """A plain one goes on waiting when its task is asked to stop."""
        if self.take():
            return True
        wait = yield from self.machine.wait([(self.queue, None)], form, heeds_stop=form != "plain")
        return wait.chosen is not None

    def unlock(self) -> None:
        self.owner.holds.remove(self)
        self.owner = None
        self.pass_on()

    def abandoned(self) -> None:
        """Its owner has ended."""
        Mutex.unlock(self)

    def pass_on(self) -> None:
        if self.owner is None and self.queue:
            self.give_to(self.queue[0].wait.task)
            self.queue[0].serve()


class RecursiveMutex(Mutex):
    def __init__(self, machine: Machine):
        super().__init__(machine)
        self.depth = 0

    def lock(self, form: str | int = "plain") -> Iterator:
        if self.owner is self.machine.current:
            self.depth += 1
            return True
        locked = yield from super().lock(form)
        if locked:
            self.depth = 1
        return locked

    def unlock(self) -> None:
        self.depth -= 1
        if self.depth == 0:
            super().unlock()


class SharedMutex:
    """Held by one who writes or many who read; strictly first come, first served."""

    def __init__(self, machine: Machine):
        self.machine, self.writer, self.readers, self.queue = machine, None, 0, []

    def take(self, task: Task, reads: bool) -> bool:
        if self.writer or (self.readers and not reads):
            return False
        if reads:
            self.readers += 1
        else:
            self.writer = task
            task.holds.append(self)
        return True

    def lock(self, reads: bool, form: str | int = "plain") -> Iterator:
        if not self.queue and self.take(self.machine.current, reads):
            return True
        wait = yield from self.machine.wait([(self.queue, reads)], form, heeds_stop=form != "plain", given_up=self.admit)
        return wait.chosen is not None

    def unlock(self, reads: bool) -> None:
        if reads:
            self.readers -= 1
        else:
            self.writer.holds.remove(self)
            self.writer = None
        self.admit()

    def abandoned(self) -> None:
        """Who wrote has ended."""
        self.unlock(reads=False)

    def admit(self) -> None:
        while self.queue and self.take(self.queue[0].wait.task, self.queue[0].offer):
            self.queue[0].serve()


class Semaphore:
    def __init__(self, machine: Machine, units: int):
        self.machine, self.units, self.queue = machine, units, []

    def acquire(self, form: str | int = "plain") -> Iterator:
        if self.units > 0:
            self.units -= 1
            return True
        wait = yield from self.machine.wait([(self.queue, None)], form)
        return wait.chosen is not None

    def release(self) -> None:
        if self.queue:
            self.queue[0].serve()
        else:
            self.units += 1


class ConditionVariable:
    def __init__(self, machine: Machine):
        self.machine, self.queue = machine, []

    def wait(self, mutex: Mutex, form: str | int) -> Iterator:
        """A cv_status; the mutex is locked again in any case."""
        mutex.unlock()
        wait = yield from self.machine.wait([(self.queue, mutex)], form)
        if mutex.owner is not self.machine.current:
            yield from mutex.lock()
        return "no_timeout" if wait.chosen is not None else "timeout" if wait.timed_out else "stopped"

    def wait_until(self, good: Callable[[], bool], mutex: Mutex, form: str | int) -> Iterator:
        while not good():
            if (yield from self.wait(mutex, form)) != "no_timeout":
                return good()
        return True

    def notify_one(self) -> None:
        """Who was notified waits for the mutex at once, whatever happens."""
        if not self.queue:
            return
        case = self.queue.pop(0)
        mutex = case.offer
        case.queue, case.wait.heeds_stop = mutex.queue, False
        mutex.queue.append(case)
        mutex.pass_on()

    def notify_all(self) -> None:
        while self.queue:
            self.notify_one()


class Latch:
    def __init__(self, machine: Machine, expected: int):
        self.machine, self.left, self.queue = machine, expected, []

    def count_down(self, by: int) -> None:
        self.left -= by
        if self.left == 0:
            serve_all(self.queue)

    def wait(self, form: str | int = "plain") -> Iterator:
        if self.left == 0:
            return True
        wait = yield from self.machine.wait([(self.queue, None)], form)
        return wait.chosen is not None


class Barrier:
    def __init__(self, machine: Machine, expected: int, completion: Callable):
        self.machine, self.expected, self.left, self.completion = machine, expected, expected, completion
        self.phase, self.queue = 0, []

    def arrive(self) -> int:
        """The phase in which that was."""
        phase = self.phase
        self.left -= 1
        if self.left == 0:
            self.completion()
            self.left = self.expected
            self.phase += 1
            serve_all(self.queue)
        return phase

    def arrive_and_drop(self) -> None:
        self.expected -= 1
        self.arrive()

    def wait(self, phase: int, form: str | int = "plain") -> Iterator:
        if phase != self.phase:
            return True
        wait = yield from self.machine.wait([(self.queue, None)], form)
        return wait.chosen is not None


class Event:
    def __init__(self, machine: Machine):
        self.machine, self.is_set, self.queue = machine, False, []

    def set(self) -> None:
        self.is_set = True
        serve_all(self.queue)

    def wait(self, form: str | int) -> Iterator:
        if self.is_set:
            return True
        wait = yield from self.machine.wait([(self.queue, None)], form)
        return wait.chosen is not None


CLOSED = object()                              # what is given to who waits when a channel is closed


class Channel:
    def __init__(self, machine: Machine, capacity: int):
        self.machine, self.capacity = machine, capacity
        self.values: list = []
        self.senders: list[Case] = []
        self.receivers: list[Case] = []
        self.closed = False

    def put(self, value) -> bool:
        """Without waiting."""
        if self.receivers:
            self.receivers[0].serve(value)
            return True
        if self.closed or len(self.values) == self.capacity:
            return False
        self.values.append(value)
        return True

    def get(self):
        """Without waiting; None if there is nothing."""
        if self.senders:
            self.values.append(self.senders[0].offer)      # in its place behind the others
            self.senders[0].serve()
        return self.values.pop(0) if self.values else None

    def close(self) -> None:
        self.closed = True
        serve_all(self.senders, CLOSED)
        serve_all(self.receivers, CLOSED)

    def send(self, value, form: str | int) -> Iterator:
        if self.put(value):
            return True
        if self.closed:
            return False
        wait = yield from self.machine.wait([(self.senders, value)], form)
        return wait.chosen is not None and wait.got is not CLOSED

    def receive(self, form: str | int) -> Iterator:
        value = self.get()
        if value is not None or self.closed:
            return value
        wait = yield from self.machine.wait([(self.receivers, None)], form)
        return None if wait.got is CLOSED else wait.got


def select(machine: Machine, cases: list[tuple], form: str | int) -> Iterator:
    """The first of the cases ("send", channel, value), ("receive", channel) and ("event", event) that can happen, or
    happens first: its number, and the value that was received; (None, None) if none did."""
    for number, (what, of, *value) in enumerate(cases):
        if what == "event" and of.is_set:
            return number, None
        if what == "send" and (of.put(*value) or of.closed):
            return number, None
        if what == "receive":
            received = of.get()
            if received is not None or of.closed:
                return number, received
    queue_of = {"event": lambda of: of.queue, "send": lambda of: of.senders, "receive": lambda of: of.receivers}
    wait = yield from machine.wait([(queue_of[what](of), value[0] if value else None) for what, of, *value in cases], form)
    return wait.chosen, None if wait.got is CLOSED else wait.got


class StopSource:
    def __init__(self):
        self.requested = False
        self.callbacks: list[Callable] = []

    def request_stop(self) -> bool:
        if self.requested:
            return False
        self.requested = True
        while self.callbacks:
            self.callbacks.pop(0)()
        return True


class TaskGroup:
    """Its tasks have places; a new one gets the one that was given back last, or the next that nobody has had."""

    def __init__(self, machine: Machine, places: int):
        self.machine, self.places = machine, places
        self.free = list(reversed(range(places)))
        self.members: dict[int, Task] = {}
        self.stopping = False
        self.failure = Outcome("returned", 0)
        self.queue: list[Case] = []

    def start(self, function: Callable[[], Iterator]) -> bool:
        """False if all places are taken."""
        if not self.free:
            return False
        if not self.members:
            self.stopping, self.failure = False, Outcome("returned", 0)
        place = self.free.pop()
        member = self.members[place] = Task(self.machine)
        member.has_ended = lambda: self.ended(place)
        member.start(function)
        if self.stopping:
            member.request_stop()
        return True

    def ended(self, place: int) -> None:
        how = self.members.pop(place).outcome
        self.free.append(place)
        if not how.ok and self.failure.ok:
            self.failure = how
            self.request_stop()
            self.stopping = True
        if not self.members:
            serve_all(self.queue, self.failure)

    def request_stop(self) -> None:
        """In the order of their places; those that are started later, until all have ended, are asked as well."""
        self.stopping = bool(self.members)
        for place in sorted(self.members):
            self.members[place].request_stop()

    def join(self, form: str | int = "plain") -> Iterator:
        """Who is asked to stop meanwhile asks all to, and waits for them if it is for as long as it takes. None if it gave
        up."""
        while self.members:
            wait = yield from self.machine.wait([(self.queue, None)], form, heeds_stop=form != "plain" or not self.stopping)
            if wait.chosen is not None:
                return wait.got
            if not wait.timed_out:
                self.request_stop()
            if form != "plain":
                return None
        return self.failure
