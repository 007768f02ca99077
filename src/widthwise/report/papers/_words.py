"""Words as matplotlib shows them."""

__all__ = ["shown"]


def shown(text: str, most: int = 60) -> str:
    """Return text that is no formula and has no control characters, cut if long."""
    cut = text if len(text) <= most else f"{text[: most - 1]}…"
    clean = "".join(each if each.isprintable() else "\ufffd" for each in cut)
    return clean.replace("$", r"\$")
