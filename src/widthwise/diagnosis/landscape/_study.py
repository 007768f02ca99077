"""The study of the landscape of one data set: its plan, its evidence, its record."""

from dataclasses import dataclass, field, replace
from typing import Any

from widthwise.diagnosis.landscape._budget import LIMITS, landscape_cost
from widthwise.diagnosis.landscape._data import landscape_dataset
from widthwise.diagnosis.landscape._knobs import LandscapeKnobs
from widthwise.diagnosis.landscape._minima import minima_found
from widthwise.diagnosis.landscape._pictures import (
    line_picture,
    loss_slice,
    plane_picture,
    subset_arrays,
)
from widthwise.diagnosis.landscape._record import (
    LandscapeRecord,
    LossSlice,
    Minima,
    NetworkOnALine,
    ObstacleFound,
    RegionsOfThePlane,
    RowShare,
    TheoremFound,
)
from widthwise.diagnosis.landscape._settings import (
    LandscapeSettings,
    resolve_landscape_settings,
)
from widthwise.diagnosis.landscape._theorems import theorems_found
from widthwise.diagnosis.landscape._verdicts import judge
from widthwise.diagnosis.landscape._widths import (
    full_rank_found,
    measured_probability,
    widths_to_measure,
)
from widthwise.diagnosis.study import (
    Budget,
    Cost,
    DataSummary,
    Findings,
    Study,
    summary_of,
)
from widthwise.landscape import FullRankProbability
from widthwise.landscape.patterns import PiecewiseNetwork, random_network
from widthwise.landscape.ranks import (
    RowDependencies,
    necessary_width,
    row_dependencies,
)
from widthwise.progress import Progress, at

__all__ = ["LandscapeStudy"]

_ROWS_NAMED = 20
_LINE_UNITS, _PLANE_UNITS = 40, 24


@dataclass
class _Found(Findings):
    """What has been found so far; each part is whole."""

    widths: tuple[int, ...] = ()
    measured: list[tuple[int, FullRankProbability]] = field(default_factory=list)
    blame: RowDependencies | None = None
    rows_were_studied: bool = False
    theorems: tuple[TheoremFound, ...] | None = None
    minima: Minima | None = None
    network_1d: NetworkOnALine | None = None
    regions_2d: RegionsOfThePlane | None = None
    slice: LossSlice | None = None

    @property
    def is_worth_keeping(self) -> bool:
        return bool(self.measured)


