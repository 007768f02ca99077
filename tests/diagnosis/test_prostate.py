"""The figures of S1 on the prostate data, from the one command's own function."""

import pytest

from widthwise.datasets import load
from widthwise.diagnosis import diagnose

pytestmark = [pytest.mark.data, pytest.mark.slow]

# PAPERS: κ(G_inf) to the digits printed there, and "near" for steps at one draw.
CONDITION = {
    "relu": 3.76323e5,
    "swish": 5.1955e9,
    "wendland0": 8.86470e3,
    "wendland2": 5.55590e3,
}
STEPS = {"relu": 9.3e5, "swish": 7e9, "wendland0": 2.9e4, "wendland2": 1.4e4}


@pytest.fixture(scope="module")
def found(data_directory):
    prostate = load("prostate", data_dir=data_directory)
    return diagnose(
        prostate,
        activations=tuple(CONDITION),
        widths=(97, 200, 400, 1000, 2000),
        trials=5,
    )


@pytest.mark.parametrize("name", CONDITION)
def test_infinite_width_condition_number(found, name):
    (each,) = (e for e in found.activations if e["name"] == name)
    assert each["kernel"]["condition_number"] == pytest.approx(
        CONDITION[name], rel=1e-3
    )
    low, high = each["kernel"]["condition_interval"]
    assert low <= each["kernel"]["condition_number"] <= high
    assert high / low < 1.01


@pytest.mark.parametrize("name", STEPS)
def test_steps_to_one_percent_at_width_2000(found, name):
    """Steps vary by tens of percent from draw to draw; the paper has one draw."""
    (each,) = (e for e in found.activations if e["name"] == name)
    assert each["training"]["width"] == 2000
    assert each["training"]["steps"]["0.01"] == pytest.approx(STEPS[name], rel=0.45)


def test_verdicts(found):
    assert found.verdict("fits").status == "yes"
    assert found.verdict("activation").activation == "wendland2"
    assert found.verdict("speed").status == "yes"
    assert 97 <= found.verdict("width").number <= 130


def test_a_certificate_is_wider_than_what_experiment_needs(found):
    for each in found.activations:
        width = each["width"]
        assert width["certified"]["is_certificate"]
        assert width["certified_sharp"]["value"] <= width["certified"]["value"]
        assert width["empirical"]["low"] <= width["certified_sharp"]["value"]
