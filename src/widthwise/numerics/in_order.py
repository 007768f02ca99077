"""Work whose parts wait for one another, on threads that seldom have to."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

__all__ = ["Part", "run_in_order"]

_AHEAD = 8  # Parts that are looked at for each thread.


@dataclass(frozen=True)
class Part:
    """A part of a work: what it does to a place, and what must have been done before.

    Attributes
    ----------
    run
        Does it.
    place, step
        What it changes, and its number among the parts that do, from 0 on; the one
        before must be done.
    after
        Other places, and the step of each that must be done; below 0 is none.
    """

    run: Callable[[], None]
    place: object
    step: int
    after: tuple[tuple[object, int], ...] = ()


def run_in_order(parts: Iterable[Part], threads: int) -> None:
    """Run parts on so many threads, this one among them.

    A free thread takes the first of the next parts that may start; each is given after
    all that it waits for. Once a part fails none is begun; of those that failed, the
    first is heard.
    """
    order = _Order(parts, _AHEAD * threads)
    with ThreadPoolExecutor(max(threads - 1, 1)) as pool:
        others = [pool.submit(order.work) for _ in range(threads - 1)]
        try:
            order.work()
        except BaseException:  # An interruption is heard by this thread alone.
            order.stop()
            raise
    for each in others:
        each.result()
    if order.failure is not None:
        raise order.failure[1]


class _Order:
    def __init__(self, parts: Iterable[Part], ahead: int) -> None:
        self._parts, self._ahead = enumerate(parts), ahead
        self._next: list[tuple[int, Part]] = []
        self._done: dict[object, int] = {}
        self._changed = threading.Condition()
        self._is_stopped = False
        self.failure: tuple[int, Exception] | None = None

    def work(self) -> None:
        while (taken := self._taken()) is not None:
            number, part = taken
            try:
                part.run()
            except Exception as failure:
                with self._changed:
                    if self.failure is None or number < self.failure[0]:
                        self.failure = number, failure
                self.stop()
            with self._changed:
                self._done[part.place] = part.step
                self._changed.notify_all()

    def stop(self) -> None:
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()

    def _taken(self) -> tuple[int, Part] | None:
        with self._changed:
            while not self._is_stopped:
                missing = self._ahead - len(self._next)
                self._next.extend(islice(self._parts, missing))
                if not self._next:
                    return None
                for at, (_, part) in enumerate(self._next):
                    if self._is_free(part):
                        return self._next.pop(at)
                self._changed.wait()
            return None

    def _is_free(self, part: Part) -> bool:
        before = (part.place, part.step - 1)
        return all(self._done.get(at, -1) >= step for at, step in (before, *part.after))
