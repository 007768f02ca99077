"""Words as matplotlib shows them."""

from widthwise.wording import harmless, shortened

__all__ = ["shown"]


def shown(text: str, most: int = 60) -> str:
    """Return text that is no formula and has no control characters, cut if long."""
    return harmless(shortened(text, most), keep="").replace("$", r"\$")
