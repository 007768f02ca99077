"""What was asked is checked, and what was not is filled in sensibly."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from widthwise import datasets, diagnosis
from widthwise.diagnosis import DEFAULT_ACTIVATIONS, ActivationKnobs
from widthwise.diagnosis.activations._settings import resolve_settings
from widthwise.errors import InvalidArgumentError, UnknownNameError


def settings(*, points_count=97, **asked):
    knobs = ActivationKnobs(**asked)
    return resolve_settings(knobs, points_count=points_count, dimension=8)


def test_default_widths_begin_at_n_and_hold_the_training_width():
    found = settings()
    assert found.widths[0] == 97
    assert found.widths[-1] == 10_000
    assert found.training_width == 2000 in found.widths


@given(st.integers(2, 100_000))
def test_default_widths_are_ascending_and_never_below_n(count):
    found = settings(points_count=count, activations="relu")
    assert list(found.widths) == sorted(set(found.widths))
    assert found.widths[0] == count
    assert found.training_width in found.widths
    assert found.training_width >= min(2000, 2 * count)


def test_given_widths_are_sorted_and_trained_at_the_widest():
    found = settings(widths=[300, 20, 300])
    assert found.widths == (20, 300)
    assert found.training_width == 300
    assert settings(widths=np.int64(50)).widths == (50,)


def test_gaussian_weights_leave_out_functions_of_the_unit_interval():
    names = {each.name for each in settings(law="gaussian").activations}
    assert names == {"relu", "elu", "swish"} < set(DEFAULT_ACTIVATIONS)


def test_repeated_activations_count_once():
    assert len(settings(activations=["relu", "relu"]).activations) == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"widths": [0]}, "width is 0"),
        ({"widths": [2.5]}, "width is 2.5"),
        ({"widths": [True]}, "width is True"),
        ({"widths": []}, "No width"),
        ({"trials": 0}, "trials is 0"),
        ({"probability": 1.0}, "probability is 1.0"),
        ({"seed": -1}, "seed is -1"),
        ({"activations": []}, "No activation"),
        ({"activations": "wendland0", "law": "gaussian"}, "wendland0"),
    ],
)
def test_refuses_what_has_no_meaning(changed, words):
    with pytest.raises(InvalidArgumentError, match=words):
        settings(**changed)


def test_unknown_activation_names_the_nearest():
    with pytest.raises(UnknownNameError, match="'softplus'"):
        settings(activations="sofplus")


def test_names_of_the_door_stay():
    """Each opens, those too that one study made the same."""
    for name in diagnosis.__all__:
        assert getattr(diagnosis, name) is not None
    assert diagnosis.carry_out_landscape is diagnosis.carry_out
    asked = {"activations": "relu", "widths": 9, "seed": 3}
    one_by_one = diagnosis.plan(np.eye(3), **asked)
    as_one = diagnosis.plan(np.eye(3), asked=ActivationKnobs(**asked))
    assert one_by_one.settings == as_one.settings
    assert isinstance(as_one, diagnosis.Plan)


@pytest.mark.parametrize(
    ("study", "wrong", "meant"),
    [
        (diagnosis.diagnose, "activation", "activations"),
        (diagnosis.diagnose, "trial", "trials"),
        (diagnosis.diagnose, "onehot", "one_hot"),
        (diagnosis.diagnose_landscape, "activations", "activation"),
    ],
)
def test_a_misspelt_argument_is_named_with_the_one_that_was_meant(study, wrong, meant):
    points = np.random.default_rng(0).normal(size=(6, 3))
    with pytest.raises(UnknownNameError, match=f"{wrong!r}. Did you mean '{meant}'"):
        study(points, **{wrong: "relu"})


def test_options_of_reading_are_refused_where_nothing_is_read():
    data = datasets.load("uniform_sphere", count=6)
    with pytest.raises(InvalidArgumentError, match="one_hot has no meaning"):
        diagnosis.diagnose(data, one_hot=True)
