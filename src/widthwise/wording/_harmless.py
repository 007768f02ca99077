"""Text from elsewhere that can be shown anywhere."""

import re

__all__ = ["harmless"]

# Controls, what turns the direction of writing, and halves of characters.
_STEERING = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def harmless(text: str, keep: str = "\t\n") -> str:
    """Return the text without what could steer a terminal, a replacement for each.

    Parameters
    ----------
    keep
        Controls that may stay.
    """
    return _STEERING.sub(
        lambda each: each[0] if each[0] in keep else "\N{REPLACEMENT CHARACTER}", text
    )
