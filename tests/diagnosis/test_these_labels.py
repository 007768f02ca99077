"""With labels given, every verdict is of these labels; one network in one sentence."""

import inspect
import json
import math

import numpy as np
import pytest

from widthwise.activations import for_dimension, from_callable
from widthwise.diagnosis import Budget, diagnose
from widthwise.diagnosis.activations._evidence import gather
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.report.activations._comparison import comparison
from widthwise.report.parts import series

ROWS, UNITS = 12, (12, 200)


def points(seed=0, rows=ROWS):
    return np.random.default_rng(seed).normal(size=(rows, 3))


def content(found):
    return json.loads(found.to_json())


def run(X, y, activations=("relu",), **knobs):
    knobs = {"widths": UNITS, "trials": 3, "probability": 0.9, **knobs}
    return diagnose(X, y, activations=activations, **knobs)


def labels(rows=ROWS):
    return np.random.default_rng(1).normal(size=rows)


@pytest.fixture(scope="module")
def repeated():
    X = points()
    X[1] = X[0]
    return X


@pytest.fixture(scope="module")
def harmless(repeated):
    y = labels()
    y[1] = y[0]
    return run(repeated, y)


def test_a_harmless_repeated_row_leaves_the_labels_their_width(harmless):
    assert [each.status for each in harmless.verdicts[:3]] == ["yes"] * 3
    width = harmless.evidence.activations[0].width
    assert width.rows == ROWS - 1
    assert width.empirical.value == ROWS - 1  # a network as wide as the rows left
    assert "Any labels fit at no width" in harmless.verdict("width").reason
    assert "labels agree" in harmless.verdict("fits").reason


def test_a_network_of_that_width_does_fit_the_labels(harmless):
    training = harmless.evidence.activations[0].training_at_width
    assert training.width == ROWS - 1
    assert training.floor < 1e-9
    assert math.isfinite(training.fine)


def test_a_contradiction_is_told_with_its_labels(repeated):
    y = labels()
    found = run(repeated, y)
    rank = found.evidence.activations[0].rank_verdict
    assert len(rank.conflicts) == 1
    assert f"{y[0]:.6g}, {y[1]:.6g}" in found.verdict("fits").reason
    assert found.verdict("width").status == "no"
    assert found.verdict("width").number is None


def test_where_nothing_fits_no_activation_is_named(repeated):
    found = run(repeated, labels(), ("relu", "elu"))
    verdict = found.verdict("activation")
    assert verdict.status == "no"
    assert verdict.chosen is verdict.activation is verdict.number is None
    width = found.verdict("width")
    assert width.answer == (
        "No width fits these labels with any of the activations tried."
    )
    assert width.activation is None
    assert "<html" in found.to_html()


def test_the_floor_of_training_is_never_below_the_proved_one(repeated):
    # y is the difference of two copies but for a part as small as rounding lets be.
    y = np.zeros(ROWS)
    y[0], y[1] = 1.0, -1.0
    only = run(repeated, y).evidence.activations[0]
    assert only.training.floor >= only.rank_verdict.relative_residual_bound
    assert math.isinf(only.training.coarse)


def test_width_and_speed_name_their_networks():
    found = run(points(), labels())
    width, speed = found.verdict("width"), found.verdict("speed")
    evidence = found.evidence.activations[0]
    there = evidence.training_at_width
    assert there.width == evidence.width.empirical.value == width.number
    assert f"{there.coarse:.3g}"[:4].rstrip("e+") in width.reason.replace(",", "")
    assert speed.answer.startswith("With 200 units: ")
    assert speed.number == evidence.training.coarse


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-1.0, 1.0), (3.0, 7.5)])
def test_two_classes_give_the_same_verdicts_in_every_coding(low, high):
    classes = labels() > 0
    found = run(points(), np.where(classes, high, low))
    expected = run(points(), np.where(classes, 1.0, -1.0))
    assert [each.answer for each in found.verdicts] == [
        each.answer for each in expected.verdicts
    ]


def test_a_sample_is_said_in_every_answer_and_by_print():
    found = run(points(rows=60), labels(60), budget=Budget(rows=20))
    speed, width = found.verdict("speed"), found.verdict("width")
    assert speed.status == width.status == "caution"
    assert "20 of the 60 rows" in speed.answer
    assert width.number >= 60
    assert "random sample of 20 of the 60 rows" in str(found)
    # Nothing that was measured on a sample stands as the answer for the table.
    assert speed.answer.count("at least") == 2
    assert speed.number_text.startswith("at least ")
    assert width.number_text.startswith("at least ")
    assert found.verdict("predicts").answer.startswith("Of 20 of the 60 rows: ")
    assert " at least " in found.verdict("activation").number_text
    told = {each["question"]: each["number_is"] for each in content(found)["verdicts"]}
    assert told == {
        "fits": "value",  # of all rows
        "width": "at least",
        "speed": "at least",
        "activation": "at least",
        "predicts": "of a sample",
    }
    table = comparison(
        series(found.evidence.activations, found.record.arrays), found.evidence.data
    )
    measured = ("κ at", "Width,", "Steps", "Other", "Jacobian")
    cells = [
        cell.main
        for each in table
        if each.title.startswith(measured)
        for cell in each.cells
    ]
    assert len(cells) >= 5
    assert all(each.startswith("at least ") or each == "none" for each in cells)


