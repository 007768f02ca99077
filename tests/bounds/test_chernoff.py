"""Test the certificates of Lemmas 2.8 and 2.10 and Section 4.1."""

import json
import math
from pathlib import Path

import mpmath
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from widthwise.activations import get
from widthwise.arrays import Provenance
from widthwise.bounds import (
    benson_bernstein,
    benson_chernoff,
    benson_chernoff_simplified,
    benson_full_rank,
    benson_theorem_4_5,
)
from widthwise.errors import InvalidArgumentError
from widthwise.features import RandomFeatures
from widthwise.kernels import conjugate_kernel
from widthwise.laws import Sphere
from widthwise.spectra import Spectrum, feature_spectra, spectrum

REFERENCE = Path(__file__).parents[1] / "reference" / "exact_values.json"
GROUP = [
    each
    for each in json.loads(REFERENCE.read_text())
    if each["group"] == "benson.width"
]
WIDTHS = [each for each in GROUP if "C_sigma" in each["inputs"]]
EIGENVALUES = [each for each in GROUP if "C_sigma" not in each["inputs"]]
BOUNDED = (
    benson_chernoff,
    benson_chernoff_simplified,
    benson_full_rank,
    benson_bernstein,
    benson_theorem_4_5,
)


def two_sided(n, smallest, largest, norm, epsilon, m):
    """Return the sum of the two tails of Tropp's Theorem 5.1.1, in 40 digits."""
    with mpmath.workdps(40):
        e, m = mpmath.mpf(epsilon), mpmath.mpf(m)
        low = (mpmath.exp(-e) / (1 - e) ** (1 - e)) ** (m * smallest / norm)
        high = (mpmath.exp(e) / (1 + e) ** (1 + e)) ** (m * largest / norm)
        return n * (low + high)


@pytest.mark.parametrize("case", WIDTHS, ids=lambda each: str(each["id"]))
def test_reference_widths(case, bare):
    given = case["inputs"]
    low, high = float(given["lam_min"]), float(given["lam_max"])
    found = bare(high, *[low] * (given["n"] - 1))
    delta, bound = given["delta"], given["C_sigma"]
    for name, expected in case["expected"].items():
        theorem = {
            "full_rank_chernoff_eps_to_1": benson_full_rank,
            "chernoff_exact_two_sided": benson_chernoff,
            "chernoff_simplified_const3": benson_chernoff_simplified,
            "bernstein_t_eps_lammin": benson_bernstein,
        }[name]
        knobs = {} if theorem is benson_full_rank else {"epsilon": given["eps"]}
        width = theorem.width(found, delta, activation_bound=bound, **knobs)
        assert abs(width.value - expected) <= case["tolerance"]["abs"]
        assert width.is_certificate


@pytest.mark.parametrize("case", EIGENVALUES, ids=lambda each: str(each["id"]))
def test_reference_eigenvalues_give_the_reference_widths(case):
    """From the points on: orthonormal points, the rectifier, the sphere law."""
    points = torch.eye(case["inputs"]["n"], dtype=torch.float64)
    found = spectrum(conjugate_kernel(points, get("relu"), Sphere(points.shape[1])))
    assert [found.smallest, found.largest] == pytest.approx(
        case["expected"], rel=case["tolerance"]["rel"]
    )
    assert benson_full_rank.width(found, 0.1).value == 90
    assert benson_chernoff.width(found, 0.1).value == 601


@given(
    st.integers(1, 500),
    st.floats(1e-12, 1.0),
    st.floats(1.0, 1e4),
    st.floats(1e-9, 0.5),
    st.floats(1e-3, 0.999),
)
def test_exact_width_is_the_least_whole_number(n, smallest, ratio, delta, epsilon):
    largest = smallest * (1.0 if n == 1 else ratio)
    values = torch.tensor([largest, *[smallest] * (n - 1)], dtype=torch.float64)
    norm = float(values.sum()) * 1.5
    found = benson_chernoff.width(
        Spectrum(values, 0.0), delta, epsilon=epsilon, squared_norm_bound=norm
    )
    m = found.value
    if m > 2**45:  # doubles cannot tell the neighbours' tails apart
        return
    slack = 1 + 1e-9
    assert two_sided(n, smallest, largest, norm, epsilon, m) <= delta * slack
    if m > 1:
        assert two_sided(n, smallest, largest, norm, epsilon, m - 1) > delta / slack


@pytest.mark.parametrize("smallest", [1e-100, 1e-250, 1e-298])
def test_huge_widths_are_found(smallest, bare):
    n, delta, epsilon = 3, 0.01, 0.5
    found = benson_chernoff.width(bare(1.0, 1.0, smallest), delta, epsilon=epsilon)
    with mpmath.workdps(40):
        e = mpmath.mpf(epsilon)
        exponent = (e + (1 - e) * mpmath.log(1 - e)) * mpmath.mpf(smallest) / n
        expected = mpmath.log(n / mpmath.mpf(delta)) / exponent
    assert found.value == pytest.approx(float(expected), rel=1e-12)
    assert found.is_certificate


