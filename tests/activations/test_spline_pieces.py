"""Whether a caller's function is known to be made of truncated powers."""

import numpy as np
import pytest
import torch

from widthwise.activations import from_callable


def made(fn, *breakpoints):
    return from_callable(fn, name="mine", breakpoints=breakpoints).splines


def trapezoid(z):
    return torch.clamp(torch.minimum((z + 1.2) / 0.5, (1.0 - z) / 0.4), 0.0, 1.0)


PIECES = {
    "a shifted rectifier": (lambda z: torch.relu(z - 0.3), (0.3,)),
    "a step": (lambda z: (z > 0.2).to(z.dtype), (0.2,)),
    "a trapezoid": (trapezoid, (-1.2, -0.7, 0.6, 1.0)),
    "a steep ramp": (lambda z: torch.clamp(100 * (z - 0.2), 0.0, 1.0), (0.2, 0.21)),
    "a hat at zero": (lambda z: torch.relu(1 - z.abs()), (-1.0, 0.0, 1.0)),
    "a line, and another": (lambda z: torch.where(z < 1, 0.1 * z, z - 0.9), (1.0,)),
    "a parabola, and a line": (lambda z: torch.where(z < 1, z * z, 2 * z - 1), (1.0,)),
    "powers": (lambda z: 3 - torch.relu(z) ** 2 + torch.relu(z - 1) ** 4, (0.0, 1.0)),
}


@pytest.mark.parametrize("name", PIECES)
def test_the_powers_that_are_found_are_the_function(name):
    fn, breakpoints = PIECES[name]
    constant, terms = made(fn, *breakpoints)
    z = torch.from_numpy(np.random.default_rng(0).uniform(-9, 9, 2000))
    parts = [
        c * (z**i if np.isinf(b) else torch.where(z > b, (z - b) ** i, 0.0))
        for b, i, c in terms
    ]
    missed = (sum(parts) + constant - fn(z)).abs()
    allowed = 1e-13 * (1 + fn(z).abs().max())
    assert bool((missed <= allowed + 2**-51 * sum(each.abs() for each in parts)).all())


def test_the_powers_of_exact_numbers_are_exact():
    assert made(lambda z: torch.relu(z - 0.25), 0.25) == (0.0, ((0.25, 1, 1.0),))


OTHERS = {
    "a kink beside a smooth function": (
        lambda z: torch.relu(z) + torch.tanh(z),
        (0.0,),
    ),
    "a first piece that is a line, up to zero": (lambda z: z.abs(), (0.0,)),
    "a tail that is smooth far out": (
        lambda z: torch.relu(z) * (1 + 1e-9 * torch.sin(z / 300)),
        (0.0,),
    ),
    "a narrow bump": (
        lambda z: torch.relu(z) + torch.exp(-(((z + 3) / 1e-3) ** 2)),
        (0.0,),
    ),
    "a small smooth part": (lambda z: torch.relu(z) + 1e-12 * torch.sin(z), (0.0,)),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_not_made_of_them_is_not_taken_for_it(name):
    fn, breakpoints = OTHERS[name]
    assert made(fn, *breakpoints) is None


def test_a_function_without_breakpoints_or_with_ends_has_none():
    assert made(lambda z: z * z) is None
    ended = from_callable(
        lambda z: torch.relu(z), name="ended", breakpoints=(0.0,), domain=(-2, 2)
    )
    assert ended.splines is None
