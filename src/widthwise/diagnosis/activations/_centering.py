"""The labels less their mean: what a network with an intercept has to learn."""

from dataclasses import replace

from widthwise.arrays import Array
from widthwise.datasets import Dataset, PreparationStep
from widthwise.prose import say

__all__ = ["centered", "less", "mostly_mean"]

_MOSTLY = 0.5


def centered(data: Dataset) -> tuple[Dataset, float]:
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
    note = PreparationStep("center_labels", str(told), {"mean": mean, "share": share})
    return replace(data, steps=(*data.steps, note)), mean


def mostly_mean(data: Dataset) -> Dataset:
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
    note = PreparationStep(
        "labels_are_mostly_mean", str(told), numbers, is_caution=True
    )
    return replace(data, steps=(*data.steps, note))


def less(targets: Array | None, mean: float) -> Array | None:
    """Return the labels less their mean."""
    return None if targets is None else targets - mean


def _mean_of(targets: Array | None) -> tuple[float, float]:
    """Return the mean, and its share of the sum of squares; zeros if all are equal."""
    if targets is None or bool((targets == targets[0]).all()):
        return 0.0, 0.0
    scale = float(targets.abs().max())
    scaled = targets / scale
    mean = float(scaled.mean())
    return mean * scale, mean**2 / float(scaled.square().mean())
