"""Sums of two power series for a panel of columns, which stay in vector registers."""

import inspect
from functools import reduce
from typing import Any

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from widthwise.numerics.panels.registers import LANES, WIDE, Vectors

__all__ = ["PANEL", "add_terms", "largest"]

PANEL = 32 if WIDE else 16
"""Columns at once: their three vectors each fill the registers, and no more."""


class _Panel(Vectors):
    """Panels of a tile's rows, the first argument being one of them."""

    def start(self, array: Any, row: Any, column: Any) -> Any:
        """Return where a panel begins in an array as wide as the first argument."""
        place = self.builder.mul(row, self.extent(0, 1))
        return self.builder.gep(array.data, [self.builder.add(place, column)])

    def vectors(self, start: Any, offset: Any = None) -> list[Any]:
        """Return the panel that begins there."""
        offset = self.number(0) if offset is None else offset
        places = (self.number(m) for m in range(0, PANEL, LANES))
        return [self.load(start, self.builder.add(offset, each)) for each in places]

    def write(self, found: list[Any], start: Any) -> None:
        for m, each in zip(range(0, PANEL, LANES), found, strict=True):
            self.store(each, start, self.number(m))


def _largest(_context: Any, x: Any, row: Any, column: Any) -> Any:
    """Return the largest size of a panel's numbers."""

    def made(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        p = _Panel(context, builder, signature, given)
        size = p.function("fabs")
        start = p.start(p.array(0), p.index(1), p.index(2))

        def greater(a: Any, b: Any) -> Any:
            return builder.select(builder.fcmp_ordered(">", a, b), a, b)

        most = reduce(greater, (builder.call(size, [x]) for x in p.vectors(start)))
        for half in (4, 2, 1):
            other = p.shuffled(most, most, [(n + half) % LANES for n in range(LANES)])
            most = greater(most, other)
        return builder.extract_element(most, ir.IntType(32)(0))

    return types.float64(x, row, column), made


def _add_terms(
    _context: Any,
    x: Any,  # (a, b)
    row: Any,
    column: Any,
    panels: Any,  # (panels, terms, PANEL), c_k of all rows
    apart: Any,  # (panels PANEL,)
    panel: Any,
    own: Any,
    count: Any,
    kind: Any,
    is_both: Any,
    value: Any,  # (a, b)
    inner: Any,
) -> Any:
    r"""Write $\sum_{k<K} c_k c'_k \rho^k$ and $\sum k c_k c'_k \rho^k$ of a panel.

    K is the positive count. Of kind 0 the sums are in x; of kind 1 and 2 they are in
    x², beside a line apart, or times x, beside a constant apart. Where both are wanted
    the second has the first on top.
    """
    places = range(0, PANEL, LANES)

    def made(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        p = _Panel(context, builder, signature, given)
        row, column, panel, mine, count, kind, both = (
            p.index(n) for n in (1, 2, 5, 6, 7, 8, 9)
        )
        wide = p.number(PANEL)
        size = builder.mul(p.extent(3, 1), wide)
        theirs = builder.mul(panel, size)
        own = builder.mul(builder.udiv(mine, wide), size)
        own = builder.add(own, builder.urem(mine, wide))
        is_plain = builder.icmp_signed("==", kind, p.number(0))
        xs = p.vectors(p.start(p.array(0), row, column))
        y = [builder.select(is_plain, each, p.times(each, each)) for each in xs]
        terms = p.array(3).data
        before, loop = builder.block, builder.append_basic_block("terms")
        after = builder.append_basic_block("summed")
        start = builder.sub(count, p.number(1))
        builder.branch(loop)
        builder.position_at_end(loop)
        k = builder.phi(wide.type)
        sums, slopes = ([builder.phi(p.zeros.type) for _ in places] for _ in range(2))
        offset = builder.mul(k, wide)
        c = p.same(terms, builder.add(own, offset))
        others = p.vectors(terms, builder.add(theirs, offset))
        new_slopes = [p.fused(*each) for each in zip(slopes, y, sums, strict=True)]
        new_sums = [
            p.fused(total, z, p.times(c, other))
            for total, z, other in zip(sums, y, others, strict=True)
        ]
        pairs = zip(sums + slopes, new_sums + new_slopes, strict=True)
        following = builder.sub(k, p.number(1))
        for old, new, begun in (
            *((old, new, p.zeros) for old, new in pairs),
            (k, following, start),
        ):
            old.add_incoming(begun, before)
            old.add_incoming(new, loop)
        is_more = builder.icmp_signed(">=", following, p.number(0))
        builder.cbranch(is_more, loop, after)
        builder.position_at_end(after)
        two = p.constant(2.0)
        alone = p.array(4).data
        mine, theirs = p.same(alone, mine), p.vectors(alone, builder.mul(panel, wide))
        is_line = builder.icmp_signed("==", kind, p.number(1))
        is_sum = builder.icmp_signed("!=", both, p.number(0))
        found: tuple[list[Any], list[Any]] = [], []
        for x, v, w, other in zip(xs, new_sums, new_slopes, theirs, strict=True):
            constant = p.times(mine, other)
            line = p.times(constant, x)
            twice = p.times(p.times(two, p.times(x, x)), w)
            ways = (
                (v, p.times(w, x)),
                (builder.fadd(v, line), builder.fadd(twice, line)),
                (p.fused(x, v, constant), p.times(x, builder.fadd(twice, v))),
            )
            v, w = (
                builder.select(is_plain, a, builder.select(is_line, b, c))
                for a, b, c in zip(*ways, strict=True)
            )
            found[0].append(v)
            found[1].append(builder.select(is_sum, builder.fadd(v, w), w))
        for n, each in zip((10, 11), found, strict=True):
            p.write(each, p.start(p.array(n), row, column))
        return context.get_dummy_value()

    numbers = panel, own, count, kind, is_both
    places_of = x, row, column, panels, apart
    return types.void(*places_of, *numbers, value, inner), made


largest: Any = intrinsic(inspect.unwrap(_largest))
add_terms: Any = intrinsic(inspect.unwrap(_add_terms))
