"""A store that passes the caches by, for what is written once and not read soon."""

import inspect
from typing import Any

from numba.core import cgutils, types
from numba.extending import intrinsic

__all__ = ["store"]


def _store(_context: Any, out: Any, i: Any, j: Any, value: Any) -> Any:
    """Write `out[i, j] = value`, the indices not negative."""

    def made(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        kind = signature.args[0]
        array = context.make_array(kind)(context, builder, given[0])
        places = [
            context.cast(builder, each, of, types.intp)
            for each, of in zip(given[1:3], signature.args[1:3], strict=True)
        ]
        at = cgutils.get_item_pointer(
            context, builder, kind, array, places, wraparound=False
        )
        number = context.cast(builder, given[3], signature.args[3], kind.dtype)
        # Integers: a processor has no such store for one float.
        bits = context.get_value_type(types.Integer.from_bitwidth(kind.dtype.bitwidth))
        written = builder.store(
            builder.bitcast(number, bits),
            builder.bitcast(at, bits.as_pointer()),
            align=kind.dtype.bitwidth // 8,
        )
        one = builder.module.add_metadata([context.get_constant(types.int32, 1)])
        written.set_metadata("nontemporal", one)
        return context.get_dummy_value()

    return types.void(out, i, j, value), made


store: Any = intrinsic(inspect.unwrap(_store))
