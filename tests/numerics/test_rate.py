"""Times that plans say, on a machine whose pace the test sets."""

import time

import pytest
import torch

from widthwise.features import RandomFeatures
from widthwise.numerics import rate, routine_rate
from widthwise.numerics.rate import Clock, Seconds, timed
from widthwise.readouts import feature_source
from widthwise.readouts.streams import _gram_plan
from widthwise.readouts.streams._gram_sums import Pass
from widthwise.readouts.streams._source import Source, source_of


class Machine:
    """A processor with a pace of its own: work takes what its operations cost.

    Routines are replaced by ones that move a clock and nothing else.
    """

    def __init__(self, monkeypatch, each=1e-11, of_side=0.0):
        self.now, self.each, self.of_side, self.calls = 0.0, each, of_side, 0
        monkeypatch.setattr(rate.time, "perf_counter", lambda: self.now)
        monkeypatch.setattr(rate.time, "process_time", lambda: self.now)
        monkeypatch.setattr(rate, "_waited", lambda: 0.0)
        monkeypatch.setattr(routine_rate, "add_inner_products", self.gram)
        monkeypatch.setattr(routine_rate, "lower_factor", self.factor)
        monkeypatch.setattr(routine_rate, "_known", {})

    def takes(self, operations, side):
        self.calls += 1
        self.now += operations * self.each + side**2 * self.of_side

    def gram(self, _total, block):
        self.takes(block.shape[0] * block.shape[1] ** 2, 0)

    def factor(self, matrix, *, in_place):
        assert in_place
        self.takes(len(matrix) ** 3 / 3, len(matrix))


def test_a_part_that_grows_with_the_square_is_told_from_one_of_the_cube(monkeypatch):
    # 8,000 rows are told from 1,000: operations alone would say 5.7 s, not 2.5.
    machine = Machine(monkeypatch, each=1e-11, of_side=1.2e-8)
    product = routine_rate.gram_seconds(4000, 1000, 1000) * (1.0 / (4000 * 1000**2))
    assert product.likely == pytest.approx(machine.each)
    found = routine_rate.cholesky_seconds(8000, 1000, product)
    right = 8000**3 / 3 * machine.each + 8000**2 * machine.of_side
    assert found.likely == pytest.approx(right)
    assert 8**3 * routine_rate.cholesky_seconds(1000, 1000, product).likely > 2 * right


def test_a_machine_half_as_fast_takes_twice_as_long(monkeypatch):
    fast = Machine(monkeypatch, each=1e-11)
    planned = routine_rate.gram_seconds(10**5, 3000, 256)
    slow = Machine(monkeypatch, each=2e-11)
    assert routine_rate.gram_seconds(10**5, 3000, 256).likely == pytest.approx(
        2 * planned.likely
    )
    assert planned.likely == pytest.approx(1e5 * 3000**2 * 1e-11)
    # A piece is timed and not the whole.
    assert fast.now < planned.likely / 1000
    assert slow.calls == fast.calls


def test_noise_of_clocks_leaves_no_time_below_none():
    assert Seconds(1.0, 2.0) - Seconds(1.5, 1.0) == Seconds(0.0, 1.0)
    found = Seconds(1.0, 1.0) - Seconds(0.5, 2.0)
    assert found == Seconds(0.5, 0.5)
    assert found.likely == 0.5


def test_reads_are_counted_by_rows_and_by_blocks(monkeypatch):
    now = 0.0
    monkeypatch.setattr(rate.time, "perf_counter", lambda: now)
    monkeypatch.setattr(rate.time, "process_time", lambda: now)
    monkeypatch.setattr(rate, "_waited", lambda: 0.0)

    def read(rows):
        nonlocal now
        now += 0.02 + 1e-5 * rows

    found = rate.reads_seconds(read, 500, 2000, 60_000)
    assert found.likely == pytest.approx(30 * 0.02 + 0.6)


def test_what_threads_waited_for_is_other_work(monkeypatch):
    # Three seconds of which this process had one, and waited for a core in two.
    moments = iter([(0.0, 0.0, 0.0), (3.0, 1.0, 2.0)])
    monkeypatch.setattr(Clock, "_now", lambda _: next(moments))
    assert Clock().seconds() == Seconds(1.0, 3.0)


def test_waits_are_read_from_the_system():
    clock = Clock()
    start = time.process_time()
    while time.process_time() - start < 0.05:
        pass
    found = clock.seconds()
    assert 0.045 <= found.least <= found.most
    assert timed(lambda: time.sleep(0.01)).most >= 0.01


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Seconds(0.1, 0.4), "less than a second"),
        (Seconds(100.0, 110.0), "about 1 min 45 s"),
        (Seconds(60.0, 180.0), "1 min to 3 min"),
        (Seconds(0.0, 1.3), "less than 2 s"),
    ],
)
def test_a_busy_machine_gets_a_range(found, words):
    assert str(found) == words


def test_slow_features_are_in_the_plan(monkeypatch):
    layer = RandomFeatures("relu", 30, "gaussian")
    quick = feature_source(torch.randn(400, 5, dtype=torch.float64), layer)

    def late(rows, units):
        time.sleep(0.02)
        return quick._read(rows, units)

    slow = Source(quick.shape, quick.unit, "slow features", late)
    y = torch.randn(400, 1, dtype=torch.float64)
    monkeypatch.setattr(routine_rate, "_UNTIMED", 0.0)
    plans = [
        _gram_plan.gram_plan(Pass(source_of(each), y, 20, True), 3, [1.0] * 4)
        for each in (quick, slow)
    ]
    # Three passes of twenty blocks.
    added = plans[1].seconds.least - plans[0].seconds.least
    assert 3 * 20 * 0.02 * 0.7 < added < 3 * 20 * 0.02 * 6
