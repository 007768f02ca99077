"""Splines between rows far longer than their kinks' places: closed forms cancel."""

import mpmath as mp
import numpy as np
import pytest
import torch

from widthwise.activations import from_callable
from widthwise.arrays import provenance
from widthwise.errors import InvalidArgumentError, PrecisionLimitError
from widthwise.kernels import conjugate_kernel, tangent_kernel


def ramp(z):
    return torch.where(z < -0.3, -0.2 * z, torch.where(z < 0.7, 0.06 + 0 * z, z - 0.64))


RAMP = from_callable(ramp, name="ramp", breakpoints=(-0.3, 0.7))
SIXTH = mp.mpf(1) / 6
#: The function, and its (b, i, c): it is their sum of c (z - b)_+^i, and of a z + e.
SPLINES = {
    "hard_tanh": ("hard_tanh", (0, -1), ((-1, 1, 1), (1, 1, -1))),
    "hard_swish": (
        "hard_swish",
        (0, 0),
        ((-3, 2, SIXTH), (-3, 1, -3 * SIXTH), (3, 2, -SIXTH), (3, 1, -3 * SIXTH)),
    ),
    "ramp": (RAMP, (-0.2, 0), ((-0.3, 1, 0.2), (0.7, 1, 1))),
}


def at(name, z):
    _, (slope, constant), terms = SPLINES[name]
    above = sum(mp.mpf(c) * max(z - b, 0) ** i for b, i, c in terms)
    return mp.mpf(slope) * z + constant + above


def mean(name, middle, spread):
    """E f(m + s w) for a normal w, with digits to spare."""
    if spread == 0:
        return at(name, middle)
    _, (slope, constant), terms = SPLINES[name]
    total = mp.mpf(slope) * middle + constant
    for b, i, c in terms:
        m = middle - b
        tail, density = mp.ncdf(m / spread), spread * mp.npdf(m / spread)
        one = m * tail + density
        total += mp.mpf(c) * (one if i == 1 else m * one + spread**2 * tail)
    return total


def truth(name, a, b, theta):
    """E f(a u) f(b v) under the Gaussian law."""
    with mp.workdps(70):
        a, b, t = mp.mpf(a), mp.mpf(b), mp.mpf(theta)
        rho, sine = mp.cos(t), mp.sin(t)
        if theta == np.pi:
            rho, sine = mp.mpf(-1), mp.mpf(0)
        kinks = [k for k, _, _ in SPLINES[name][2]]
        places = [mp.mpf(k) / n for k in kinks for n in (a, b * rho)]
        cuts = {mp.mpf(0), *[mp.mpf(z) for z in (-12, -6, -3, -1, 1, 3, 6, 12)]}
        cuts |= {p + s * sine * 3**k for p in places for s in (-1, 1) for k in (-1, 1)}
        cuts = sorted(c for c in cuts | set(places) if abs(c) <= 12)
        return mp.quad(
            lambda u: at(name, a * u) * mp.npdf(u) * mean(name, b * rho * u, b * sine),
            cuts,
            maxdegree=4,
        )


TRUTHS = [
    ("hard_tanh", 1e20, 1.0, 0.9, 0.3561218343532579),
    ("hard_tanh", 1e6, 3.0, 2.5, -0.5761782420398238),
    ("hard_tanh", 1e4, 3e4, np.pi, -0.9999586282079919),
    ("hard_tanh", 2e3, 1e3, 1e-3, 0.9992397305415697),
    ("hard_swish", 1e20, 1.0, 0.9, 2.4708561202725925e19),
    ("hard_swish", 1e6, 3.0, 2.5, -10458.854525209254),
    ("hard_swish", 2e3, 1e3, 1e-3, 999999.499053258),
    ("ramp", 1e20, 1.0, 0.9, 2.004736371498904e19),
    ("ramp", 1e6, 3.0, 2.5, 476303.31319973536),
    ("ramp", 1e4, 3e4, np.pi, 59997957.415525794),
]


