"""How far a long piece of work is: a fraction done, and what is being done.

Work is told `progress(fraction, text)`, from 0 to 1. A piece of it gets a `part` of the
range, so it counts from 0 to 1 itself and knows nothing of the whole.
"""

from collections.abc import Callable

__all__ = ["Progress", "at", "counting", "part", "share", "silent"]

Progress = Callable[[float, str], None]
"""Called with the fraction done, from 0 to 1, and what is being done."""


def silent(_fraction: float, _text: str) -> None:
    """Tell nobody: what `progress or silent` is for a caller who asked for nothing."""


def part(
    progress: Progress, start: float | int, stop: float | int, label: str = ""
) -> Progress:
    """Return the progress of a piece that takes the whole from `start` to `stop`.

    Parameters
    ----------
    progress
        That of the whole.
    start, stop
        Fractions of the whole, 0 <= start <= stop <= 1.
    label
        What the piece is, put before each of its texts with a colon.
    """
    lead = f"{label}: " if label else ""

    def tell(fraction: float, text: str) -> None:
        progress(start + (stop - start) * fraction, f"{lead}{text}")

    return tell


def share(progress: Progress, place: int, count: int, label: str = "") -> Progress:
    """Return the progress of one of `count` equal pieces; the first place is 0."""
    lead = f"{label}: " if label else ""

    def tell(fraction: float, text: str) -> None:
        # Not by `part`: here the last piece ends at exactly 1.
        progress((place + fraction) / count, f"{lead}{text}")

    return tell


def at(
    progress: Progress, fraction: float | int, label: str = ""
) -> Callable[[str], None]:
    """Return what a piece calls that has words, but does not know how far it is."""
    lead = f"{label}: " if label else ""

    def tell(text: str) -> None:
        progress(fraction, f"{lead}{text}")

    return tell


def counting(progress: Progress, what: str) -> Callable[[int, int], None]:
    """Return what a piece calls that counts: `(done, total)` becomes "trial 3 of 20".

    Parameters
    ----------
    progress
        Told `done / total`.
    what
        What is counted, such as "trial".
    """

    def tell(done: int, total: int) -> None:
        progress(done / total, f"{what} {done:,} of {total:,}")

    return tell
