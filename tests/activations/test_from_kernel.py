"""Test `from_kernel`: an activation whose kernel has a wished-for spectrum."""

import math
import pickle

import mpmath as mp
import numpy as np
import pytest
import torch
from scipy.special import eval_chebyt, eval_gegenbauer, eval_legendre

from widthwise import activations
from widthwise.activations import evaluation_noise, from_kernel
from widthwise.errors import InvalidArgumentError
from widthwise.kernels import dual, funk_hecke, mercer, positive_definiteness
from widthwise.laws import Sphere
from widthwise.spectra import rank_verdict

DIMENSIONS = [2, 3, 8, 20]
SPECTRA = {
    "one": [0.0, 0.0, 0.0, 2.0],
    "falling": (1.0 / (1.0 + np.arange(41.0)) ** 2).tolist(),
    "flat": [0.5] * 201,
    "gap": [1.0, *[0.0] * 199, 1.0],
}
EACH = pytest.mark.parametrize("dimension", DIMENSIONS)
EACH_SPECTRUM = pytest.mark.parametrize("wanted", SPECTRA.values(), ids=SPECTRA)


def zonal(k, d, t):
    """P_k with P_k(1) = 1, by SciPy."""
    if d == 2:
        return eval_chebyt(k, t)
    if d == 3:
        return eval_legendre(k, t)
    return eval_gegenbauer(k, d / 2 - 1, t) / eval_gegenbauer(k, d / 2 - 1, 1.0)


def multiplicity(k, d):
    if k == 0:
        return 1
    return (2 * k + d - 2) * math.comb(k + d - 3, d - 2) // k if d > 2 else 2


@EACH
@EACH_SPECTRUM
def test_its_dual_is_the_kernel(dimension, wanted):
    kappa = dual(from_kernel(wanted, dimension), Sphere(dimension))
    t = np.cos(np.linspace(0.0, math.pi, 301))
    expected = sum(c * zonal(k, dimension, t) for k, c in enumerate(wanted) if c)
    size = sum(wanted)
    # κ'(1) roundings of t, which SciPy's P_k have too, come to the dual's own bound.
    slope = sum(
        c * k * (k + dimension - 2) / (dimension - 1) for k, c in enumerate(wanted)
    )
    allowed = kappa.error_bound + 8 * 2.0**-52 * slope
    assert np.abs(kappa(t).numpy() - expected).max() <= allowed
    assert kappa.error_bound <= 1e-13 * size + 64 * 2.0**-52 * slope


@pytest.mark.parametrize("spectrum", ["one", "falling", "gap"])
@pytest.mark.parametrize("dimension", [2, 3, 20])
def test_its_dual_is_that_of_its_values_alone(dimension, spectrum):
    """As a scaled activation it has no known series, and is integrated."""
    act = from_kernel(SPECTRA[spectrum], dimension)
    unknown = activations.Scaled(act, 1.0)
    known, found = (dual(each, Sphere(dimension)) for each in (act, unknown))
    t = torch.linspace(-1, 1, 201, dtype=torch.float64)
    apart = float((known(t) - found(t)).abs().max())
    assert apart <= known.error_bound + found.error_bound < 1e-9


@EACH
@EACH_SPECTRUM
def test_its_funk_hecke_coefficients_are_those_asked_for(dimension, wanted):
    found = funk_hecke(from_kernel(wanted, dimension), dimension, len(wanted) + 9)
    for k, value in enumerate(found.tolist()):
        c = wanted[k] if k < len(wanted) else 0.0
        root = math.sqrt(multiplicity(k, dimension))
        assert abs(root * value - math.sqrt(c)) <= 1e-13 * math.sqrt(sum(wanted))


