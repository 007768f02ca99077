r"""The one rule by which a number becomes digits and a power of ten.

For a finite value and `digits` significant digits (3 unless said):

1. Zero is "0".
2. A whole number smaller in size than `whole_below` is exact: 1,234.
3. Any other is rounded to the significant digits first, as $a \cdot 10^p$ with
   $1 \le a < 10$; so 99,999 has p = 5.
4. Where $-5 < p < \texttt{digits} + 2$ it is written out, with commas between thousands
   and without trailing zeros: 0.000123, 47.5, 11,300.
5. Else it is the digits of a, without trailing zeros, and the power p: 3.76 and 5. A
   page leaves out a mantissa of one, 10⁵; plain text keeps it, 1e5.

In JavaScript, step 3 is `Math.abs(value).toExponential(digits - 1).split("e")`, and
step 4 `Number(a + "e" + p).toLocaleString("en", { maximumSignificantDigits: digits })`.
Only a tie is rounded in another way there: 1.125 up, and here to the even digit.
"""

from dataclasses import dataclass

__all__ = ["Written", "raised", "written"]

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Written:
    """A finite number in parts: a sign, digits, and a power of ten where it has one.

    Attributes
    ----------
    is_negative
        Whether a minus belongs before it.
    digits
        The digits with point and commas: "3.76", "11,300".
    power
        The exponent of ten; None where the number is written out.
    """

    is_negative: bool
    digits: str
    power: int | None = None

    @property
    def plain(self) -> str:
        """The number for a sentence that a program may read: -3.76e5."""
        sign = "-" if self.is_negative else ""
        return sign + self.digits + ("" if self.power is None else f"e{self.power}")

    @property
    def unicode(self) -> str:
        """The number for a terminal or a page: −3.76×10⁵."""
        return self._typeset("" if self.power is None else raised(self.power))

    @property
    def html(self) -> str:
        """The number with a raised element: −3.76×10<sup>5</sup>."""
        power = "" if self.power is None else str(self.power).replace("-", "−")
        return self._typeset(f"<sup>{power}</sup>")

    def _typeset(self, power: str) -> str:
        sign = "−" if self.is_negative else ""
        if self.power is None:
            return sign + self.digits
        lead = "" if self.digits == "1" else f"{self.digits}×"
        return f"{sign}{lead}10{power}"


def written(
    value: float | int, *, digits: int = 3, whole_below: float | int = 0
) -> Written:
    """Return a finite number in parts, by the rule of this file.

    Parameters
    ----------
    value
        Finite.
    digits
        Significant digits, at least 1.
    whole_below
        Whole numbers below it in size keep all their digits.
    """
    if value == 0:
        return Written(False, "0")
    size, is_negative = abs(value), bool(value < 0)  # NumPy's numbers say np.bool
    if size < whole_below and size == int(size):
        return Written(is_negative, f"{int(size):,}")
    mantissa, exponent = f"{size:.{digits - 1}e}".split("e")
    power = int(exponent)
    if -5 < power < digits + 2:
        text = f"{float(f'{mantissa}e{exponent}'):,.{max(digits - 1 - power, 0)}f}"
        return Written(is_negative, _trimmed(text))
    return Written(is_negative, _trimmed(mantissa), power)


def raised(power: int) -> str:
    """Return an exponent in superscripts: ⁻⁶."""
    return str(power).translate(_SUPERSCRIPTS)


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
