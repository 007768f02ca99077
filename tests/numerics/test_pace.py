"""What is left of work whose pieces take other times than planned."""

import pytest

from widthwise.numerics import pace
from widthwise.numerics.pace import Pace
from widthwise.wording import duration


@pytest.fixture
def clock(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(pace.time, "perf_counter", lambda: now[0])
    return now


@pytest.mark.parametrize("slower", [0.5, 1.0, 3.0])
def test_what_is_left_follows_what_was_measured(clock, slower):
    # Pieces of 10 and 30 s by the plan, all of which take so many times as long.
    told = []
    work = Pace(lambda *said: told.append(said), [10.0, 30.0])
    for place, seconds in enumerate((10.0, 30.0)):
        for done in (0.2, 0.6, 1.0):
            clock[0] += slower * seconds * (0.2 if done == 0.2 else 0.4)
            work.piece(place)(done, "rows")
            left = 40.0 * slower - clock[0]
            assert told[-1][0] == pytest.approx(clock[0] / (40.0 * slower))
            said = told[-1][1].removeprefix("rows")
            assert said == (f", {duration(left)} left" if left > 1 else "")


def test_a_piece_is_left_at_its_own_pace(clock):
    # The first took twice its plan; half of the second took as long as planned.
    told = []
    work = Pace(lambda *said: told.append(said), [10.0, 20.0])
    clock[0] = 20.0
    work.piece(0)(1.0, "one")
    assert told[-1] == (pytest.approx(20 / 60), "one, 40 s left")
    clock[0] = 30.0
    work.piece(1)(0.5, "two")
    assert told[-1] == (pytest.approx(30 / 40), "two, 10 s left")


def test_the_part_that_is_done_never_falls(clock):
    told = []
    work = Pace(lambda *said: told.append(said), [10.0, 20.0])
    for second, place, done in ((1.0, 0, 1.0), (50.0, 1, 0.1), (60.0, 1, 0.9)):
        clock[0] = second
        work.piece(place)(done, "")
    shares = [each for each, _ in told]
    assert shares == sorted(shares)
    assert told[1][1] == ", 7 min 21 s left"
