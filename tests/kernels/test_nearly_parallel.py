"""Deep kernels of nearly parallel rows between norms keep their digits."""

import mpmath as mp
import numpy as np
import pytest

from widthwise import activations
from widthwise.arrays import provenance
from widthwise.kernels import HiddenLayer, deep_kernels

ACTS = (
    activations.get("selu"),
    activations.get("elu", alpha=2.0),
    activations.get("hard_tanh"),
    activations.get("hard_swish"),
    activations.from_callable(
        lambda z: z.clamp(min=0.5) + z.tanh(), name="bent", breakpoints=(0.5,)
    ),
)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_a_row_of_another_norm_changes_nothing_between_rows_of_one(act, sign):
    """Of one norm half chords are followed; the third row takes them from residuals."""
    theta = np.array([0.0, 1e-3, 1e-7, 1e-12])
    rows = 1.7 * np.stack([np.cos(theta), np.sin(theta)], axis=1)
    rows[1:] *= sign
    rows /= np.linalg.norm(rows, axis=1, keepdims=True) / 1.7
    of_one = deep_kernels(rows, act, depth=3, weight_std=1.3)
    between = deep_kernels([*rows.tolist(), [0.6, 0.2]], act, 3, 1.3)
    for one, other in zip(of_one, between, strict=True):
        off = float((one - other[:4, :4]).abs().max())
        stated = provenance(one).entry_error + provenance(other).entry_error
        assert off <= stated <= 5e-11 * float(other.abs().max())


def warmed(m, w, order):
    """Return the mean of a line clipped to [-1, 1], or of its slope, at m + w z."""
    found = mp.mpf(-1 if order == 0 else 0)
    for cut, sign in ((-1, 1), (1, -1)):
        place = (m - cut) / w
        found += sign * (
            mp.ncdf(place) if order else w * (place * mp.ncdf(place) + mp.npdf(place))
        )
    return found


def expectation(q, lack, order):
    """Return E[f(a u) f(b v)] for squares of a and b and 1 - ρ > 0."""
    (a, b), rho = (mp.sqrt(each) for each in q), 1 - lack
    sine = mp.sqrt(lack * (1 + rho))
    ends = {mp.mpf(k) for k in (-12, -4, 0, 4, 12)} | {1 / a, -1 / a}
    ends |= {(k + m * b * sine) / (b * rho) for k in (-1, 1) for m in (-9, -3, 0, 3, 9)}

    def integrand(u):
        value = max(min(a * u, 1), -1) if order == 0 else mp.mpf(abs(a * u) < 1)
        return value * warmed(b * rho * u, b * sine, order) * mp.npdf(u)

    return mp.quad(integrand, sorted(ends), maxdegree=5)


def mean_square(q):
    h = 1 / mp.sqrt(q)
    within = 1 - 2 * mp.ncdf(-h)
    return q * (within - 2 * h * mp.npdf(h)) + 1 - within


@pytest.mark.parametrize("apart", [1e-5, 1e-11])
def test_clipped_lines_between_norms_are_those_of_thirty_digits(apart):
    """Two layers, biases and a skip: entries by integrals of one variable."""
    weight, bias, skip = 1.3, 0.3, 0.5
    x = np.array([0.9, 1.4])
    points = np.stack([x, x + apart * np.array([1.0, -0.3])])
    layers = [
        HiddenLayer("hard_tanh", weight, bias),
        HiddenLayer("hard_tanh", weight, bias, residual=skip),
    ]
    found = deep_kernels(points, layers, weight_std=weight, bias_std=bias)
    with mp.workdps(30):
        w, b, s = (mp.mpf(each) ** 2 for each in (weight, bias, skip))
        rows = [[mp.mpf(float(each)) for each in row] for row in points]

        def product(one, two):
            return w * sum(p * q for p, q in zip(one, two, strict=True)) / 2 + b

        q = [product(row, row) for row in rows]
        k = tangent = product(*rows)
        for more in (s, mp.mpf(0)):
            lack = 1 - k / mp.sqrt(q[0] * q[1])
            value, slope = (expectation(q, lack, order) for order in (0, 1))
            tangent = w * value + b + (w * slope + more) * tangent
            k = w * value + b + more * k
            q = [w * mean_square(each) + b + more * each for each in q]
        for kernel, truth in zip(found, (k, tangent), strict=True):
            off = float(abs(mp.mpf(float(kernel[0, 1])) - truth))
            assert off <= 2e-14 * float(kernel.max())
            stated = provenance(kernel).entry_error
            assert off <= stated <= 1e-11 * float(kernel.max())
