"""Activations of a panel, each number overwritten by its value in registers."""

import inspect
import math
from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np
from numba.core import types
from numba.extending import intrinsic

from widthwise.machine import compiled
from widthwise.numerics.panels.functions import FARTHEST_TURN, Functions
from widthwise.numerics.panels.registers import LANES

__all__ = ["KINDS", "overwrite"]

_Form = Callable[[Functions, Any, Any], Any]


def _elu(f: Functions, z: Any, rise: Any, depth: Any, rate: Any) -> Any:
    """Return rise z above 0, and depth (exp(rate z) - 1) below."""
    builder = f.builder
    is_above = f.more(z, f.zeros)
    below = builder.select(is_above, f.zeros, z)
    below = builder.fmul(f.expm1(builder.fmul(below, rate)), depth)
    return builder.select(is_above, builder.fmul(z, rise), below)


def _leaky(f: Functions, z: Any, slope: Any) -> Any:
    return f.builder.select(f.more(z, f.zeros), z, f.builder.fmul(z, slope))


def _hard_swish(f: Functions, z: Any) -> Any:
    gate = f.at_most(f.at_least(f.plus(z, 3.0), 0.0), 6.0)
    return f.builder.fmul(z, f.scaled(gate, 1 / 6))


def _softplus(f: Functions, z: Any) -> Any:
    beside = f.log1p(f.exp(f.builder.fsub(f.constant(-0.0), f.size(z))))
    return f.builder.fadd(f.at_least(z, 0.0), beside)


def _mish(f: Functions, z: Any) -> Any:
    # tanh log(1 + e^z) is q/(q + 1) with q = e^z + e^2z/2, and 1 from 20 on.
    e = f.exp(f.at_most(z, 20.0))
    q = f.fused(e, f.scaled(e, 0.5), e)
    return f.builder.fmul(z, f.builder.fdiv(q, f.plus(q, 1.0)))


def _gelu(f: Functions, z: Any) -> Any:
    twice = f.plus(f.erf(f.scaled(z, math.sqrt(0.5))), 1.0)
    return f.builder.fmul(f.scaled(z, 0.5), twice)


def _gelu_tanh(f: Functions, z: Any, slope: Any, cubic: Any) -> Any:
    square = f.builder.fmul(z, z)
    return f.logistic(z, f.builder.fmul(f.fused(square, cubic, slope), z))


def _gaussian(f: Functions, z: Any) -> Any:
    return f.exp(f.scaled(f.builder.fmul(z, z), -0.5))


def _power(f: Functions, z: Any, exponent: int) -> Any:
    return reduce(f.builder.fmul, [z] * exponent)


def _alone(count: int, of: Callable[..., Any]) -> _Form:
    """Return how a function of z and so many numbers is taken."""

    def found(f: Functions, z: Any, numbers: Any) -> Any:
        return of(f, z, *(f.same(numbers.data, f.number(n)) for n in range(count)))

    return found


def _polynomial(f: Functions, z: Any, numbers: Any) -> Any:
    """Return the polynomial of these coefficients, the highest power first."""
    builder = f.builder

    def step(k: Any, before: list[Any]) -> list[Any]:
        c = f.same(numbers.data, builder.add(k, f.number(1)))
        return [builder.fadd(builder.fmul(before[0], z), c)]

    count = builder.sub(_length(f, numbers), f.number(1))
    return f.repeated(count, [f.same(numbers.data, f.number(0))], step)[0]


def _hermite(f: Functions, z: Any, numbers: Any) -> Any:
    r"""Return the last of $h_{k+1} = a_k z h_k + b_k h_{k-1}$, of all (a, b)."""
    builder = f.builder

    def step(k: Any, before: list[Any]) -> list[Any]:
        at = builder.mul(k, f.number(2))
        a, b = (f.same(numbers.data, builder.add(at, f.number(n))) for n in (0, 1))
        now, last = before
        return [f.fused(builder.fmul(a, z), now, builder.fmul(b, last)), now]

    count = builder.sdiv(_length(f, numbers), f.number(2))
    value, _ = f.repeated(count, [f.constant(1.0), f.zeros], step)
    # Where infinities met, the highest power is beyond all floats.
    is_odd = builder.icmp_signed("==", builder.srem(count, f.number(2)), f.number(1))
    power = f.scaled(builder.select(is_odd, z, f.size(z)), math.inf)
    return builder.select(builder.fcmp_unordered("uno", value, value), power, value)


def _wendland(f: Functions, z: Any, numbers: Any) -> Any:
    r"""Return $(1-u)_+^p\,r(u)$ with $u^2 = (1-t)/h$.

    The numbers: 1/h, 1 - h, how many binary digits p has after its first, those, and
    the coefficients of r from the highest power on.
    """
    builder, one = f.builder, f.constant(1.0)
    rate, edge = (f.same(numbers.data, f.number(n)) for n in range(2))
    place = builder.load(builder.gep(numbers.data, [f.number(2)]))
    digits, begin = builder.fptosi(place, f.number(0).type), f.number(3)
    t = f.at_least(f.at_most(z, 1.0), -1.0)
    square = builder.fmul(builder.fsub(one, t), rate)
    u = builder.call(f.function("sqrt"), [square])
    within = builder.fmul(f.at_least(builder.fsub(t, edge), 0.0), rate)
    inside = builder.fdiv(within, builder.fadd(u, one))

    def squared(k: Any, before: list[Any]) -> list[Any]:
        digit = f.same(numbers.data, builder.add(begin, k))
        factor = builder.select(f.more(digit, f.zeros), inside, one)
        return [builder.fmul(builder.fmul(before[0], before[0]), factor)]

    power = f.repeated(digits, [inside], squared)[0]
    begin = builder.add(begin, digits)

    def risen(k: Any, before: list[Any]) -> list[Any]:
        c = f.same(numbers.data, builder.add(begin, k))
        return [f.fused(before[0], u, c)]

    count = builder.sub(_length(f, numbers), begin)
    return builder.fmul(power, f.repeated(count, [f.zeros], risen)[0])


