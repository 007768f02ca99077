"""The sentence that refuses an argument."""

from widthwise.errors import InvalidArgumentError

__all__ = ["refusal"]


def refusal(
    value: object, what: str, needed: str, meaning: str = "", advice: str = ""
) -> InvalidArgumentError:
    """Return "`what` is `value`; it must `needed`, `meaning`. `advice`" as an error."""
    stands_for = f", {meaning}" if meaning else ""
    then = f" {advice}" if advice else ""
    return InvalidArgumentError(
        f"{what} is {value!r}; it must {needed}{stands_for}.{then}"
    )