def test_a_width_beyond_float64_is_infinite_and_said(bare):
    for bound in BOUNDED:
        found = bound.width(bare(1.0, 1e-320))
        assert found.value == math.inf
        assert not found.is_certificate
        assert "exceeds 1.8e308" in found.assumptions[-1]


@pytest.mark.parametrize("epsilon", [1e-6, 1e-3, 0.1, 0.5, 0.9])
def test_closed_form_is_above_the_exact_width(epsilon, bare):
    found = bare(0.5, 0.2, 0.1)
    exact = benson_chernoff.width(found, epsilon=epsilon).value
    closed = benson_chernoff_simplified.width(found, epsilon=epsilon).value
    assert exact <= closed <= 6 * exact


def test_small_deviations_do_not_cancel(bare):
    """At ε = 1e-7 the two exponents are ε²/2 to seven digits."""
    found = benson_chernoff.width(bare(0.1, 0.1), 0.01, epsilon=1e-7)
    expected = 2 / 0.1 * 2 / 1e-14 * math.log(4 / 0.01)
    assert found.value == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("bound", BOUNDED, ids=lambda each: each.name)
def test_scaling_the_activation_changes_nothing(bound):
    """G scales with c² and so does C², as the paper says after Lemma 2.10."""
    values = torch.tensor([0.5, 0.2, 0.1], dtype=torch.float64)
    one = bound.width(Spectrum(values, 0.0), activation_bound=1.0)
    scaled = bound.width(Spectrum(16 * values, 0.0), activation_bound=4.0)
    assert one.value == scaled.value


@pytest.mark.parametrize("bound", BOUNDED, ids=lambda each: each.name)
def test_feature_norm_comes_from_label_keyword_or_default(bound):
    act = get("swish")
    values = torch.tensor([0.2, 0.1], dtype=torch.float64)
    origin = Provenance("conjugate", act, Sphere(3), 3)
    own = bound.width(Spectrum(values, 0.0, origin))
    given = bound.width(Spectrum(values, 0.0, origin), activation_bound=act.bound)
    assert own.value == given.value
    paper = bound.width(Spectrum(values, 0.0, origin), activation_bound=1.0)
    default = bound.width(Spectrum(values, 0.0))
    assert own.value < paper.value == default.value
    assert any("|σ| ≤ 1 on [-1, 1]" in each for each in default.assumptions)
    sharp = bound.width(Spectrum(values, 0.0, origin), squared_norm_bound=0.4)
    assert sharp.value < own.value
    assert any("‖σ(Xw)‖² ≤ 0.4" in each for each in sharp.assumptions)


@pytest.mark.parametrize("bound", BOUNDED, ids=lambda each: each.name)
def test_refuses_bounds_that_cannot_hold(bound, bare):
    found = bare(0.9, 0.1)
    with pytest.raises(InvalidArgumentError, match="below its mean 1, the trace"):
        bound.width(found, squared_norm_bound=0.9)
    with pytest.raises(InvalidArgumentError, match="trace"):
        bound.width(found, activation_bound=0.5)
    for name in ("squared_norm_bound", "activation_bound"):
        for value in (0.0, -1.0, math.nan):
            with pytest.raises(InvalidArgumentError):
                bound.width(found, **{name: value})
    origin = Provenance("conjugate", get("relu"), Sphere(3), 3)
    labelled = Spectrum(found.eigenvalues, 0.0, origin)
    with pytest.raises(InvalidArgumentError, match="reaches 1"):
        bound.width(labelled, activation_bound=0.9)


@pytest.mark.parametrize("epsilon", [0, 1, -0.5, math.nan])
def test_refuses_a_deviation_outside_the_open_interval(epsilon, bare):
    for bound in (benson_chernoff, benson_chernoff_simplified, benson_bernstein):
        with pytest.raises(InvalidArgumentError, match="epsilon"):
            bound.width(bare(1.0, 0.1), epsilon=epsilon)


def test_certified_widths_keep_their_promise(points):
    """100 networks at each certified width: the failure rate is below δ = 0.1."""
    act, law, delta, epsilon = get("elu"), Sphere(5), 0.1, 0.9
    points = points[:3]
    found = spectrum(conjugate_kernel(points, act, law))
    near = int(benson_chernoff.width(found, delta, epsilon=epsilon).value)
    full = int(benson_full_rank.width(found, delta).value)
    assert full < near < 20_000
    failures = singular = 0
    for seed in range(100):
        features = RandomFeatures(act, width=near, law=law, seed=seed)
        networks = feature_spectra(points, features, (full, near))
        singular += networks[full].is_singular
        small = networks[near].smallest < (1 - epsilon) * found.smallest
        large = networks[near].largest > (1 + epsilon) * found.largest
        failures += small or large
    assert failures <= 10
    assert singular <= 10
