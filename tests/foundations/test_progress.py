"""Test `widthwise.progress`: pieces count from 0 to 1, the whole goes on rising."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widthwise import progress


@pytest.fixture
def told():
    return []


@pytest.fixture
def whole(told):
    return lambda fraction, text: told.append((fraction, text))


def test_a_part_takes_its_range_of_the_whole(whole, told):
    piece = progress.part(whole, 0.5, 0.75, "relu")
    piece(0.0, "spectrum")
    piece(0.5, "training")
    progress.part(piece, 0.0, 1.0)(1.0, "done")
    assert told == [
        (0.5, "relu: spectrum"),
        (0.625, "relu: training"),
        (0.75, "relu: done"),
    ]


@given(st.integers(1, 12), st.integers(1, 3))
def test_shares_fill_the_whole_without_going_back(count, steps):
    told = []
    for place in range(count):
        piece = progress.share(lambda done, _: told.append(done), place, count)
        for step in range(steps + 1):
            piece(step / steps, "")
    assert told[0] == 0.0
    assert told[-1] == 1.0
    assert told == sorted(told)


def test_pieces_that_know_less_still_tell(whole, told):
    progress.at(whole, 0.65, "minima")("region 3")
    progress.counting(progress.part(whole, 0.0, 0.5), "trial")(1, 4)
    assert told == [(0.65, "minima: region 3"), (0.125, "trial 1 of 4")]


def test_silence_takes_the_place_of_a_listener():
    asked_for = None
    (asked_for or progress.silent)(0.5, "nobody hears it")
