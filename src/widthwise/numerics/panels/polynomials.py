"""Polynomials of a panel of columns, which stay in vector registers."""

import inspect
from functools import reduce
from typing import Any

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from widthwise.numerics.panels import BLOCK
from widthwise.numerics.panels.registers import COLUMNS, LANES, Vectors

__all__ = ["add_parts", "half_chords", "half_squares", "multiply"]


class _Angles(Vectors):
    """A panel of cosines, the first argument, from a row and a column on."""

    def squares(self, threshold: Any) -> tuple[list[Any], Any]:
        """Return (1 - |t|) / 2, and 1 if one is below the threshold, else 0."""
        builder, half = self.builder, self.constant(0.5)
        start = builder.mul(self.index(1), self.extent(0, 1))
        start = builder.add(start, self.index(2))
        found, is_below = [], []
        for m in range(0, COLUMNS, LANES):
            t = self.load(self.array(0).data, builder.add(start, self.number(m)))
            size = self.times(half, builder.call(self.function("fabs"), [t]))
            x = builder.fsub(half, size, flags=("contract",))
            x = builder.select(builder.fcmp_ordered(">", x, self.zeros), x, self.zeros)
            found.append(x)
            is_below.append(builder.fcmp_ordered("<", x, threshold))
        mask = builder.bitcast(reduce(builder.or_, is_below), ir.IntType(LANES))
        is_any = builder.icmp_unsigned("!=", mask, mask.type(0))
        return found, builder.zext(is_any, self.number(0).type)


