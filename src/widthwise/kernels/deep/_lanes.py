"""What a panel of correlations goes through in a layer, eight at a time."""

import inspect
from typing import Any

from numba.core import types
from numba.extending import intrinsic

from widthwise.numerics.panels.registers import COLUMNS, LANES, Vectors

__all__ = [
    "CHANGE",
    "PLACE",
    "ROWS",
    "SLOPE",
    "SQUARE",
    "TURN",
    "enter",
    "leave",
    "step",
]

# Rows of the work: what a layer's polynomials are of, x and y, the first layer's x²,
# the tangent kernel, the correlation t, and the polynomials' two values.
_X, PLACE, SQUARE, _THETA, TURN, CHANGE, SLOPE = range(7)
ROWS = 7


class _Panel(Vectors):
    """Parts of the work's rows, the first argument, and numbers of an array."""

    def row(self, n: int, m: int) -> Any:
        return self.load(self.array(0).data, self.number(n * COLUMNS + m))

    def write(self, vector: Any, n: int, m: int) -> None:
        self.store(vector, self.array(0).data, self.number(n * COLUMNS + m))

    def scalars(self, n: int, count: int, row: Any = None) -> list[Any]:
        """Return the numbers of the n-th argument, or of its row, as vectors."""
        begin = self.number(0)
        if row is not None:
            begin = self.builder.mul(row, self.number(count))
        places = (self.builder.add(begin, self.number(k)) for k in range(count))
        return [self.same(self.array(n).data, place) for place in places]

    def minus(self, a: Any, b: Any) -> Any:
        return self.builder.fsub(a, b, flags=("contract",))

    def where(self, sign: str, a: Any, b: Any, one: Any, two: Any) -> Any:
        return self.builder.select(self.builder.fcmp_ordered(sign, a, b), one, two)

    def least(self, a: Any, b: Any) -> Any:
        return self.where("<", a, b, a, b)

    def most(self, a: Any, b: Any) -> Any:
        return self.where(">", a, b, a, b)

    def correlation(self, u: Any, v: Any) -> Any:
        """Return 1 - 2 u, or 2 v - 1 where v is less."""
        one, two = self.constant(1.0), self.constant(2.0)
        near, far = self.minus(one, self.times(two, u)), self.times(two, v)
        return self.where("<=", u, v, near, self.minus(far, one))

    def write_shares(self, u: Any, v: Any, t: Any, ends: list[Any], m: int) -> None:
        """Write shares and correlation, and the places of the next polynomials."""
        high, stretch = ends
        root = self.builder.call(self.function("sqrt"), [self.least(u, v)])
        x = self.least(root, high)
        y = self.minus(self.times(x, stretch), self.constant(1.0))
        for n, each in ((_X, x), (PLACE, y), (TURN, t)):
            self.write(each, n, m)


def _enter(
    _context: Any,
    work: Any,  # (ROWS, COLUMNS), where the squares are
    cosine: Any,  # (a, b)
    row: Any,
    column: Any,
    start: Any,  # (3,)
    ends: Any,  # (2,)
) -> Any:
    """Write what the first hidden layer's correlations are."""

    def made(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        p = _Panel(context, builder, signature, given)
        begin = builder.add(builder.mul(p.index(2), p.extent(1, 1)), p.index(3))
        (share, constant, variance), ends = p.scalars(4, 3), p.scalars(5, 2)
        for m in range(0, COLUMNS, LANES):
            t = p.load(p.array(1).data, builder.add(begin, p.number(m)))
            near = p.row(SQUARE, m)
            far = p.minus(p.constant(1.0), near)
            u = p.times(share, p.where(">=", t, p.zeros, near, far))
            v = p.fused(share, p.where(">=", t, p.zeros, far, near), constant)
            t = p.correlation(u, v)
            p.write(p.times(variance, t), _THETA, m)
            p.write_shares(u, v, t, ends, m)
        return context.get_dummy_value()

    return types.void(work, cosine, row, column, start, ends), made


def _step(
    _context: Any,
    work: Any,  # (ROWS, COLUMNS)
    numbers: Any,  # (L, 6)
    layer: Any,
    ends: Any,  # (2,)
) -> Any:
    """Write what the next layer's correlations are, and the tangent kernel there."""

    def made(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        p = _Panel(context, builder, signature, given)
        rise, ahead, behind, gain, scaled, power = p.scalars(1, 6, p.index(2))
        ends = p.scalars(3, 2)
        one = p.constant(1.0)
        for m in range(0, COLUMNS, LANES):
            x, t = p.row(_X, m), p.row(TURN, m)
            to = p.where("==", power, p.constant(2.0), p.times(x, x), x)
            by = p.times(p.times(rise, p.row(CHANGE, m)), to)
            u = p.where(">=", t, p.zeros, by, p.minus(ahead, by))
            v = p.where(">=", t, p.zeros, p.minus(one, by), builder.fadd(behind, by))
            u, v = p.most(u, p.zeros), p.most(v, p.zeros)
            t = p.correlation(u, v)
            turned = p.times(gain, p.times(p.row(_THETA, m), p.row(SLOPE, m)))
            p.write(p.fused(scaled, t, turned), _THETA, m)
            p.write_shares(u, v, t, ends, m)
        return context.get_dummy_value()

    return types.void(work, numbers, layer, ends), made


def _leave(
    _context: Any,
    work: Any,  # (ROWS, COLUMNS)
    numbers: Any,  # (L, 6)
    layer: Any,
    row: Any,
    column: Any,
    values: Any,  # (a, b)
    thetas: Any,
) -> Any:
    """Write both kernels, the last layer being this one."""

    def made(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        p = _Panel(context, builder, signature, given)
        begin = builder.add(builder.mul(p.index(3), p.extent(5, 1)), p.index(4))
        scaled = p.scalars(1, 6, p.index(2))[4]
        for m in range(0, COLUMNS, LANES):
            place = builder.add(begin, p.number(m))
            p.store(p.times(scaled, p.row(TURN, m)), p.array(5).data, place)
            p.store(p.row(_THETA, m), p.array(6).data, place)
        return context.get_dummy_value()

    indices = layer, row, column
    return types.void(work, numbers, *indices, values, thetas), made


enter: Any = intrinsic(inspect.unwrap(_enter))
step: Any = intrinsic(inspect.unwrap(_step))
leave: Any = intrinsic(inspect.unwrap(_leave))
