"""Planted sets of points, each with every rank that may be called its rank.

Points are integers, so what is planted is exact; the library sees floats.
"""

import math
from fractions import Fraction

import numpy as np
import torch
from numpy.polynomial import chebyshev
from planted_question import ONE_ROUNDING, Case
from planted_truth import Kernel

from widthwise import activations
from widthwise.datasets import read

NAMES = {
    "relu": ("relu", "swish", "gelu", "softplus"),
    "leaky": ("leaky_relu",),
    "abs": ("abs",),
    "even": ("cos", "gaussian"),
    "odd": ("tanh", "erf", "sin"),
    "step": ("step", "sigmoid"),
    "all": ("elu", "exp", "mish"),
    "square_up": (("rectified_monomial", {"degree": 2}),),
    "cube_up": (("rectified_monomial", {"degree": 3}),),
}


def case(index, seed=0):
    """Return case number `index`; kinds take turns."""
    rng = np.random.default_rng((seed, index))
    kind = KINDS[index % len(KINDS)]
    while True:
        found = kind(rng)
        if all(any(row) for row in found.rows):
            found.kind = kind.__name__.strip("_").replace("_", " ")
            return found


def _any_activation(rng, forms=tuple(NAMES)):
    form = str(rng.choice(forms))
    name = NAMES[form][rng.integers(len(NAMES[form]))]
    name, parameters = (name, {}) if isinstance(name, str) else name
    return Kernel(form), activations.get(name, **parameters)


def _law(rng):
    return str(rng.choice(["sphere", "gaussian"]))


def _random_rows(rng, count, d, size=None):
    size = size or int(rng.choice([3, 9, 1000, 10**9]))
    rows = rng.integers(-size, size + 1, (count, d)).tolist()
    return [row if any(row) else [1] * d for row in rows]


def _case(rng, rows, **more):
    kernel, act = _any_activation(rng)
    order = rng.permutation(len(rows)).tolist()
    blurred = more.pop("blurred", None)
    return Case(
        "",
        [rows[i] for i in order],
        kernel,
        act,
        _law(rng),
        blurred=[blurred[i] for i in order] if blurred else None,
        **more,
    )


def _dimension(rng):
    return int(rng.integers(3, 9))


def _duplicates(rng):
    rows = _random_rows(rng, int(rng.integers(3, 8)), _dimension(rng))
    copies = [[x * int(rng.integers(1, 8)) for x in row] for row in rows[:2]]
    return _case(rng, rows + copies)


def _antipodal(rng):
    rows = _random_rows(rng, int(rng.integers(3, 8)), _dimension(rng))
    pairs = int(rng.integers(1, len(rows) + 1))
    return _case(rng, rows + [[-x for x in row] for row in rows[:pairs]])


def _in_subspace(rng, count, span, d):
    frame = rng.integers(-3, 4, (span, d))
    weights = rng.integers(-4, 5, (count, span))
    return [row for row in (weights @ frame).tolist() if any(row)]


def _dependent_pairs(rng):
    d = _dimension(rng)
    pairs = _in_subspace(rng, int(rng.integers(2, 7)), int(rng.integers(1, d + 1)), d)
    alone = _random_rows(rng, int(rng.integers(1, 4)), d)
    return _case(rng, pairs + [[-x for x in row] for row in pairs] + alone)


def _moved(rng, row, exponent):
    """Return the row turned by about 10^-exponent, and how far in fact."""
    across = _random_rows(rng, 1, len(row), 9)[0]
    size = 10**20
    new = [
        x * size + y * 10 ** (20 - exponent) for x, y in zip(row, across, strict=True)
    ]
    dot = sum(x * y for x, y in zip(row, across, strict=True))
    squares = sum(x * x for x in row), sum(y * y for y in across)
    sine = math.sqrt(max(0.0, squares[0] * squares[1] - dot**2)) / squares[0]
    return new, [x * size for x in row], sine * 10.0**-exponent


def _near(rng):
    planted = [_duplicates, _antipodal, _dependent_pairs][rng.integers(3)](rng)
    rows = planted.rows
    at = int(rng.integers(len(rows)))
    rows[at], plain, angle = _moved(rng, rows[at], int(rng.integers(1, 16)))
    if angle < 4 * ONE_ROUNDING:
        planted.blurred = [plain if i == at else row for i, row in enumerate(rows)]
    return planted