def _half_squares(
    _context: Any,
    t: Any,  # (a, b)
    row: Any,
    column: Any,
    threshold: Any,  # (1,)
    x: Any,  # (rows, COLUMNS)
    into: Any,
) -> Any:
    """Write x² = (1-|t|)/2 of a panel into a row; return 1 where one is too little."""

    def made(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        v = _Angles(context, builder, signature, given)
        squares, is_close = v.squares(v.same(v.array(3).data, v.number(0)))
        begin = builder.mul(v.index(5), v.number(COLUMNS))
        for m, each in zip(range(0, COLUMNS, LANES), squares, strict=True):
            v.store(each, v.array(4).data, builder.add(begin, v.number(m)))
        return is_close

    return types.intp(t, row, column, threshold, x, into), made


def _half_chords(
    _context: Any,
    t: Any,  # (a, b)
    row: Any,
    column: Any,
    numbers: Any,  # (3,): stretch, turn, threshold
    y: Any,  # (COLUMNS,)
) -> Any:
    """Write y = stretch x + turn of a panel; return 1 where an x² is too little."""

    def made(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        v = _Angles(context, builder, signature, given)
        numbers, root = v.array(3).data, v.function("sqrt")
        stretch, turn, threshold = (v.same(numbers, v.number(n)) for n in range(3))
        squares, is_close = v.squares(threshold)
        for m, each in zip(range(0, COLUMNS, LANES), squares, strict=True):
            place = v.fused(builder.call(root, [each]), stretch, turn)
            v.store(place, v.array(4).data, v.number(m))
        return is_close

    return types.intp(t, row, column, numbers, y), made


def _add_parts(
    _context: Any,
    y: Any,  # (COLUMNS,)
    t: Any,  # (a, b)
    lines: Any,  # (functions, 2)
    counts: Any,  # (functions, 2)
    blocks: Any,  # (functions, 2, most, BLOCK)
    function: Any,
    row: Any,
    column: Any,
    out: Any,  # (a, b)
    times: Any,
    base: Any,  # (a, b)
) -> Any:
    r"""Write $f = a + b t + E(y) + \mathrm{sign}(t)\,O(y)$, a function of `Smooth`.

    A panel of t, `base` and `out` begins at this row and column. With `times` 1 it
    writes t f, with 2 what it finds in `base` plus t f.
    """
    places = range(0, COLUMNS, LANES)

    def made(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        v = Vectors(context, builder, signature, given)
        ys, ts, line, many, terms, end = (v.array(n).data for n in (0, 1, 2, 3, 4, 8))
        function, row, column = (v.index(n) for n in (5, 6, 7))
        width, most = (v.extent(n, axis) for n, axis in ((1, 1), (4, 2)))
        start = builder.add(builder.mul(row, width), column)
        ts, end, base = (
            builder.gep(each, [start]) for each in (ts, end, v.array(10).data)
        )
        times = v.index(9)
        is_plain = builder.icmp_signed("==", times, v.number(0))
        is_sum = builder.icmp_signed("==", times, v.number(2))
        first = builder.mul(function, v.number(2))
        z = [v.load(ys, v.number(m)) for m in places]

        def polynomial(half: int) -> list[Any]:
            which = builder.add(first, v.number(half))
            count = builder.load(builder.gep(many, [which]))
            begun = builder.mul(which, builder.mul(most, v.number(BLOCK)))
            before, loop, after = (
                builder.block,
                builder.append_basic_block("blocks"),
                builder.append_basic_block("summed"),
            )
            is_any = builder.icmp_signed(">", count, v.number(0))
            builder.cbranch(is_any, loop, after)
            builder.position_at_end(loop)
            block = builder.phi(count.type)
            sums = [builder.phi(v.zeros.type) for _ in places]
            offset = builder.add(begun, builder.mul(block, v.number(BLOCK)))
            found = list(sums)
            for power in reversed(range(BLOCK)):
                c = v.same(terms, builder.add(offset, v.number(power)))
                found = [v.fused(s, x, c) for s, x in zip(found, z, strict=True)]
            following = builder.add(block, v.number(1))
            for old, new, begin in (
                *zip(sums, found, [v.zeros] * len(z), strict=True),
                (block, following, v.number(0)),
            ):
                old.add_incoming(begin, before)
                old.add_incoming(new, loop)
            is_more = builder.icmp_signed("<", following, count)
            builder.cbranch(is_more, loop, after)
            builder.position_at_end(after)
            merged = [builder.phi(v.zeros.type) for _ in places]
            for each, new in zip(merged, found, strict=True):
                each.add_incoming(v.zeros, before)
                each.add_incoming(new, loop)
            return merged

        even, odd = polynomial(0), polynomial(1)
        a, b = (v.same(line, builder.add(first, v.number(n))) for n in range(2))
        for m, e, o in zip(places, even, odd, strict=True):
            x = v.load(ts, v.number(m))
            is_near = builder.fcmp_ordered(">=", x, v.zeros)
            side = builder.select(is_near, o, builder.fsub(v.zeros, o))
            total = builder.fadd(v.fused(b, x, a), builder.fadd(e, side))
            before = builder.select(is_sum, v.load(base, v.number(m)), v.zeros)
            product = v.fused(x, total, before)
            v.store(builder.select(is_plain, total, product), end, v.number(m))
        return context.get_dummy_value()

    indices = function, row, column
    return types.void(y, t, lines, counts, blocks, *indices, out, times, base), made


def _multiply(
    _context: Any,
    out: Any,  # (a, b)
    row: Any,
    column: Any,
    factors: Any,  # (n,), and COLUMNS more
    one: Any,
    two: Any,
) -> Any:
    """Multiply a panel by one factor and by those of the columns, from `two` on."""

    def made(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        v = Vectors(context, builder, signature, given)
        start = builder.add(builder.mul(v.index(1), v.extent(0, 1)), v.index(2))
        start, factors = builder.gep(v.array(0).data, [start]), v.array(3).data
        own, others = v.same(factors, v.index(4)), builder.gep(factors, [v.index(5)])
        for place in map(v.number, range(0, COLUMNS, LANES)):
            factor = builder.fmul(own, v.load(others, place))
            v.store(builder.fmul(v.load(start, place), factor), start, place)
        return context.get_dummy_value()

    return types.void(out, row, column, factors, one, two), made


half_squares: Any = intrinsic(inspect.unwrap(_half_squares))
half_chords: Any = intrinsic(inspect.unwrap(_half_chords))
add_parts: Any = intrinsic(inspect.unwrap(_add_parts))
multiply: Any = intrinsic(inspect.unwrap(_multiply))
