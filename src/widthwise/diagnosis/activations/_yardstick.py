"""What a network's predictions are measured against."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from widthwise.arrays import Array, Float
from widthwise.diagnosis.activations._labels import Labels, labels_of
from widthwise.diagnosis.activations._prediction_record import Baselines
from widthwise.diagnosis.activations._studied_rows import StudiedRows
from widthwise.readouts import ridge_path

__all__ = ["Yardstick", "yardstick_of"]


@dataclass(frozen=True)
class Yardstick:
    """The labels, and what predicts them without a network.

    Attributes
    ----------
    labels
        As a last layer is fitted to them.
    linear
        Shape (n,). The loss of a linear ridge on each row, left out of the fit.
    baselines
        What the record says of these.
    """

    labels: Labels
    linear: Float[Array, " n"]
    baselines: Baselines


def yardstick_of(
    table: StudiedRows, equal_rows: Iterable[Sequence[int]]
) -> Yardstick | None:
    """Return the yardstick; None where there is nothing to predict.

    The linear model sees the columns as they were before rows were projected.
    """
    if table.targets is None or len(table.targets) < 3:
        return None
    labels = labels_of(table.targets, are_classes=bool(table.classes))
    if labels is None:
        return None
    path = ridge_path(table.inputs, labels.values)
    linear = labels.losses(path.residuals_left_out(path.best))
    groups = [list(each) for each in equal_rows]
    return Yardstick(
        labels,
        linear,
        Baselines(
            classes=labels.classes,
            constant=labels.error(labels.constant()),
            linear=labels.error(linear),
            noise=labels.noise(groups),
        ),
    )
