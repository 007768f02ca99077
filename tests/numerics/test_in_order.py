"""Parts of a work that wait for one another."""

import threading
import time

import pytest

from widthwise.numerics.in_order import Part, run_in_order


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_no_part_starts_before_what_it_waits_for(threads):
    done = list[tuple[str, int]]()

    def part(place, step, after=()):
        def run():
            assert {*after, *([(place, step - 1)] if step else [])} <= set(done)
            time.sleep(0.0005 * (step % 3))
            done.append((place, step))

        return Part(run, place, step, after)

    def parts():
        for step in range(12):
            yield part("made", step, ((("used", step - 2),) if step > 1 else ()))
            yield part("used", step, (("made", step),))

    run_in_order(parts(), threads)
    assert sorted(done) == sorted((p, k) for p in ("made", "used") for k in range(12))


@pytest.mark.parametrize("threads", [1, 3])
def test_the_first_failure_is_heard_and_ends_the_work(threads):
    begun = list[int]()

    def run(step):
        begun.append(step)
        if step == 2:
            raise ArithmeticError("the second")

    parts = (Part(lambda k=k: run(k), "place", k) for k in range(1000))
    with pytest.raises(ArithmeticError, match="the second"):
        run_in_order(parts, threads)
    assert begun == [0, 1, 2]
    assert threading.active_count() < 50