def _grids(rng):
    d = int(rng.integers(3, 5))
    cells = np.indices((3,) * d).reshape(d, -1).T - 1
    cells = cells[np.any(cells != 0, axis=1)]
    chosen = rng.choice(len(cells), int(rng.integers(5, 15)), replace=False)
    return _case(rng, cells[chosen].tolist())


def _codes(rng):
    """One-hot, binary and sign rows."""
    d, count = _dimension(rng), int(rng.integers(4, 14))
    style = rng.integers(3)
    if style == 0:
        rows = np.eye(d, dtype=int)[rng.integers(d, size=count)]
        rows = np.hstack([rows, np.eye(3, dtype=int)[rng.integers(3, size=count)]])
    else:
        rows = rng.integers(0, 2, (count, d))
        rows = 2 * rows - 1 if style == 1 else rows
    return _case(rng, [row if any(row) else [1] * len(row) for row in rows.tolist()])


def _coefficients(rng):
    """Exact coefficients: Chebyshev, Legendre, short or dense."""
    style = rng.integers(4)
    if style == 0:
        degree = int(rng.choice([3, 4, 5, 6, 8, 12, 20, 24, 36]))
        return tuple(Fraction(c) for c in chebyshev.cheb2poly([0] * degree + [1]))
    if style == 1:
        return _legendre(int(rng.integers(2, 9)))
    degree = int(rng.integers(1, 8))
    found = [int(c) for c in rng.integers(-3, 4, degree)] + [1]
    if style == 3:
        found = [c if k % 2 == degree % 2 else 0 for k, c in enumerate(found)]
    return tuple(map(Fraction, found))


def _legendre(degree):
    before, now = [Fraction(1)], [Fraction(0), Fraction(1)]
    for k in range(1, degree):
        up = [Fraction(0), *((2 * k + 1) * c / (k + 1) for c in now)]
        down = [k * c / (k + 1) for c in before] + [Fraction(0)] * 2
        before, now = now, [x - y for x, y in zip(up, down, strict=True)]
    return tuple(now)


def _polynomial_rows(rng, d):
    style = rng.integers(4)
    count = int(rng.integers(3, 15))
    if style == 0:
        return _random_rows(rng, count, d)
    if style == 1:
        rows = _in_subspace(rng, count, int(rng.integers(1, d + 1)), d)
        return rows or _random_rows(rng, 2, d)
    if style == 2:
        rows = _random_rows(rng, count, d)
        return rows + [[-x for x in row] for row in rows[:3]]
    return _cluster(rng, min(count, 8), d)


def _cluster(rng, count, d):
    centre = _random_rows(rng, 1, d, 5)[0]
    exponent = int(rng.integers(1, 9))
    return [_moved(rng, centre, exponent)[0] for _ in range(count)]


def _polynomials(rng):
    coefficients = _coefficients(rng)
    floats = [float(c) for c in coefficients]
    act = activations.get("polynomial", coefficients=floats)
    rows = _polynomial_rows(rng, int(rng.integers(2, 6)))
    kernel, law = Kernel("polynomial", coefficients), _law(rng)
    given = Kernel("polynomial", tuple(map(Fraction, floats)))
    return Case("", rows, kernel, act, law, rounded=given)


def _clusters(rng):
    d = int(rng.integers(2, 5))
    rows = _cluster(rng, int(rng.integers(2, 7)), d)
    if rng.integers(2):
        degree = int(rng.integers(2, 4))
        act = activations.get("rectified_monomial", degree=degree)
        kernel = Kernel("square_up" if degree == 2 else "cube_up")
        rows += [[-x for x in row] for row in rows]
    else:
        degree = int(rng.integers(2, 6))
        coefficients = [Fraction(0)] * degree + [Fraction(1)]
        kernel = Kernel("polynomial", tuple(coefficients))
        act = activations.get("polynomial", coefficients=list(map(float, coefficients)))
    return Case("", rows, kernel, act, _law(rng))


