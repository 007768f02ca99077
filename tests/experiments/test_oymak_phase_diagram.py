"""Trials of the phase diagram, measured one by one."""

import pytest

from widthwise.experiments import CATALOG
from widthwise.experiments.oymak._points import trial_points
from widthwise.laws import Gaussian
from widthwise.seeds import derive


@pytest.mark.parametrize("trained", ["inner", "outer", "both"])
def test_wide_enough_fits_and_too_narrow_does_not(trained):
    place = {"data": "sphere", "n": 30, "d": 10, "activation": "softplus"}
    end = {"tolerance": 0.01} if trained != "outer" else {"outer_steps": 1e12}
    cell = {**place, "trained": trained, "steps": 800, **end}
    measure = CATALOG["oymak_phase_diagram"].measure
    for trial in range(2):
        narrow, wide = (
            measure({**cell, "width": width, "trial": trial}, 0, lambda *_: None)
            for width in (2, 60)
        )
        assert narrow["loss"] > 0.01 >= wide["loss"]


def test_a_rectifier_is_silent_where_no_unit_is_active():
    cell = {
        "data": "sphere",
        "n": 2000,
        "d": 5,
        "activation": "relu",
        "trained": "inner",
        "width": 2,
        "trial": 1,
        "steps": 1,
        "tolerance": 0.5,
    }
    found = CATALOG["oymak_phase_diagram"].measure(cell, 0, lambda *_: None)
    points = trial_points("sphere", 2000, 5, 1, seed=0)
    drawn_by = derive(0, "experiments/oymak/weights/2000/5", 1)
    inner = Gaussian().weights(drawn_by, 5, 0, 2)
    at_rest = (points @ inner.T < 0).all(dim=1)
    assert found["silent"] == int(at_rest.sum())