def test_other_methods_and_solving_stand_beside_the_steps_of_descent():
    found = run(points(), labels())
    training = found.evidence.activations[0].training
    table = comparison(
        series(found.evidence.activations, found.record.arrays), found.evidence.data
    )
    others, solved = (
        next(each for each in table if each.title == title).cells[0]
        for title in ("Other methods", "Solved at once")
    )
    told = [others.main, *others.detail.split("; ")]
    ways = ("conjugate gradients", "momentum", "stable step", "worst labels")
    assert len(told) == len(ways) == len(training.paces)
    for way in ways:
        assert sum(each.endswith(way) for each in told) == 1
    counts = [float(each.split(" ")[0].replace(",", "")) for each in told]
    assert counts == sorted(counts)  # each is of fewer than 10⁵ steps here
    assert counts[0] == min(pace.steps["0.01"] for pace in training.paces)
    assert solved.main.endswith(" s")
    assert "conjugate gradients" in found.to_html()


def test_an_activation_that_cannot_be_computed_is_left_out(monkeypatch):
    def failing(table, activation, *rest):
        if activation.name == "elu":
            raise DataError("its kernel underflows")
        return gather(table, activation, *rest)

    monkeypatch.setattr("widthwise.diagnosis.activations._study.gather", failing)
    found = run(points(), None, ("relu", "elu"))
    assert [each.name for each in found.evidence.activations] == ["relu"]
    assert "elu was left out: its kernel underflows" in str(found)
    assert json.loads(found.to_json())["left_out"][0]["name"] == "elu"
    assert "elu was left out" in found.to_html()
    with pytest.raises(DataError, match="underflows"):
        run(points(), None, ("elu",))


def test_what_is_not_decided_is_called_so_by_every_verdict():
    """On the circle these three rows get one output; the theorem needs each degree."""
    turns = np.arange(3) * np.pi / 12 + 0.1
    circle = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    spikes = from_callable(
        lambda z: np.abs(np.cos(12 * np.arccos(np.clip(z, -1.0, 1.0)))),
        name="spikes",
        breakpoints=[math.cos((2 * j + 1) * math.pi / 24) for j in range(12)],
        domain=(-1, 1),
    )
    found = run(circle, None, (spikes,))
    assert {each.status for each in found.verdicts} == {"caution", "no"}
    for question in ("fits", "width"):
        assert found.verdict(question).status_word == "Not decided"
    assert "width does" not in found.verdict("speed").answer


def test_labels_that_are_all_zero_need_no_step():
    found = run(points(), np.zeros(ROWS))
    assert found.verdict("speed").number == 0
    assert "all zero" in found.verdict("speed").answer


def test_a_function_among_the_activations_is_told_how_to_be_one():
    with pytest.raises(InvalidArgumentError, match="from_callable"):
        inspect.unwrap(for_dimension)(np.tanh, 3)  # as without the tests' type checks


def test_networks_that_all_fail_are_not_said_to_have_full_rank():
    X = np.random.default_rng(0).normal(size=(40, 2))
    found = run(X, None, ("swish",), widths=(40, 400), trials=1, probability=0.5)
    empirical = found.evidence.activations[0].width.empirical
    assert math.isinf(empirical.value)
    assert empirical.reached == 0
    assert "None of the" in found.verdict("width").reason


def test_the_search_for_a_width_stays_within_the_widths_that_were_swept():
    """In many dimensions networks of wendland0 are far from full rank for long."""
    X = np.random.default_rng(0).normal(size=(10, 100))
    found = run(X, None, ("wendland0",), widths=(10, 40), trials=2)
    empirical = found.evidence.activations[0].width.empirical
    assert empirical.reached < empirical.trials
    assert math.isinf(empirical.value)  # about 123 units are what it takes


def test_a_sample_that_fits_gets_no_steps_for_a_table_that_does_not():
    X, y = points(rows=60), labels(60)
    X[[1, 3, 5]], y[[1, 3, 5]] = X[[0, 2, 4]], y[[0, 2, 4]] + 5.0
    found = run(X, y, budget=Budget(rows=12))
    speed, bound = found.verdict("speed"), found.evidence.activations[0].rank_verdict
    assert speed.status == "no"
    assert f"{bound.relative_residual_bound:.3g}" in str(speed.answer)
    assert "the 60 rows" in str(speed.answer)
    assert "at no width" in str(speed.answer)


def test_what_falls_to_its_floor_is_not_said_to_have_stopped(repeated):
    y = labels()
    y[1] = y[0] + 3.0
    found = run(repeated, y)
    training = found.evidence.activations[0].training
    first = next(each for each in training.plateaus if each.last_step == math.inf)
    assert first.residual > training.floor
    assert "hardly falls" in str(found.verdict("speed").reason)
