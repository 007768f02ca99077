"""The sentence that refuses an argument."""

import math

from widthwise.errors import InvalidArgumentError

__all__ = ["refusal"]

_BITS = 200  # From here on a whole number is said by its size.


def refusal(
    value: object, what: str, needed: str, meaning: str = "", advice: str = ""
) -> InvalidArgumentError:
    """Return "`what` is `value`; it must `needed`, `meaning`. `advice`" as an error."""
    stands_for = f", {meaning}" if meaning else ""
    then = f" {advice}" if advice else ""
    return InvalidArgumentError(
        f"{what} is {_shown(value)}; it must {needed}{stands_for}.{then}"
    )


def _shown(value: object) -> str:
    # Python itself writes none of more than 4,300 digits.
    if isinstance(value, int) and value.bit_length() > _BITS:
        sign = "-" if value < 0 else ""
        return f"about {sign}10**{round(value.bit_length() * math.log10(2.0))}"
    return repr(value)