def _length(f: Functions, array: Any) -> Any:
    return f.builder.extract_value(array.shape, 0)


_FORMS: dict[str, _Form] = {
    "relu": _alone(0, lambda f, z: f.at_least(z, 0.0)),
    "abs": _alone(0, lambda f, z: f.size(z)),
    "step": _alone(
        0,
        lambda f, z: f.builder.select(f.more(z, f.zeros), f.constant(1.0), f.zeros),
    ),
    "leaky_relu": _alone(1, _leaky),
    "hard_tanh": _alone(0, lambda f, z: f.at_most(f.at_least(z, -1.0), 1.0)),
    "hard_swish": _alone(0, _hard_swish),
    "square": _alone(0, lambda f, z: _power(f, z, 2)),
    "cubic": _alone(0, lambda f, z: _power(f, z, 3)),
    "rectified_square": _alone(0, lambda f, z: _power(f, f.at_least(z, 0.0), 2)),
    "rectified_cubic": _alone(0, lambda f, z: _power(f, f.at_least(z, 0.0), 3)),
    "elu": _alone(3, _elu),
    "softplus": _alone(0, _softplus),
    "mish": _alone(0, _mish),
    "sigmoid": _alone(0, lambda f, z: f.logistic(f.constant(1.0), z)),
    "swish": _alone(0, lambda f, z: f.logistic(z, z)),
    "gelu": _alone(0, _gelu),
    "gelu_tanh": _alone(2, _gelu_tanh),
    "tanh": _alone(0, lambda f, z: f.tanh(z)),
    "erf": _alone(0, lambda f, z: f.erf(z)),
    "exp": _alone(0, lambda f, z: f.exp(z)),
    "gaussian": _alone(0, _gaussian),
    "polynomial": _polynomial,
    "hermite": _hermite,
    "wendland": _wendland,
    "sin": _alone(0, lambda f, z: f.sine(z, 0)),
    "cos": _alone(0, lambda f, z: f.sine(z, 1)),
}
KINDS = {name: kind for kind, name in enumerate(_FORMS)}
"""What `overwrite` calls them."""
_SIN, _COS = KINDS["sin"], KINDS["cos"]


def _overwrite(
    _context: Any,
    z: Any,  # any array, in one piece
    begin: Any,
    count: Any,  # of whole vectors
    kind: Any,
    numbers: Any,  # (k,)
) -> Any:
    """Overwrite so many numbers, the first `begin` numbers from where z begins."""

    def made(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        f = Functions(context, builder, signature, given)
        start = builder.gep(f.array(0).data, [f.index(1)])
        after = builder.append_basic_block("overwritten")
        is_any = builder.icmp_signed(">", f.index(2), f.number(0))
        kind = builder.select(is_any, f.index(3), f.number(len(_FORMS)))
        choice = builder.switch(kind, after)
        for which, form in enumerate(_FORMS.values()):
            block = builder.append_basic_block(f"kind{which}")
            choice.add_case(f.number(which), block)
            builder.position_at_end(block)

            def passed(k: Any, _: list[Any], form: _Form = form) -> list[Any]:
                place = builder.mul(k, f.number(LANES))
                f.store(form(f, f.load(start, place), f.array(4)), start, place)
                return []

            f.repeated(builder.udiv(f.index(2), f.number(LANES)), [], passed)
            builder.branch(after)
        builder.position_at_end(after)
        return context.get_dummy_value()

    return types.void(z, begin, count, kind, numbers), made


_written: Any = intrinsic(inspect.unwrap(_overwrite))


@compiled
def overwrite(
    z: np.ndarray, begin: int, count: int, kind: int, numbers: np.ndarray
) -> None:
    """Replace so many numbers, from `begin` on, by what an activation makes of them.

    Parameters
    ----------
    z
        Shape (k,).
    kind, numbers
        Of `KINDS`, and what that one needs.
    """
    if kind >= _SIN and _are_far(z, begin, count):
        for i in range(begin, begin + count):
            z[i] = math.sin(z[i]) if kind == _SIN else math.cos(z[i])
        return
    rest = count % LANES
    _written(z, begin, count - rest, kind, numbers)
    if rest:  # One by one: to compile parts of arrays takes a second.
        room, last = np.empty(LANES), begin + count - rest
        for i in range(LANES):
            room[i] = z[last + i] if i < rest else 0.0
        _written(room, 0, LANES, kind, numbers)
        for i in range(rest):
            z[last + i] = room[i]


@compiled
def _are_far(z: np.ndarray, begin: int, count: int) -> bool:
    found = False
    for i in range(begin, begin + count):
        found |= not abs(z[i]) <= FARTHEST_TURN
    return found
