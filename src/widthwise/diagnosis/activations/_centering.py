"""What is to be learnt of the labels: less their mean, classes against the rest."""

from dataclasses import dataclass, replace

import torch

from widthwise.arrays import Array
from widthwise.datasets import Dataset, PreparationStep
from widthwise.prose import say

__all__ = ["Learnt", "learnt"]

_MOSTLY = 0.5


@dataclass(frozen=True)
class Learnt:
    """How labels become what a network is to learn.

    Attributes
    ----------
    mean
        What is taken off numbers.
    shares
        Of more than two classes the mean of each column of -1 and 1, which is taken
        off it, or zeros; empty where the labels are not such classes.
    """

    mean: float = 0.0
    shares: tuple[float, ...] = ()

    def of(self, targets: Array | None) -> Array | None:
        """Return what is to be learnt: (n,), or (n, c) for so many classes."""
        if targets is None:
            return None
        if not self.shares:
            return targets - self.mean
        found: Array = _signs(targets, len(self.shares))
        return found - torch.tensor(self.shares, dtype=torch.float64)


def learnt(data: Dataset, *, center: bool) -> tuple[Dataset, Learnt]:
    """Return the data with a note on what is learnt of its labels, and that.

    More than two classes are each learnt against the rest; their codes would say that
    the second is half-way from the first to the third.
    """
    classes = data.classes or ()
    codes = data.targets
    if codes is None or len(classes) <= 2 or bool((codes != codes.round()).any()):
        if center:
            found, mean = _centered(data)
            return found, Learnt(mean)
        return _mostly_mean(data), Learnt()
    shares = _signs(codes, len(classes)).mean(dim=0) if center else None
    told = (
        f"The labels are {len(classes)} classes. Each is learnt against the rest, as a "
        "column of 1 and -1, and residuals are of all columns together"
        + (", less their means, as an intercept learns them." if center else ".")
    )
    note = PreparationStep("one_against_rest", told, {"classes": len(classes)})
    columns = [0.0] * len(classes) if shares is None else shares.tolist()
    return replace(data, steps=(*data.steps, note)), Learnt(shares=tuple(columns))


def _signs(codes: Array, classes: int) -> Array:
    numbers = torch.arange(classes, dtype=codes.dtype)
    found: Array = 2.0 * (codes[:, None] == numbers).to(torch.float64) - 1.0
    return found


def _centered(data: Dataset) -> tuple[Dataset, float]:
    """Return the data with a note on what an intercept takes off, and that mean.

    Labels that are all equal stay: a constant is said to need no network, elsewhere.
    """
    mean, share = _mean_of(data.targets)
    if mean == 0.0:
        return data, 0.0
    told = say(
        "The labels' mean, {}, was taken off, as an intercept does; it holds {:%} of "
        "the sum of their squares. Residuals and steps are of the rest.",
        mean,
        share,
    )
    note = PreparationStep("center_labels", told, {"mean": mean, "share": share})
    return replace(data, steps=(*data.steps, note)), mean


def _mostly_mean(data: Dataset) -> Dataset:
    """Return the data, with a caution where its labels are mostly their mean."""
    mean, share = _mean_of(data.targets)
    if share < _MOSTLY:
        return data
    told = say(
        "The labels' mean, {}, holds {:%} of the sum of their squares, so a small "
        "residual may be the mean alone. An intercept learns it at once: leave out "
        "center=False (--no-center).",
        mean,
        share,
    )
    numbers = {"mean": mean, "share": share}
    note = PreparationStep("labels_are_mostly_mean", told, numbers, is_caution=True)
    return replace(data, steps=(*data.steps, note))


def _mean_of(targets: Array | None) -> tuple[float, float]:
    """Return the mean, and its share of the sum of squares; zeros if all are equal."""
    if targets is None or bool((targets == targets[0]).all()):
        return 0.0, 0.0
    scale = float(targets.abs().max())
    scaled = targets / scale
    mean = float(scaled.mean())
    return mean * scale, mean**2 / float(scaled.square().mean())
