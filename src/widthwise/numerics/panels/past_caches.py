"""Stores that pass the caches by, for what is written once and not read soon."""

import inspect
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from widthwise.numerics.panels.registers import LANES, Vectors

__all__ = ["store", "store_turned", "store_vector"]

_PAIRS = [0, 8, 2, 10, 4, 12, 6, 14], [1, 9, 3, 11, 5, 13, 7, 15]
_FOURS = [0, 1, 8, 9, 4, 5, 12, 13], [2, 3, 10, 11, 6, 7, 14, 15]
_EIGHTS = [0, 1, 2, 3, 8, 9, 10, 11], [4, 5, 6, 7, 12, 13, 14, 15]


class _Written(Vectors):
    """A matrix that is written past the caches, the first argument, at (i, j)."""

    def pointer(self, row: Any, column: Any) -> Any:
        kind = self._kinds[0]
        return cgutils.get_item_pointer(
            self.context,
            self.builder,
            kind,
            self.array(0),
            [row, column],
            wraparound=False,
        )

    def write(self, value: Any, at: Any, size: int) -> None:
        """Write what is `size` bytes long, and lies at a multiple of them."""
        written = self.builder.store(
            value, self.builder.bitcast(at, value.type.as_pointer()), align=size
        )
        one = self.context.get_constant(types.int32, 1)
        metadata = self.builder.module.add_metadata([one])
        written.set_metadata("nontemporal", metadata)

    def write_eight(self, vector: Any, row: Any, column: Any) -> None:
        """Write eight floats of a row, in the matrix's own type."""
        kind = self.context.get_value_type(self._kinds[0].dtype)
        if kind != ir.DoubleType():
            vector = self.builder.fptrunc(vector, ir.VectorType(kind, LANES))
        size = self._kinds[0].dtype.bitwidth // 8
        self.write(vector, self.pointer(row, column), LANES * size)

    def tile_row(self, row: Any, column: Any) -> Any:
        """Return eight floats of the fourth argument."""
        place = self.builder.mul(row, self.extent(3, 1))
        return self.load(self.array(3).data, self.builder.add(place, column))


def _store(_context: Any, out: Any, i: Any, j: Any, value: Any) -> Any:
    """Write `out[i, j] = value`, the indices not negative."""

    def made(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        w = _Written(context, builder, signature, given)
        kind = signature.args[0].dtype
        number = context.cast(builder, given[3], signature.args[3], kind)
        # Integers: a processor has no such store for one float.
        bits = context.get_value_type(types.Integer.from_bitwidth(kind.bitwidth))
        at = w.pointer(w.index(1), w.index(2))
        w.write(builder.bitcast(number, bits), at, kind.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(out, i, j, value), made


def _store_vector(
    _context: Any, out: Any, i: Any, j: Any, tile: Any, k: Any, at: Any
) -> Any:
    """Write `out[i, j : j + 8] = tile[k, at : at + 8]`, `out` aligned there."""

    def made(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        w = _Written(context, builder, signature, given)
        i, j, k, at = (w.index(n) for n in (1, 2, 4, 5))
        w.write_eight(w.tile_row(k, at), i, j)
        return context.get_dummy_value()

    return types.void(out, i, j, tile, k, at), made


def _store_turned(
    _context: Any, out: Any, i: Any, j: Any, tile: Any, k: Any, at: Any
) -> Any:
    """Write `out[i : i + 8, j : j + 8] = tile[k : k + 8, at : at + 8].T`, aligned."""

    def made(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        w = _Written(context, builder, signature, given)
        i, j, k, at = (w.index(n) for n in (1, 2, 4, 5))
        steps = [w.number(n) for n in range(LANES)]
        rows = [w.tile_row(builder.add(k, step), at) for step in steps]

        def joined(one: Any, two: Any, places: tuple[list[int], ...]) -> list[Any]:
            return [w.shuffled(one, two, each) for each in places]

        pairs = [joined(rows[n], rows[n + 1], _PAIRS) for n in range(0, LANES, 2)]
        for odd in range(2):
            upper = joined(pairs[0][odd], pairs[1][odd], _FOURS)
            lower = joined(pairs[2][odd], pairs[3][odd], _FOURS)
            for two in range(2):
                columns = joined(upper[two], lower[two], _EIGHTS)
                for four, column in enumerate(columns):
                    row = builder.add(i, steps[odd + 2 * two + 4 * four])
                    w.write_eight(column, row, j)
        return context.get_dummy_value()

    return types.void(out, i, j, tile, k, at), made


store: Any = intrinsic(inspect.unwrap(_store))
store_vector: Any = intrinsic(inspect.unwrap(_store_vector))
store_turned: Any = intrinsic(inspect.unwrap(_store_turned))
