r"""Functions of vectors of floats, in registers.

Each is within three units in the last place where the processor multiplies and adds in
one operation, by series whose first missing term is below a tenth of one. A NaN stays
one, and an infinity is what the limit is.
"""

import math
from collections.abc import Sequence
from typing import Any

from llvmlite import ir
from numba.core import cgutils

from widthwise.numerics.panels.registers import LANES, Vectors

__all__ = ["FARTHEST_TURN", "Functions"]

FARTHEST_TURN = 2.0**20
"""The largest size of an argument of sines and cosines."""

_WHOLE = ir.VectorType(ir.IntType(64), LANES)
_VECTOR = ir.VectorType(ir.DoubleType(), LANES)
_SHIFT = 1.5 * 2.0**52  # What is added to it is a whole number in the last bits.
_SHIFT_BITS, _ONE_BITS = 0x4338000000000000, 0x3FF0000000000000
# The float nearest to the number, and what it lacks: k times the first, taken off by a
# fused operation, leaves no rounding.
_LN_2 = math.log(2.0), 2.3190468138462996e-17
_QUARTER = math.pi / 2, 6.123233995736766e-17, -1.4973849048591833e-33

_EXPM1 = [1 / math.factorial(k) for k in range(13, 1, -1)]
_SINE = [(-1) ** k / math.factorial(2 * k + 1) for k in range(8, 0, -1)]
_COSINE = [(-1) ** k / math.factorial(2 * k) for k in range(8, 1, -1)]
_ATANH = [0.25**k / (2 * k + 1) for k in range(16, 0, -1)]
_ERF = [(-1) ** k / (math.factorial(k) * (2 * k + 1)) for k in range(9, 0, -1)]
_FINE, _LAST = 128.0, 6.0  # From there on erf is 1.
_PLACES = [k / _FINE for k in range(2**10)]
_ERF_TABLES = {
    "erf": [math.erf(c) for c in _PLACES],
    "erf_slope": [2 / math.sqrt(math.pi) * math.exp(-c * c) for c in _PLACES],
}


