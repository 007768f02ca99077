"""Narrow, shifted and steep activations with the ends of their duals in many digits."""

import math
from itertools import pairwise

import mpmath as mp
import numpy as np
import torch

from widthwise import activations
from widthwise.activations import Scaled
from widthwise.laws import Gaussian, Sphere

DIMENSIONS = (2, 3, 4, 5, 8, 20, 100, 1000)
FAMILIES = (
    "bump",
    "turn",
    "hat",
    "shifted relu",
    "celu",
    "scaled tanh",
    "scaled sin",
    "scaled swish",
    "rectified_monomial",
    "wendland0",
    "wendland2",
)

MORE_FAMILIES = (
    *FAMILIES,
    "narrow wendland0",
    "narrow wendland2",
    "scaled gaussian",
    "steep tanh",
    "cancelling square",
)
"""With what takes longer."""


def ends(function, places, law):
    """Return E f(u)² and E f(u) f(-u) in 40 digits."""
    with mp.workdps(40):
        return _ends(function, places, law)


def _ends(function, places, law):
    """Return E f(u)² and E f(u) f(-u) by mpmath, cut at the places where f turns."""
    places = [s * p for p in places for s in (1, -1)]
    if isinstance(law, Gaussian):
        cuts = sorted({*range(-12, 13, 2), *(p for p in places if abs(p) < 12)})
        cuts, turned = [mp.mpf(c) for c in cuts], mp.mpf

        def mass(u):
            return mp.npdf(u)
    else:
        d = mp.mpf(law.dimension)
        factor = mp.gamma(d / 2) / mp.sqrt(mp.pi) / mp.gamma((d - 1) / 2)
        spread = [k / math.sqrt(law.dimension) for k in range(-12, 13, 2)]
        cuts = [math.pi / 2 + k for k in spread if abs(k) < math.pi / 2]
        panels = 8 if law.dimension < 20 else 48
        cuts += [k * math.pi / panels for k in range(1, panels)]
        cuts += [math.acos(p) for p in places if abs(p) < 1]
        cuts = [mp.mpf(0), *(mp.mpf(c) for c in sorted(set(cuts))), mp.pi]
        turned = mp.cos

        def mass(a):
            return factor * mp.sin(a) ** (law.dimension - 2)

    def same(a):
        u = turned(a)
        return function(u) ** 2 * mass(a)

    def opposite(a):
        u = turned(a)
        return function(u) * function(-u) * mass(a)

    # mpmath's tolerance is absolute: without a scale tiny integrals end early.
    size = max(same((a + b) / 2) for a, b in pairwise(cuts)) or mp.mpf(1)
    one = size * mp.quad(lambda a: same(a) / size, cuts)
    return one, size * mp.quad(lambda a: opposite(a) / size, cuts)


def case(generator, families=FAMILIES):
    """Draw an activation, a law, and the two ends of the dual."""
    while True:
        family = str(generator.choice(families))
        d = int(generator.choice([0, *DIMENSIONS]))
        wendland = "wendland" in family
        if (wendland and d not in (3, 8, 20, 100)) or (family == "hat" and d > 100):
            continue
        law = Sphere(d) if d else Gaussian()
        activation, function, places, text = _drawn(family, d, generator)
        one, minus_one = ends(function, places, law)
        if one > 1e-250:
            return f"{text} under {law!r}", activation, law, one, minus_one


def _drawn(family, d, generator):
    # In d dimensions u is about 1/√d: what is drawn should meet it.
    reach = 1.0 if d < 5 else 2 / math.sqrt(d)
    s = float(10 ** generator.uniform(-2.0, 0.0)) * reach
    c = float(generator.uniform(-1.0, 1.0)) * reach
    layers = [c + k * s for k in (-12, -6, -3, -1, 0, 1, 3, 6, 12)]
    if family == "bump":
        chosen = activations.from_callable(
            lambda z: torch.exp(-(((z - c) / s) ** 2) / 2), name="bump"
        )
        return chosen, lambda z: mp.exp(-(((z - c) / s) ** 2) / 2), layers, f"{s=} {c=}"
    if family == "turn":
        chosen = activations.from_callable(
            lambda z: torch.tanh((z - c) / s), name="turn"
        )
        return chosen, lambda z: mp.tanh((z - c) / s), layers, f"turn {s=} {c=}"
    if family == "hat":
        chosen = activations.from_callable(
            lambda z: torch.relu(1 - (z - c).abs() / s),
            name="hat",
            breakpoints=(c - s, c, c + s),
        )
        kinks = [c - s, c, c + s]
        return chosen, lambda z: max(1 - abs(z - c) / s, 0), kinks, f"hat {s=} {c=}"
    if family == "shifted relu":
        chosen = activations.from_callable(
            lambda z: torch.relu(z - c), name="shifted", breakpoints=(c,)
        )
        return chosen, lambda z: max(z - c, 0), [c], f"relu {c=}"
    if family == "celu":
        chosen = activations.get("celu", alpha=s)
        steps = [0, -s, -5 * s, -20 * s, -40 * s]
        return (
            chosen,
            lambda z: z if z > 0 else s * mp.expm1(z / s),
            steps,
            f"celu {s=}",
        )
    if family == "cancelling square":
        shift = float(10 ** generator.uniform(0.0, 3.0))
        chosen = activations.from_callable(
            lambda z: (z + shift) ** 2 - shift * shift - 2 * shift * z, name="square"
        )
        return chosen, lambda z: z * z, [0], f"{family} {shift=}"
    if family.startswith(("scaled", "steep")):
        factor = 500 / reach if family == "steep tanh" else 1 / s
        s = 1 / factor
        base = activations.get(family.split()[1])
        forms = {
            "gaussian": lambda z: mp.exp(-(z**2) / 2),
            "tanh": mp.tanh,
            "sin": mp.sin,
            "swish": lambda z: z / (1 + mp.exp(-z)),
        }
        form = forms[family.split()[1]]
        turns = [k * s for k in (-40, -20, -10, -6, -3, -1, 0, 1, 3, 6, 10, 20, 40)]
        if family == "scaled sin":
            turns = [k * 6 * s for k in range(-int(2 / s), int(2 / s) + 1)]
        chosen = Scaled(base, factor)
        return chosen, lambda z: form(factor * z), turns, f"{family} {factor=}"
    if family == "rectified_monomial":
        degree = int(generator.integers(1, 9))
        chosen = activations.get(family, degree=degree)
        return chosen, lambda z: max(z, 0) ** degree, [0], f"{family} {degree=}"
    alpha = float(10 ** generator.uniform(-1.0, 0.3))
    if family.startswith("narrow"):
        family, alpha = family.split()[1], alpha / 4
    chosen = activations.get(family, dimension=d, alpha=alpha)
    power = d // 2 + (3 if family == "wendland2" else 1)

    def wendland(z):
        u = mp.sqrt(2 - 2 * z) / alpha
        smooth = power * u + 1 if family == "wendland2" else 1
        return (1 - u) ** power * smooth if u < 1 else mp.mpf(0)

    edge = 1 - alpha**2 / 2
    # The mean square of a high power lies in a narrow part of its support.
    inside = math.acos(max(edge, -1.0)) * np.arange(1, 64) / 64
    steps = [
        edge,
        *np.cos(inside).tolist(),
        *(1 - alpha**2 / 2 * k for k in (0.5, 0.1, 0.01, 1e-3)),
    ]
    return chosen, wendland, steps, f"{family} {alpha=}"


def generator_of(seed):
    return np.random.default_rng(seed)
