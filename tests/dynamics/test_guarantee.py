"""Test the number of steps that the condition number guarantees."""

import json
import math
from pathlib import Path

import mpmath
import pytest
import torch

from widthwise.dynamics import landweber_from_projections, steps_guaranteed
from widthwise.errors import InvalidArgumentError

REFERENCE = Path(__file__).parents[1] / "reference" / "exact_values.json"
CASES = [
    each
    for each in json.loads(REFERENCE.read_text())
    if each["group"] == "benson.landweber" and "kappa" in each["inputs"]
]


@pytest.mark.parametrize("case", CASES, ids=lambda each: str(each["id"]))
def test_reference_values(case):
    found = steps_guaranteed(case["inputs"]["kappa"], case["inputs"]["tol"])
    assert abs(found - case["expected"]) <= 1


@pytest.mark.parametrize("condition", [1.0001, 1.5, 30.0, 1e10, 1e16, 1e25, 1e300])
@pytest.mark.parametrize("tolerance", [0.5, 1e-6, 1e-300])
def test_every_condition_number_keeps_its_digits(condition, tolerance):
    with mpmath.workdps(350):
        k, t = mpmath.mpf(condition), mpmath.mpf(tolerance)
        exact = mpmath.ceil(mpmath.log(t) / mpmath.log((k - 1) / (k + 1)))
        found = steps_guaranteed(condition, tolerance)
        assert abs(found - exact) <= max(1, 4e-16 * exact)


@pytest.mark.parametrize("condition", [2.0, 1e4, 1e8])
def test_guarantee_holds_and_is_attained(condition):
    """With all targets along the two extreme modes the guarantee is sharp."""
    values = torch.tensor([1.0, condition**-0.5], dtype=torch.float64)
    steps = steps_guaranteed(condition, 1e-3)
    actual = landweber_from_projections(values, torch.ones(2).double()).steps_to(1e-3)
    assert abs(steps - actual) <= 1


def test_edges():
    assert steps_guaranteed(1.0, 1e-6) == 1
    assert steps_guaranteed(math.inf, 1e-6) == math.inf
    assert steps_guaranteed(math.inf, 1.0) == 0
    for condition, tolerance in ((0.9, 0.1), (math.nan, 0.1), (2.0, 0.0), (2.0, -1.0)):
        with pytest.raises(InvalidArgumentError):
            steps_guaranteed(condition, tolerance)
