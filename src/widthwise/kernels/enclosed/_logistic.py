r"""Hermite moments of logistic functions, in balls, through the Fourier transform.

$$E[\mathrm{sech}^2(a g)\, He_k(g)] = \frac{i^k}{2\pi} \int w(\omega)\, \omega^k
e^{-\omega^2/2}\, d\omega,
\qquad w(\omega) = \frac{\pi\omega/a^2}{\sinh(\pi\omega/2a)},$$

for g standard normal: no term has another sign than the others, so nothing cancels. The
trapezoidal rule of step h errs by at most $2M/(e^{2\pi c/h} - 1)$, M the integral of
the modulus on $\mathrm{Im}\,\omega = c$ (Trefethen and Weideman, 2014), where
$|\sinh(x + iy)| \ge |\sin y|\, e^{|x|}/2$.
"""

from flint import arb, ctx

__all__ = ["logistic_moments"]

_STRIP, _WIDEST = "1.5", 2
"""c = 1.5 a at most, below 2 a where w has its first pole, and at most 2."""
_COARSE = 4
"""Cells a unit in the bound on M."""
_ROUGH = 64
"""Bits of the bounds."""


def logistic_moments(a: arb, count: int, bits: int) -> list[arb]:
    r"""Return $(-1)^{k/2} E[\mathrm{sech}^2(a g)\, He_k(g)] > 0$ for k = 0, 2, 4, ...

    Parameters
    ----------
    a
        Positive.
    count
        How many.
    bits
        Errors are below $2^{-bits} \sqrt{k!}$ or so, beside those of the working
        precision.

    Cost: count · (bits + √count) products of balls.
    """
    goal = (bits + 16) * arb.const_log2()
    c = min(arb(_STRIP) * a.lower(), arb(_WIDEST))
    # A step that is a dyadic number makes the nodes exact.
    step = arb(int(float((2 * arb.pi() * c / (goal + c * c)).lower()) * 2**20)) / 2**20
    rate = arb.pi() / (2 * a)
    # Beyond √k no power x^k e^{-x²/2} exceeds √k!, and e^{-rate x} falls besides.
    spread = min(float((2 * goal).sqrt().upper()), float((goal / rate).upper()) + 1)
    reach = float(arb(2 * count).sqrt().upper()) + spread
    nodes = [step * j for j in range(1, int(reach / float(step)) + 2)]
    parts = [2 * rate * x / a / (rate * x).sinh() * (-x * x / 2).exp() for x in nodes]
    at_zero = 2 / a
    errors = _edge_integrals(a, c, count, reach)
    with ctx.workprec(_ROUGH):
        decay = 2 / ((2 * arb.pi() * c / step).exp() - 1)
        errors = [decay * each for each in errors]
    squares = [x * x for x in nodes]
    found = []
    for index in range(count):
        total = sum(parts, arb(0))
        with ctx.workprec(_ROUGH):
            beyond = _rest(parts[-1], step, nodes[-1], 2 * index)
            error = (errors[index] + step / arb.pi() * beyond).upper()
        value = step / arb.pi() * (total + (at_zero / 2 if index == 0 else 0))
        found.append(value + arb(0, error))
        parts = [part * square for part, square in zip(parts, squares, strict=True)]
    return found


def _edge_integrals(a: arb, c: arb, count: int, reach: float) -> list[arb]:
    r"""Bound the integral of the modulus on Im ω = c, for k = 0, 2, 4, ...

    On a cell the growing factor is taken at its right end, the falling one at its left:
    $\frac{2 e^{c^2/2}}{a^2 \sin(\pi c/2a)} \int_0^\infty (\omega^2 + c^2)^{(k+1)/2}
    e^{-\pi\omega/2a - \omega^2/2}\, d\omega$.
    """
    with ctx.workprec(_ROUGH):
        cell = arb(1) / _COARSE
        rate = arb.pi() / (2 * a)
        factor = 2 * (c * c / 2).exp() / (a * a * (rate * c).sin()) * cell
        left = [cell * j for j in range(int(reach * _COARSE) + 2)]
        squares = [(x + cell) * (x + cell) + c * c for x in left]
        parts = [
            square.sqrt() * (-rate * x - x * x / 2).exp()
            for x, square in zip(left, squares, strict=True)
        ]
        found = []
        for index in range(count):
            beyond = _rest(parts[-1], cell, left[-1], 2 * index + 1)
            found.append(factor * (sum(parts, arb(0)) + beyond))
            parts = [part * square for part, square in zip(parts, squares, strict=True)]
    return found


def _rest(last: arb, step: arb, x: arb, power: int) -> arb:
    """Bound the terms beyond the last, each at most e^{h (k/x - x)} of the one before.

    The terms fall like x^k e^{-x²/2}, or faster.
    """
    ratio = (step * (power / x - x)).exp()
    return last * ratio / (1 - ratio)
