"""The study of activations on one data set: its plan, its evidence, its record."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from widthwise.activations import Activation
from widthwise.arrays import Array
from widthwise.datasets.points import widest_doubt
from widthwise.diagnosis.activations._budget import LIMITS, cost_of
from widthwise.diagnosis.activations._centering import learnt
from widthwise.diagnosis.activations._evidence import gather
from widthwise.diagnosis.activations._knobs import ActivationKnobs
from widthwise.diagnosis.activations._predicting import compared
from widthwise.diagnosis.activations._prediction_record import Baselines
from widthwise.diagnosis.activations._record import (
    ActivationEvidence,
    ActivationsRecord,
    LeftOut,
)
from widthwise.diagnosis.activations._settings import Settings, resolve_settings
from widthwise.diagnosis.activations._studied_rows import ROUNDING, StudiedRows
from widthwise.diagnosis.activations._verdicts import judge
from widthwise.diagnosis.activations._yardstick import yardstick_of
from widthwise.diagnosis.study import (
    Budget,
    Cost,
    DataSummary,
    Findings,
    Study,
    as_dataset,
    summary_of,
)
from widthwise.errors import DataError, WidthwiseError
from widthwise.progress import Progress, share
from widthwise.prose import message

__all__ = ["ActivationsStudy"]


@dataclass
class _Found(Findings):
    """The activations that were finished."""

    activations: list[ActivationEvidence] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    baselines: Baselines | None = None
    losses: list[Array | None] = field(default_factory=list)

    @property
    def is_worth_keeping(self) -> bool:
        return bool(self.activations)


class ActivationsStudy(Study[_Found]):
    """A checked diagnosis of activations that has not begun.

    Attributes
    ----------
    settings
        What was asked, with everything filled in.

    Examples
    --------
    >>> import widthwise as ww
    >>> data = ww.datasets.uniform_sphere(12, 3)
    >>> plan = ww.diagnosis.plan(data, activations="relu", widths=(20,), trials=1)
    >>> isinstance(plan, ww.diagnosis.Plan), plan.settings.widths
    (True, (20,))
    """

    kind = "diagnosis"
    limits = LIMITS

    def __init__(
        self,
        X: Any,
        y: Any,
        asked: ActivationKnobs,
        budget: Budget,
        reading: dict[str, Any],
    ) -> None:
        dataset = as_dataset(
            X,
            y,
            bias=asked.bias,
            standardize=asked.standardize,
            reading=reading,
            asked=asked,
        )
        count, dimension = dataset.points.shape
        if count < 2:
            raise DataError(
                f"{dataset.name} has {count} row; a diagnosis needs at least 2 "
                "distinct points. Give more rows."
            )
        if dimension < 2:
            raise DataError(
                f"{dataset.name} has one input column, and on the unit sphere of one "
                "dimension there are two points only. Append a constant coordinate "
                "with bias=True (--bias)."
            )
        self.settings: Settings = resolve_settings(
            asked, points_count=count, dimension=dimension
        )
        self.seed = self.settings.seed
        dataset, self._learnt = learnt(dataset, center=asked.center)
        self._shape = count, dimension
        self._has_labels = dataset.targets is not None
        self.fit_budget(dataset, budget)

    def cost_of(self, rows: int) -> Cost:
        return cost_of(rows, *self._shape, self.settings, self._has_labels)

    def begin(self) -> _Found:
        return _Found()

    def gather(self, found: _Found, tell: Progress) -> None:
        sample, whole = self.sample, self.dataset
        table = StudiedRows(
            sample.points,
            self._learnt.of(sample.targets),
            whole.points,
            self._learnt.of(whole.targets),
            tuple(int(row) for row in whole.row_numbers),
            max(ROUNDING, widest_doubt(whole)),
            self._learnt.mean,
            tuple(int(row) for row in sample.row_numbers),
            sample.points
            if sample.row_norms is None
            else sample.points * sample.row_norms[:, None],
            whole.classes or (),
        )
        yardstick = yardstick_of(table, sample.duplicates().groups)
        found.baselines = None if yardstick is None else yardstick.baselines
        total = len(self.settings.activations)
        keys = _keys(self.settings.activations)
        for place, activation in enumerate(self.settings.activations):
            try:
                evidence, arrays, losses = gather(
                    table,
                    activation,
                    keys[place],
                    self.settings,
                    yardstick,
                    share(tell, place, total, activation.name),
                )
            except WidthwiseError as error:  # what is finished stays
                found.left_out.append(LeftOut(activation.name, message(error)))
                if len(found.left_out) == total:
                    raise
                continue
            found.activations.append(evidence)
            found.losses.append(losses)
            found.arrays.update(arrays)

    def record(self, opening: dict[str, Any], found: _Found) -> ActivationsRecord:
        data = summary_of(self.dataset, self.sample)
        activations = compared(found.activations, found.losses)
        return ActivationsRecord(
            **opening,
            complete=found.is_complete,
            data=data,
            settings=self.settings.as_record(),
            verdicts=judge(data, activations, found.baselines),
            baselines=found.baselines,
            activations=activations,
            left_out=tuple(found.left_out),
            notes=self._notes(data, len(found.activations) + len(found.left_out)),
        )

    def _notes(self, data: DataSummary, examined: int) -> tuple[str, ...]:
        law, asked = self.settings.law.name, len(self.settings.activations)
        notes = [
            "The network is f(x) = Σ v_r σ(w_r·x)/√m over m hidden units, without "
            "biases other than a constant coordinate; its inner weights are random "
            f"({law} law) and stay fixed, its outer weights v are trained from zero."
            + " The labels' mean is added to what it gives."
            * (self._learnt.mean != 0.0),
            "κ is the condition number of G = ΦΦᵀ, or of its infinite-width limit "
            "G_inf.",
            "A certificate is a theorem's width at the stated probability. An order of "
            "magnitude has an unknown constant and certifies nothing.",
            "Whether it predicts is judged by rows left out of the fit, one by one, in "
            "closed form; the other verdicts are about fitting these rows.",
        ]
        if examined < asked:
            notes.append(
                f"The run was interrupted: {examined} of {asked} activations were "
                "examined."
            )
        if data.constant_target:
            notes.append(
                "The labels are all equal: a constant fits them, no network is needed."
            )
        if data.sample_note:
            notes.append(data.sample_note)
        return tuple(notes)


def _keys(activations: Sequence[Activation]) -> list[str]:
    """Return a name for each activation's arrays, numbered where names repeat."""
    names = [each.name for each in activations]
    return [
        name if names.count(name) == 1 else f"{name}-{names[: place + 1].count(name)}"
        for place, name in enumerate(names)
    ]
