"""The labels as what a last layer is fitted to, and the loss that counts."""

from dataclasses import dataclass

import torch

from widthwise.arrays import Array, Float, Int
from widthwise.diagnosis.activations._prediction_record import LeftOutError
from widthwise.numerics.linear_algebra import power_of_two_scale

__all__ = ["Labels", "labels_of"]


@dataclass(frozen=True)
class Labels:
    """The labels, one column an output.

    Attributes
    ----------
    values
        Shape (n, c), numbers over `unit`. Classes are one column of -1 and 1 each, two
        classes one column.
    codes
        Shape (n,). The number of each row's class; None where labels are numbers.
    spread
        The variance of the values; 1 for classes, whose loss is 0 or 1.
    unit
        A power of two.
    """

    values: Float[Array, "n c"]
    codes: Int[Array, " n"] | None
    spread: float
    unit: float = 1.0

    @property
    def classes(self) -> int | None:
        """How many classes there are; None where the labels are numbers."""
        return None if self.codes is None else int(self.codes.max()) + 1

    def losses(self, residuals: Float[Array, "n c"]) -> Float[Array, " n"]:
        """Return each row's squared error over the spread, or 1 where it is wrong."""
        if self.codes is None:
            return residuals.square().sum(dim=1) / self.spread
        found: Array = (self._named(residuals) != self.codes).to(torch.float64)
        return found

    def misses(self, residuals: Float[Array, "n c"]) -> Float[Array, " n"]:
        """Return by how much each row is missed, for an order of the rows."""
        found: Array = residuals.square().sum(dim=1)
        return found

    def error(self, losses: Float[Array, " n"]) -> LeftOutError:
        """Return the mean loss with its standard error."""
        balanced = None
        if self.codes is not None:
            of_class = [
                losses[self.codes == each].mean()
                for each in range(int(self.codes.max()) + 1)
            ]
            balanced = float(torch.stack(of_class).mean())
        return LeftOutError(
            error=_or_none(float(losses.mean())),
            standard_error=_or_none(float(losses.std() / len(losses) ** 0.5)),
            balanced=balanced,
        )

    def constant(self) -> Float[Array, " n"]:
        """Return each row's loss when it is the others' mean, or largest class."""
        if self.codes is None:
            count = len(self.values)
            return self.losses(
                (self.values - self.values.mean(dim=0)) * (count / (count - 1))
            )
        sizes = torch.bincount(self.codes)
        others = sizes.repeat(len(self.codes), 1)
        others[torch.arange(len(self.codes)), self.codes] -= 1
        found: Array = (others.argmax(dim=1) != self.codes).to(torch.float64)
        return found

    def noise(self, groups: "list[list[int]]") -> float | None:
        """Return what no predictor gets below on equal rows; None without any."""
        if not groups:
            return None
        lost = 0.0
        for rows in groups:
            if self.codes is None:
                values = self.values[rows]
                lost += (
                    float((values - values.mean(dim=0)).square().sum()) / self.spread
                )
            else:
                lost += len(rows) - int(torch.bincount(self.codes[rows]).max())
        return lost / len(self.values)

    def _named(self, residuals: Float[Array, "n c"]) -> Int[Array, " n"]:
        outputs = self.values - residuals
        if outputs.shape[1] == 1:
            found: Array = (outputs[:, 0] > 0).to(torch.int64)
            return found
        return outputs.argmax(dim=1)


def labels_of(targets: Float[Array, "*n"], *, are_classes: bool) -> Labels | None:
    """Return the labels; None where they are all equal.

    Classes are columns, each against the rest, or numbers that tell them apart.
    """
    if targets.ndim == 2:
        targets = targets.argmax(dim=1)
    distinct, codes = torch.unique(targets, return_inverse=True)
    if len(distinct) < 2:
        return None
    if not are_classes and len(distinct) > 2:
        unit = power_of_two_scale(targets)
        values = targets[:, None] / unit
        return Labels(values, None, float(values.var(correction=0)), unit)
    if len(distinct) == 2:
        return Labels(2.0 * codes[:, None].to(torch.float64) - 1.0, codes, 1.0)
    signs = torch.full((len(targets), len(distinct)), -1.0, dtype=torch.float64)
    signs[torch.arange(len(targets)), codes] = 1.0
    return Labels(signs, codes, 1.0)


def _or_none(value: float) -> float | None:
    return value if abs(value) < float("inf") else None