def rows_at(a, b, theta):
    second = {0.0: (1.0, 0.0), np.pi: (-1.0, 0.0)}
    c, s = second.get(theta, (np.cos(theta), np.sin(theta)))
    return [[a, 0.0], [b * c, b * s]]


@pytest.mark.slow
@pytest.mark.parametrize("case", TRUTHS[1:3] + TRUTHS[-1:])
def test_the_numbers_below_are_integrals(case):
    *given, value = case
    assert abs(float(truth(*given)) / value - 1) <= 1e-13


@pytest.mark.parametrize("case", TRUTHS)
def test_a_kernel_of_long_rows_has_its_digits(case):
    name, a, b, theta, value = case
    found = conjugate_kernel(rows_at(a, b, theta), SPLINES[name][0], "gaussian")
    size = float((found[0, 0] * found[1, 1]).sqrt())
    assert abs(float(found[0, 1]) - value) <= 1e-11 * size
    assert abs(float(found[0, 1]) - value) <= provenance(found).entry_error


@pytest.mark.parametrize("law", ["gaussian", "sphere"])
@pytest.mark.parametrize("norms", [(1e20, 1e20), (1e20, 3e30), (1e100, 1e100)])
def test_very_long_rows_have_the_kernels_of_a_sign_and_of_a_rectifier(norms, law):
    """Of hard_tanh and hard_swish, but for a part as small as 1 over the norm."""
    rows = rows_at(*norms, 0.9)
    signs = 1 - 2 * 0.9 / np.pi
    own = conjugate_kernel(rows, "hard_tanh", law)
    np.testing.assert_allclose(own, [[1, signs], [signs, 1]], rtol=1e-13)
    if law == "gaussian":  # Strips of widths 2/a and 2/b cross in a parallelogram.
        both = tangent_kernel(rows, "hard_tanh", law)
        crossed = 2 / np.pi / np.tan(0.9)
        np.testing.assert_allclose(both[0, 1], signs + crossed, rtol=1e-9)
    relu = conjugate_kernel(rows, "relu", law)
    np.testing.assert_allclose(conjugate_kernel(rows, "hard_swish", law), relu, 1e-11)


def test_gradients_of_long_rows_are_those_of_their_limit():
    rows = torch.tensor([[1e12, 0.0], [6e11, 8e11]], dtype=torch.float64)
    slopes = []
    for name in ("hard_swish", "relu"):
        given = rows.clone().requires_grad_()
        conjugate_kernel(given, name, "gaussian")[0, 1].backward()
        slopes.append(given.grad)
    torch.testing.assert_close(*slopes, rtol=1e-9, atol=0)


def test_a_gradient_beside_a_very_long_row_is_the_same_either_way_round():
    """E[sign(u) f(b v)] has the slope -2 p(0) sin θ E f'(b sin θ z) in θ."""
    long = torch.tensor([[1e20, 0.0]], dtype=torch.float64)
    short = torch.tensor([[0.6, 0.8]], dtype=torch.float64)
    slope = float(-2 / (2 * np.pi) ** 0.5 * 0.8 * mp.erf(1 / (0.8 * 2**0.5)))
    for turned in (False, True):
        given = short.clone().requires_grad_()
        ends = (given, long) if turned else (long, given)
        conjugate_kernel(ends[0], "hard_tanh", "gaussian", ends[1]).sum().backward()
        across = float(given.grad[0] @ torch.tensor([-0.8, 0.6], dtype=torch.float64))
        assert across == pytest.approx(slope, rel=1e-9)
    both = torch.cat([long, short]).requires_grad_()
    with pytest.raises(PrecisionLimitError, match="nearer to one norm"):
        tangent_kernel(both, "hard_swish", "gaussian")


def test_rows_whose_squares_are_beyond_floats_are_refused():
    with pytest.raises(InvalidArgumentError, match=r"1e\+200.*Scale the rows down"):
        conjugate_kernel([[1e200, 0.0], [0.0, 1.0]], "hard_tanh", "gaussian")