def _custom(rng):
    law, d = _law(rng), int(rng.integers(2, 6))
    style = rng.integers(4)
    if style == 0:
        power = int(rng.choice([2, 3, 4, 5, 8, 12, 30, 32, 40]))
        kernel = Kernel("polynomial", (Fraction(0),) * power + (Fraction(1),))
        act = activations.from_callable(lambda z: z**power, f"z^{power}")
    elif style == 1:
        c = float(rng.choice([0.5, 3, 10, 30, 100, 1000]))
        kernel = Kernel("polynomial", (Fraction(0), Fraction(0), Fraction(1)))
        act = activations.from_callable(
            lambda z: (z + c) ** 2 - c * c - 2 * c * z, f"cancelling {c:g}"
        )
    elif style == 2 and d == 2:
        law, waves = "sphere", int(rng.choice([2, 3, 5, 12]))
        kernel = Kernel("waves", waves=waves)
        kinks = [math.cos((2 * j + 1) * math.pi / 2 / waves) for j in range(waves)]
        act = activations.from_callable(
            lambda z: torch.cos(waves * torch.acos(z.clamp(-1, 1))).abs(),
            f"waves {waves}",
            breakpoints=kinks,
            domain=(-1, 1),
        )
    else:
        form = str(rng.choice(["relu", "abs", "odd", "all", "step", "even"]))
        functions = {
            "relu": (torch.relu, (0.0,)),
            "abs": (torch.abs, (0.0,)),
            "odd": (torch.tanh, ()),
            "all": (torch.exp, ()),
            "step": (lambda z: 1 / (1 + torch.exp(-z)), ()),
            "even": (torch.cos, ()),
        }
        kernel = Kernel(form)
        act = activations.from_callable(
            functions[form][0], f"my {form}", breakpoints=functions[form][1]
        )
    rows = _polynomial_rows(rng, d) if rng.integers(2) else _random_rows(rng, 6, d)
    if kernel.form == "waves" and rng.integers(2):
        # Three of the twelve waves to a quarter turn: they cannot tell these apart.
        rows = [[1, 0], [1, 1], [0, 1], [-1, 1], [3, 1]][: int(rng.integers(2, 6))]
    return Case("", rows, kernel, act, law)


def _circle(rng):
    rows = _random_rows(rng, int(rng.integers(3, 12)), 2, int(rng.choice([2, 5, 1000])))
    rows += [[-x for x in row] for row in rows[: int(rng.integers(0, 4))]]
    if rng.integers(3) == 0:
        rows = [[1, 0], [1, 1], [0, 1], [-1, 1], [-1, 0], [-1, -1], [0, -1], [1, -1]]
    return _case(rng, rows)


def _tables(rng):
    """Integer tables whose rows collide after standardising, or before."""
    d, count = int(rng.integers(3, 7)), int(rng.integers(3, 7))
    spreads = (10 ** rng.integers(0, 7, d)).tolist()
    if rng.integers(3):
        half = rng.integers(-9, 10, (count, d))
        more = rng.integers(-9, 10, (3, d))
        given = np.vstack([half, -half, more, -more.sum(axis=0, keepdims=True)])
        given = np.vstack([given, 2 * half[:1], -2 * half[:1]]) * np.array(spreads)
    else:
        # The first two rows are opposite about the mean, a third of the second one.
        small = rng.integers(1, 10, (1, d))
        rest = rng.integers(-9, 10, (count, d)) * np.array(spreads)
        total = (count + 3) * small // 3 - small if (count + 3) % 3 == 0 else -small
        last = 3 * total - 3 * rest.sum(axis=0, keepdims=True)
        given = np.vstack([0 * small, 3 * small, 3 * rest, last])
    given = given + rng.integers(-1000, 1001, d)
    standardise = bool(rng.integers(4))
    array = given.astype(np.float64)
    rows, metric = given.tolist(), None
    if standardise:
        centred = len(given) * given - given.sum(axis=0)
        centred = centred[:, np.any(centred != 0, axis=0)]
        rows = [[int(x) for x in row] for row in centred.tolist()]
        metric = [sum(x * x for x in column) for column in zip(*rows, strict=True)]
    kernel, act = _any_activation(rng)

    def table():
        return read(array).prepare(standardize=standardise).points

    return Case("", rows, kernel, act, _law(rng), metric=metric, table=table)


KINDS = (
    _duplicates,
    _antipodal,
    _dependent_pairs,
    _near,
    _grids,
    _codes,
    _polynomials,
    _clusters,
    _custom,
    _circle,
    _tables,
)