class Functions(Vectors):
    """Elementary functions, where every argument is a vector."""

    def more(self, a: Any, b: Any) -> Any:
        """Return whether a > b; no for NaN."""
        return self.builder.fcmp_ordered(">", a, b)

    def at_least(self, x: Any, bound: float) -> Any:
        """Return x, or the bound where it is less."""
        end = self.constant(bound)
        return self.builder.select(self.more(end, x), end, x)

    def at_most(self, x: Any, bound: float) -> Any:
        """Return x, or the bound where it is more."""
        end = self.constant(bound)
        return self.builder.select(self.more(x, end), end, x)

    def size(self, x: Any) -> Any:
        """Return |x|."""
        return self.builder.call(self.function("fabs"), [x])

    def plus(self, x: Any, number: float) -> Any:
        """Return x and a number, summed."""
        return self.builder.fadd(x, self.constant(number))

    def scaled(self, x: Any, number: float) -> Any:
        """Return x times a number."""
        return self.builder.fmul(x, self.constant(number))

    def series(self, x: Any, coefficients: Sequence[float]) -> Any:
        """Return a polynomial, the highest power first.

        Even and odd powers are summed apart: each step waits for the one before.
        """
        square = self.builder.fmul(x, x)
        halves = []
        for first in range(2):
            found, *others = map(self.constant, coefficients[::-1][first::2][::-1])
            for c in others:
                found = self.fused(found, square, c)
            halves.append(found)
        even, odd = halves
        return self.fused(odd, x, even)

    def exp(self, x: Any) -> Any:
        r"""Return $e^x$."""
        builder = self.builder
        k, rest = self._halvings(self.at_least(self.at_most(x, 710.0), -746.0))
        value = self.plus(self._expm1_near(rest), 1.0)
        # By two steps: one of both could be beyond all floats.
        half = builder.ashr(k, self.whole(1))
        value = builder.fmul(value, self._power_of_two(half))
        return builder.fmul(value, self._power_of_two(builder.sub(k, half)))

    def expm1(self, x: Any) -> Any:
        r"""Return $e^x - 1$ where x is not positive."""
        k, rest = self._halvings(self.at_least(x, -45.0))
        scale = self._power_of_two(k)
        return self.fused(scale, self._expm1_near(rest), self.plus(scale, -1.0))

    def log1p(self, x: Any) -> Any:
        r"""Return log(1 + x) for x in [0, 1]: $2\,\mathrm{atanh}(x / (2 + x))$."""
        builder = self.builder
        twice = builder.fdiv(builder.fadd(x, x), self.plus(x, 2.0))
        square = builder.fmul(twice, twice)
        rest = builder.fmul(square, self.series(square, _ATANH))
        return self.fused(twice, rest, twice)

    def logistic(self, numerator: Any, x: Any) -> Any:
        r"""Return a numerator over $1 + e^{-x}$."""
        below = self.exp(self.builder.fsub(self.constant(-0.0), x))
        return self.builder.fdiv(numerator, self.plus(below, 1.0))

    def tanh(self, x: Any) -> Any:
        """Return tanh x."""
        e = self.expm1(self.scaled(self.size(x), -2.0))
        below = self.builder.fsub(self.constant(-2.0), e)
        return self.with_sign(self.builder.fdiv(e, below), x)

    def with_sign(self, size: Any, x: Any) -> Any:
        """Return a size of at least 0 with the sign of x."""
        builder = self.builder
        sign = builder.and_(builder.bitcast(x, _WHOLE), self.whole(-(2**63)))
        return builder.bitcast(
            builder.or_(builder.bitcast(size, _WHOLE), sign), _VECTOR
        )

    def sine(self, x: Any, quarters: int) -> Any:
        r"""Return $\sin(x + q\pi/2)$ for |x| up to `FARTHEST_TURN`."""
        builder = self.builder
        k, turns = self._nearest(x, 2 / math.pi)
        for part in _QUARTER:
            x = self.fused(turns, self.constant(-part), x)
        square = builder.fmul(x, x)
        high = builder.fmul(square, square)
        cubic = builder.fmul(builder.fmul(square, x), self.series(square, _SINE))
        sine = builder.fadd(x, cubic)
        level = self.fused(square, self.constant(-0.5), self.constant(1.0))
        cosine = self.fused(high, self.series(square, _COSINE), level)
        k, one = builder.add(k, self.whole(quarters)), self.whole(1)
        is_odd = builder.icmp_unsigned("==", builder.and_(k, one), one)
        found = builder.bitcast(builder.select(is_odd, cosine, sine), _WHOLE)
        sign = builder.shl(builder.and_(k, self.whole(2)), self.whole(62))
        return builder.bitcast(builder.xor(found, sign), _VECTOR)

    def erf(self, x: Any) -> Any:
        r"""Return erf x.

        From a quarter on it is $\mathrm{erf}(c + h) = \mathrm{erf}\,c +
        \mathrm{erf}'(c) \sum_{k<6} (-1)^k H_k(c) h^{k+1} / (k+1)!$ with the Hermite
        polynomials $H_{k+1} = 2 c H_k - 2 k H_{k-1}$, c a multiple of 1/128 and |h| at
        most half of one.
        """
        builder, size = self.builder, self.at_most(self.size(x), _LAST)
        k, steps = self._nearest(size, _FINE)
        k = builder.and_(k, self.whole(len(_PLACES) - 1))  # Also for NaN in the table.
        c = self.scaled(steps, 1 / _FINE)
        h, twice = builder.fsub(size, c), self.scaled(c, -2.0)
        value, slope = (self._looked_up(*table, k) for table in _ERF_TABLES.items())
        terms = [self.constant(1.0), twice]
        for n in range(1, 5):
            less = self.scaled(terms[-2], -2.0 * n)
            terms.append(self.fused(twice, terms[-1], less))
        terms = [self.scaled(g, 1 / math.factorial(n)) for n, g in enumerate(terms, 1)]
        inner = terms.pop()
        for term in reversed(terms):
            inner = self.fused(inner, h, term)
        far = self.fused(builder.fmul(slope, h), inner, value)
        square = builder.fmul(size, size)
        rest = builder.fmul(square, self.series(square, _ERF))
        near = self.scaled(self.fused(size, rest, size), 2 / math.sqrt(math.pi))
        is_near = self.more(self.constant(0.25), size)
        return self.with_sign(builder.select(is_near, near, far), x)

    def whole(self, value: int) -> Any:
        """Return a vector that has this whole number in all places."""
        return ir.Constant(_WHOLE, [value] * LANES)

    def _nearest(self, x: Any, rate: float) -> tuple[Any, Any]:
        """Return the whole number nearest to x times a rate, and it as a float."""
        shifted = self.fused(x, self.constant(rate), self.constant(_SHIFT))
        bits = self.builder.bitcast(shifted, _WHOLE)
        return self.builder.sub(bits, self.whole(_SHIFT_BITS)), self.plus(
            shifted, -_SHIFT
        )

    def _halvings(self, x: Any) -> tuple[Any, Any]:
        """Return k and r of x = k log 2 + r with the least |r|."""
        k, turns = self._nearest(x, 1 / math.log(2.0))
        for part in _LN_2:
            x = self.fused(turns, self.constant(-part), x)
        return k, x

    def _expm1_near(self, r: Any) -> Any:
        r"""Return $e^r - 1$ for |r| up to half of log 2."""
        square = self.builder.fmul(r, r)
        return self.fused(square, self.series(r, _EXPM1), r)

    def _power_of_two(self, k: Any) -> Any:
        """Return 2**k for k from -1022 to 1023."""
        shifted = self.builder.shl(k, self.whole(52))
        bits = self.builder.add(shifted, self.whole(_ONE_BITS))
        return self.builder.bitcast(bits, _VECTOR)

    def _looked_up(self, name: str, table: list[float], k: Any) -> Any:
        """Return the k-th numbers of a table."""
        builder, double = self.builder, ir.DoubleType()
        made = ir.Constant(ir.ArrayType(double, len(table)), table)
        begin = builder.ptrtoint(
            cgutils.global_constant(builder, name, made), ir.IntType(64)
        )
        first = builder.insert_element(
            ir.Constant(_WHOLE, ir.Undefined), begin, ir.IntType(32)(0)
        )
        mask = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
        begin = builder.shuffle_vector(first, first, mask)
        at = builder.add(begin, builder.shl(k, self.whole(3)))
        places = ir.VectorType(double.as_pointer(), LANES)
        chosen = ir.VectorType(ir.IntType(1), LANES)
        kind = ir.FunctionType(_VECTOR, [places, ir.IntType(32), chosen, _VECTOR])
        gather = cgutils.get_or_insert_function(
            builder.module, kind, f"llvm.masked.gather.v{LANES}f64.v{LANES}p0f64"
        )
        every = ir.Constant(chosen, [1] * LANES)
        return builder.call(
            gather, [builder.inttoptr(at, places), ir.IntType(32)(8), every, self.zeros]
        )