class LandscapeStudy(Study[_Found]):
    """A checked study of a landscape that has not begun.

    Attributes
    ----------
    obstacles
        Rows that no width keeps apart; the first of each is kept.
    settings
        What was asked, with everything filled in.

    Examples
    --------
    >>> import widthwise as ww
    >>> data = ww.datasets.uniform_sphere(12, 3)
    >>> plan = ww.diagnosis.plan_landscape(data, widths=(4,), trials=3)
    >>> isinstance(plan, ww.diagnosis.LandscapePlan), plan.cost.rows
    (True, 12)
    """

    kind = "landscape"
    limits = LIMITS

    def __init__(
        self,
        X: Any,
        y: Any,
        asked: LandscapeKnobs,
        budget: Budget,
        reading: dict[str, Any],
    ) -> None:
        self.settings: LandscapeSettings = resolve_landscape_settings(asked)
        self.seed = self.settings.seed
        dataset, self.obstacles = landscape_dataset(
            X,
            y,
            standardize=asked.standardize,
            settings=self.settings,
            reading=reading,
        )
        self._inputs = dataset.points.shape[1]
        self.fit_budget(dataset, budget)

    def cost_of(self, rows: int) -> Cost:
        return landscape_cost(rows, self._inputs, self.settings)

    def begin(self) -> _Found:
        return _Found()

    def gather(self, found: _Found, tell: Progress) -> None:
        self._measure(found, tell)
        self._explain(found, tell)
        self._draw(found, tell)

    def _measure(self, found: _Found, tell: Progress) -> None:
        """Find the widths, where none were asked for, and draw networks of each."""
        points = self.sample.points
        found.widths = widths_to_measure(points, self.settings, at(tell, 0.0, "widths"))
        count = len(found.widths)
        for place, width in enumerate(found.widths):
            tell(0.1 + 0.4 * place / count, f"full rank: at width {width}")
            probability = measured_probability(points, width, self.settings)
            found.measured.append((width, probability))

    def _explain(self, found: _Found, tell: Progress) -> None:
        """Say which rows hold the rank back, what theorems ask, where minima are."""
        points, targets = self.sample.points, self.sample.targets
        tell(0.5, "rows: those that hold the rank back")
        width = self._blamed_width(found)
        if width is not None:
            found.blame = row_dependencies(
                points, width, self.seed, **self.settings.networks
            )
        found.rows_were_studied = True
        tell(0.55, "theorems: their widths beside the least that do")
        found.theorems = theorems_found(points, self.settings)
        if targets is not None:
            found.minima = minima_found(
                points,
                targets,
                self._typical_width(found),
                self.settings,
                at(tell, 0.65, "minima"),
            )

    def _draw(self, found: _Found, tell: Progress) -> None:
        """Fill the arrays of the figures."""
        points, targets = self.sample.points, self.sample.targets
        tell(0.75, "figures: one network")
        width = self._typical_width(found)

        def network(most: int) -> PiecewiseNetwork:
            return random_network(
                points, min(width, most), self.seed, **self.settings.networks
            )

        if self._inputs == 1:
            found.network_1d, arrays = line_picture(network(_LINE_UNITS), targets)
            found.arrays.update(arrays)
        if self._inputs == 2:
            found.regions_2d, arrays = plane_picture(network(_PLANE_UNITS))
            found.arrays.update(arrays)
        drawn = None if targets is None else loss_slice(network(width), targets)
        if drawn is not None:
            found.slice, arrays = drawn
            found.arrays.update(arrays)
        if self.settings.subsets:
            found.arrays.update(
                subset_arrays(
                    points,
                    found.widths,
                    [each.estimate for _, each in found.measured],
                    self.settings,
                    at(tell, 0.85, "figures"),
                )
            )

    def _typical_width(self, found: _Found) -> int:
        """Return the least width that was shown to do, else the widest tried."""
        wanted = self.settings.probability
        enough = (width for width, each in found.measured if each.lower >= wanted)
        return next(enough, found.widths[-1])

    def _blamed_width(self, found: _Found) -> int | None:
        """Return the widest width with deficient networks and parameters enough."""
        rows = len(self.sample.points)
        d = self._inputs + int(self.settings.biases)
        deficient = [
            width
            for width, each in found.measured
            if each.full < each.trials and width * d >= rows
        ]
        short = [
            width
            for width, each in found.measured
            if each.estimate < self.settings.probability and width in deficient
        ]
        return max(short or deficient, default=None)

    def record(self, opening: dict[str, Any], found: _Found) -> LandscapeRecord:
        guilty, settings = found.blame, self.settings
        data = self._summary()
        record = LandscapeRecord(
            **opening,
            complete=found.is_complete,
            data=data,
            settings=settings.as_record(found.widths),
            verdicts=(),
            probability=full_rank_found(found.measured),
            rows=() if guilty is None else self._shares(guilty),
            rows_width=None if guilty is None else guilty.width,
            obstacles=tuple(
                ObstacleFound(each.kind, tuple(each.rows), str(each))
                for each in self.obstacles
            ),
            necessary_width=necessary_width(self.sample.points, settings.biases),
            theorems=found.theorems or (),
            minima=found.minima,
            network_1d=found.network_1d,
            regions_2d=found.regions_2d,
            slice=found.slice,
            notes=self._notes(data, found),
        )
        mean = 0.0 if guilty is None else guilty.mean_share
        verdicts = judge(
            record,
            settings.trials_needed,
            mean if found.rows_were_studied else None,
            found.theorems is not None,
        )
        return replace(record, verdicts=verdicts)

    def _shares(self, guilty: RowDependencies) -> tuple[RowShare, ...]:
        """Return the rows in dependencies, the most frequent first, then by number."""
        numbers, counts = self.sample.row_numbers, guilty.counts
        order = sorted(
            (place for place in range(len(counts)) if counts[place]),
            key=lambda place: (-counts[place], numbers[place]),
        )
        return tuple(
            RowShare(int(numbers[place]), float(counts[place] / guilty.deficient))
            for place in order[:_ROWS_NAMED]
        )

    def _summary(self) -> DataSummary:
        data = summary_of(self.dataset, self.sample, on_sphere=False)
        if not data.sample_note:
            return data
        return replace(
            data,
            sample_note=f"Everything is of a random sample of {data.rows} of the "
            f"{data.rows_total} rows. The whole table needs at least as many units: a "
            "network of full rank on it has full rank on every sample.",
        )

    def _notes(self, data: DataSummary, found: _Found) -> tuple[str, ...]:
        settings = self.settings
        biases = " and biases" if settings.biases else ""
        notes = [
            f"The network is f(x) = Σ v_r σ(w_r·x{' + b_r' if settings.biases else ''})"
            f" with σ = {settings.activation.name}; its inner weights{biases} are "
            "trained, its outer weights v are fixed and not zero, and do not change "
            "the rank.",
            "Ranks are exact for the rows as they are in float64; no tolerance is "
            "involved. Each interval holds by itself, not all of them at once.",
            "The probability is over initial weights "
            f"({settings.initialization}), which weigh regions by their size.",
        ]
        if found.blame is not None:
            notes.append(
                f"Rows are blamed from {found.blame.deficient} deficient networks of "
                f"{found.blame.drawn} drawn, of {found.blame.width} units."
            )
        if not found.is_complete:
            notes.append(
                f"The run was interrupted: {len(found.measured)} of "
                f"{len(found.widths)} widths were finished."
            )
        if data.sample_note:
            notes.append(data.sample_note)
        return tuple(notes)
