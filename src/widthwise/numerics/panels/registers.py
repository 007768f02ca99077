"""What intrinsics emit for LLVM: vectors of eight floats, arrays and indices."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import binding, ir
from numba.core import cgutils, types
from numba.extending import intrinsic

__all__ = ["COLUMNS", "LANES", "WIDE", "Vectors", "borrowed"]

LANES = 8
"""Floats of a vector; LLVM takes two or four registers where they are shorter."""
WIDE = bool(binding.get_host_cpu_features().get("avx512f"))
"""Whether a register holds a vector."""
COLUMNS = 64 if WIDE else 32
"""Columns at once: eight sums, as many as hide the time that an addition takes."""
_CONTRACT = ("contract",)
_VECTOR = ir.VectorType(ir.DoubleType(), LANES)


class Vectors:
    """The arguments of an intrinsic, and what is done with vectors."""

    def __init__(self, context: Any, builder: Any, signature: Any, given: Any) -> None:
        self.context, self.builder = context, builder
        self._kinds, self._given = signature.args, given
        self.zeros = self.constant(0.0)

    def constant(self, value: float) -> Any:
        """Return a vector that has this float in all places."""
        return ir.Constant(_VECTOR, [value] * LANES)

    def array(self, n: int) -> Any:
        """Return the n-th argument, an array."""
        return self.context.make_array(self._kinds[n])(
            self.context, self.builder, self._given[n]
        )

    def extent(self, n: int, axis: int) -> Any:
        """Return how long an axis of the n-th argument is."""
        return cgutils.unpack_tuple(self.builder, self.array(n).shape)[axis]

    def index(self, n: int) -> Any:
        """Return the n-th argument, an integer."""
        return self.context.cast(
            self.builder, self._given[n], self._kinds[n], types.intp
        )

    def number(self, value: int) -> Any:
        """Return an index that is known beforehand."""
        return self.context.get_constant(types.intp, value)

    def at(self, start: Any, offset: Any, of: Any = _VECTOR) -> Any:
        """Return the place `offset` elements after the start."""
        place = self.builder.gep(start, [offset])
        return self.builder.bitcast(place, of.as_pointer())

    def load(self, start: Any, offset: Any) -> Any:
        """Return eight floats from an array."""
        return self.builder.load(self.at(start, offset), align=8)

    def store(self, vector: Any, start: Any, offset: Any) -> None:
        """Write eight floats into an array."""
        self.builder.store(vector, self.at(start, offset), align=8)

    def same(self, start: Any, offset: Any) -> Any:
        """Return one float of an array in all places of a vector."""
        builder, nothing = self.builder, ir.Constant(_VECTOR, ir.Undefined)
        scalar = builder.load(self.at(start, offset, ir.DoubleType()))
        first = builder.insert_element(nothing, scalar, ir.IntType(32)(0))
        return self.shuffled(first, nothing, [0] * LANES)

    def shuffled(self, one: Any, two: Any, places: Sequence[int]) -> Any:
        """Return the vector of these places of two vectors, one after the other."""
        mask = ir.Constant(ir.VectorType(ir.IntType(32), LANES), list(places))
        return self.builder.shuffle_vector(one, two, mask)

    def function(self, name: str) -> Any:
        """Return a function of one vector that LLVM knows."""
        kind = ir.FunctionType(_VECTOR, [_VECTOR])
        return cgutils.get_or_insert_function(
            self.builder.module, kind, f"llvm.{name}.v{LANES}f64"
        )

    def times(self, a: Any, b: Any) -> Any:
        """Return a b, which an addition may take up."""
        return self.builder.fmul(a, b, flags=_CONTRACT)

    def fused(self, a: Any, b: Any, c: Any) -> Any:
        """Return a b + c."""
        return self.builder.fadd(self.times(a, b), c, flags=_CONTRACT)

    def summed(
        self, count: Any, size: int, added: Callable[[Any, list[Any]], list[Any]]
    ) -> list[Any]:
        """Return so many sums over k from 0 on, of a positive count of terms.

        `added` returns what the sums become with the terms of k.
        """
        return self.repeated(count, [self.zeros] * size, added)

    def repeated(
        self, count: Any, begun: list[Any], step: Callable[[Any, list[Any]], list[Any]]
    ) -> list[Any]:
        """Return what vectors become by a positive count of steps, k = 0, 1, ..."""
        builder, before = self.builder, self.builder.block
        loop, after = (builder.append_basic_block(name) for name in ("steps", "ended"))
        builder.branch(loop)
        builder.position_at_end(loop)
        k = builder.phi(count.type)
        held = [builder.phi(each.type) for each in begun]
        found = step(k, held)
        following = builder.add(k, self.number(1))
        end = builder.block
        k.add_incoming(self.number(0), before)
        k.add_incoming(following, end)
        for old, first, new in zip(held, begun, found, strict=True):
            old.add_incoming(first, before)
            old.add_incoming(new, end)
        is_more = builder.icmp_signed("<", following, count)
        builder.cbranch(is_more, loop, after)
        builder.position_at_end(after)
        return found


def _borrowed(_context: Any, array: Any) -> Any:
    """Return an argument without an owner, for as long as the caller has it.

    What a compiled function makes itself is freed after its last use by this name. Of
    an array with an owner numba counts who uses it, at each call and each part that is
    taken of it, and to count a processor first ends all stores that it has begun.
    """

    def made(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        found = context.make_array(signature.return_type)(context, builder, given[0])
        found.meminfo = cgutils.get_null_value(found.meminfo.type)
        return found._getvalue()

    return array(array), made


borrowed: Any = intrinsic(inspect.unwrap(_borrowed))
