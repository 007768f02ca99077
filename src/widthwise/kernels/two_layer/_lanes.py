"""Sums of two power series for a panel of columns, which stay in vector registers."""

import inspect
from typing import Any

from llvmlite import binding, ir
from numba.core import cgutils, types
from numba.extending import intrinsic

__all__ = ["PANEL", "add_terms"]

_LANES = 8
"""Floats of a vector; LLVM takes two or four registers where they are shorter."""
PANEL = 32 if binding.get_host_cpu_features().get("avx512f") else 16
"""Columns at once: their three vectors each fill the registers, and no more."""
_CONTRACT = ("contract",)


def _add_terms(
    _context: Any,
    x: Any,  # (PANEL,)
    panels: Any,  # (panels, terms, PANEL), c_k of all rows
    panel: Any,
    row: Any,
    count: Any,
    step: Any,
    value: Any,  # (PANEL,)
    slope: Any,
) -> Any:
    r"""Write $\sum_{k<K} c_k c'_k y^k$ and its slope in y = x^step, K > 0."""
    vector = ir.VectorType(ir.DoubleType(), _LANES)
    nothing = ir.Constant(vector, ir.Undefined)
    zeros = ir.Constant(vector, [0.0] * _LANES)
    places = range(0, PANEL, _LANES)

    def made(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        def data(n: int) -> Any:
            return context.make_array(signature.args[n])(context, builder, given[n])

        def number(n: int) -> Any:
            return context.cast(builder, given[n], signature.args[n], types.intp)

        def at(start: Any, offset: Any, of: Any = vector) -> Any:
            return builder.bitcast(builder.gep(start, [offset]), of.as_pointer())

        def vectors(start: Any, offset: Any) -> list[Any]:
            whole = (builder.add(offset, number_of(m)) for m in places)
            return [builder.load(at(start, each), align=8) for each in whole]

        def fused(a: Any, b: Any, c: Any) -> Any:
            product = builder.fmul(a, b, flags=_CONTRACT)
            return builder.fadd(product, c, flags=_CONTRACT)

        terms, shape = data(1).data, data(1).shape
        theirs, mine, count, step = (number(n) for n in (2, 3, 4, 5))
        number_of = theirs.type
        wide = number_of(PANEL)
        size = builder.mul(cgutils.unpack_tuple(builder, shape)[1], wide)
        theirs = builder.mul(theirs, size)
        own = builder.mul(builder.udiv(mine, wide), size)
        own = builder.add(own, builder.urem(mine, wide))
        is_plain = builder.icmp_signed("==", step, number_of(1))
        y = [
            builder.select(is_plain, each, builder.fmul(each, each))
            for each in vectors(data(0).data, number_of(0))
        ]
        before, loop = builder.block, builder.append_basic_block("terms")
        after = builder.append_basic_block("summed")
        start = builder.sub(count, number_of(1))
        builder.branch(loop)
        builder.position_at_end(loop)
        k = builder.phi(number_of)
        sums, slopes = ([builder.phi(vector) for _ in places] for _ in range(2))
        offset = builder.mul(k, wide)
        scalar = builder.load(at(terms, builder.add(own, offset), ir.DoubleType()))
        first = builder.insert_element(nothing, scalar, ir.IntType(32)(0))
        same = ir.Constant(ir.VectorType(ir.IntType(32), _LANES), [0] * _LANES)
        c = builder.shuffle_vector(first, nothing, same)
        others = vectors(terms, builder.add(theirs, offset))
        new_slopes = [fused(*each) for each in zip(slopes, y, sums, strict=True)]
        new_sums = [
            fused(total, z, builder.fmul(c, other, flags=_CONTRACT))
            for total, z, other in zip(sums, y, others, strict=True)
        ]
        pairs = zip(sums + slopes, new_sums + new_slopes, strict=True)
        following = builder.sub(k, number_of(1))
        for old, new, begun in (
            *((old, new, zeros) for old, new in pairs),
            (k, following, start),
        ):
            old.add_incoming(begun, before)
            old.add_incoming(new, loop)
        is_more = builder.icmp_signed(">=", following, number_of(0))
        builder.cbranch(is_more, loop, after)
        builder.position_at_end(after)
        for n, found in ((6, new_sums), (7, new_slopes)):
            for m, each in zip(places, found, strict=True):
                builder.store(each, at(data(n).data, number_of(m)), align=8)
        return context.get_dummy_value()

    numbers = panel, row, count, step
    return types.void(x, panels, *numbers, value, slope), made


add_terms: Any = intrinsic(inspect.unwrap(_add_terms))