@EACH
def test_values_and_slopes_are_those_of_40_digits(dimension):
    wanted, alternating = SPECTRA["flat"], [(-1) ** (k // 2) for k in range(201)]
    act = from_kernel(wanted, dimension, signs=alternating)
    z = torch.tensor([-1.0, -0.97, -0.4, 0.0, 0.31, 0.9, 1 - 1e-9, 1.0])
    z = z.to(torch.float64)
    values, slopes, noise = (
        act(z),
        act.derivative(z),
        evaluation_noise(act, z, (-2.0, 2.0)),
    )
    with mp.workdps(40):
        for place, value, slope, doubt in zip(z, values, slopes, noise, strict=True):
            x = mp.mpf(float(place))
            terms = list(exact_terms(act, x))
            exact, steep = sum(t for t, _ in terms), sum(s for _, s in terms)
            size = sum(abs(t) for t, _ in terms)
            assert abs(float(value) - exact) <= 40 * 2.0**-52 * size
            allowed = 400 * 2.0**-52 * sum(abs(s) for _, s in terms)
            assert abs(float(slope) - steep) <= allowed
            # Two deviations, and one bound of the rounding of z.
            assert abs(float(value) - exact) <= 3 * float(doubt) + 4 * 2.0**-52 * size


def exact_terms(act, x):
    """Yield ±√(c_k N) P_k(x) and its slope, by the recurrence of P_k in mpmath."""
    d, before, now = act.dimension, (mp.mpf(0), mp.mpf(0)), (mp.mpf(1), mp.mpf(0))
    for k, amplitude in enumerate(act.amplitudes):
        factor = amplitude * mp.sqrt(multiplicity(k, d))
        yield factor * now[0], factor * now[1]
        if k == 0:
            before, now = now, (x, mp.mpf(1))
            continue
        first, second = mp.mpf(2 * k + d - 2) / (k + d - 2), mp.mpf(k) / (k + d - 2)
        following = (
            first * x * now[0] - second * before[0],
            first * (now[0] + x * now[1]) - second * before[1],
        )
        before, now = now, following


@EACH
def test_low_degrees_are_written_in_powers_to_the_last_digit(dimension):
    act = from_kernel([0.3, 0.2, 0.5, 0.1, 0.7], dimension)
    z = torch.linspace(-1, 1, 41, dtype=torch.float64)
    parts = [act.even_part(1.0), act.odd_part(1.0)]
    claimed = sum(np.polynomial.polynomial.polyval(z.numpy(), part) for part in parts)
    size = float(act(z).abs().max())
    np.testing.assert_allclose(claimed, act(z).numpy(), rtol=0, atol=1e-14 * size)
    assert from_kernel([1.0, 0.0, 2.0], dimension).parity == "even"
    assert from_kernel([0.0, 1.0], dimension).odd_part(1.0) == pytest.approx(
        (0.0, math.sqrt(dimension))
    )


def test_signs_keep_the_kernel_and_lower_the_peak():
    wanted, law = SPECTRA["falling"], Sphere(5)
    peak = from_kernel(wanted, 5)
    flat = from_kernel(wanted, 5, signs=[(-1) ** (k // 2) for k in range(41)])
    t = torch.linspace(-1, 1, 99, dtype=torch.float64)
    torch.testing.assert_close(
        dual(flat, law)(t), dual(peak, law)(t), rtol=0, atol=1e-12
    )
    assert flat.bound < 0.8 * peak.bound
    assert peak.bound == pytest.approx(float(peak(torch.ones(1).double())), rel=1e-14)


@pytest.mark.parametrize("signs", [None, [1, -1, 1, -1, 1], [1, 1, -1, -1, 1]])
def test_constants_hold_and_are_attained(signs):
    act = from_kernel([0.1, 0.4, 0.2, 0.3, 0.1], 4, signs=signs)
    z = torch.linspace(-1, 1, 20_001, dtype=torch.float64)
    for values, constant in ((act(z), act.bound), (act.derivative(z), act.lipschitz)):
        largest = float(values.abs().max())
        assert largest * (1 - 1e-14) <= constant <= largest * (1 + 1e-5)
    assert from_kernel([0.0, 2.0], 8).linear_growth == pytest.approx(4.0)
    assert act.linear_growth == math.inf


def test_the_spectrum_of_another_kernel_is_taken_over():
    """Twenty degrees of the kernel exp(t - 1), whose activation nobody wrote down."""
    found = mercer(lambda t: torch.exp(t - 1), 6, 20)
    counts = torch.tensor([float(each) for each in found.multiplicities])
    act = from_kernel((found.eigenvalues * counts).clamp(min=0.0), 6)
    t = torch.linspace(-1, 1, 51, dtype=torch.float64)
    torch.testing.assert_close(
        dual(act, Sphere(6))(t), torch.exp(t - 1), rtol=0, atol=1e-13
    )


def test_ranks_and_definiteness_know_its_degrees():
    """Degree 2 in R³ has five harmonics, so no sixth point is fitted."""
    act = from_kernel([0.0, 0.0, 1.0], 3)
    points = np.random.default_rng(0).standard_normal((8, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    verdict = rank_verdict(torch.from_numpy(points), act)
    assert verdict.rank == 5
    assert verdict.can_fit_any_labels is False
    # Degrees 0 to 40 by name: powers of 40 would have lost all digits.
    many = from_kernel([1.0] * 41, 3)
    assert rank_verdict(torch.from_numpy(points), many).can_fit_any_labels is True
    evidence = positive_definiteness(act, 3)
    assert evidence.even_degrees == (2,)
    assert evidence.failing_parities == ("even", "odd")


def test_equal_ones_are_equal_and_survive_pickling():
    act = from_kernel([0.5, 0.0, 0.5, 0.0], 4)
    assert act == from_kernel(np.array([0.5, 0.0, 0.5]), 4)
    again = pickle.loads(pickle.dumps(act))
    assert again == act
    assert hash(again) == hash(act)
    assert activations.get(act) is act


@pytest.mark.parametrize(
    ("coefficients", "dimension", "signs", "said"),
    [
        ([], 3, None, "one or more numbers"),
        ([1.0, -0.5], 3, None, r"degree 1 is -0\.5"),
        ([math.nan], 3, None, "degree 0 is nan"),
        ([1.0, math.inf], 3, None, "degree 1 is inf"),
        ([1.0], 1, None, "dimension is 1; it must be"),
        ([1.0, 1.0], 3, [1], "2 coefficients and 1 signs"),
        ([1.0, 1.0], 3, [1, 2], r"needs one, \+1 or -1"),
        ([0.0] * 900 + [1.0], 3000, None, "beyond float64 at z = 1"),
    ],
)
def test_what_is_no_kernel_is_refused(coefficients, dimension, signs, said):
    with pytest.raises(InvalidArgumentError, match=said):
        from_kernel(coefficients, dimension, signs=signs)
