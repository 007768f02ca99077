"""The record of a study of the loss landscape."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from widthwise.diagnosis.study import Numbers, StudyRecord, require_one_length
from widthwise.prose import Prose

__all__ = [
    "FullRank",
    "LandscapeRecord",
    "LandscapeSettingsFound",
    "LossSlice",
    "Minima",
    "NetworkOnALine",
    "ObstacleFound",
    "RegionsOfThePlane",
    "RowShare",
    "TheoremFound",
    "ThresholdFound",
]


@dataclass(frozen=True, kw_only=True)
class LandscapeSettingsFound:
    """What was asked for.

    Attributes
    ----------
    widths
        All that were to be tried.
    trials
        Networks drawn for each width.
    initialization, biases, activation
        Of the hidden units.
    confidence
        Of every interval.
    threshold_probability
        Of full rank that counts as enough.
    subsets
        Whether random subsets of the rows were studied too.
    """

    widths: tuple[int, ...]
    trials: int
    initialization: str
    biases: bool
    activation: str
    confidence: float
    threshold_probability: float
    subsets: bool = True


@dataclass(frozen=True)
class ThresholdFound:
    """Where the probability is one half, by a logistic fit.

    Attributes
    ----------
    width, standard_error
        Null where no width is on one side.
    """

    width: float | None
    standard_error: float | None = None


@dataclass(frozen=True, kw_only=True)
class FullRank:
    """The probability of full rank over initial weights, an entry for each width.

    Attributes
    ----------
    widths, successes, trials
        Networks of full rank, of those drawn.
    estimate, low, high
        The share, with Clopper-Pearson limits.
    method
        "exact".
    error_probability
        A bound on the chance that any network was misjudged.
    threshold
        Where the probability is one half.
    """

    widths: tuple[int, ...]
    successes: tuple[int, ...]
    trials: tuple[int, ...]
    estimate: Numbers
    low: Numbers
    high: Numbers
    method: str = "exact"
    error_probability: float | None = 0.0
    threshold: ThresholdFound | None

    def __post_init__(self) -> None:
        """Refuse lists of different lengths."""
        require_one_length(self, "successes", "trials", "estimate", "low", "high")

    def enough_at(self, wanted: float) -> int | None:
        """Return the least width whose interval lies above the wanted probability."""
        pairs = zip(self.widths, self.low, strict=True)
        return next((m for m, low in pairs if low is not None and low >= wanted), None)


@dataclass(frozen=True)
class ObstacleFound:
    """Rows that are dependent at every width; all but the first were left out.

    Attributes
    ----------
    kind
        "repeated"; without biases also "ray" and "zero".
    rows, text
        Their numbers, and a sentence.
    """

    kind: str
    rows: tuple[int, ...]
    text: str


@dataclass(frozen=True)
class RowShare:
    """How often a row was in a linear dependency of a deficient network.

    Attributes
    ----------
    row, share
        Its number, and the share of the deficient networks.
    """

    row: int
    share: float | None


@dataclass(frozen=True, kw_only=True)
class TheoremFound:
    """What a theorem asks.

    Attributes
    ----------
    name, title, statement, formula
        Its key, its name, what it says, and in LaTeX.
    width, is_certificate, trust
        Hidden units; whether they are proved; "derived" or "recalled".
    source, assumptions
        The paper, and what it needs.
    measured
        The least width that leaves the same fraction of what the theorem counts; null
        above 300 rows.
    note
        A sentence on both.
    """

    name: str
    title: str
    statement: Prose
    formula: str
    width: float | None
    is_certificate: bool
    trust: str
    source: str
    assumptions: tuple[Prose, ...]
    measured: float | None
    note: str | None


@dataclass(frozen=True, kw_only=True)
class Minima:
    """Of random regions, those that hold a global minimum for the labels.

    Attributes
    ----------
    width, regions
        Units of the networks, and regions decided on.
    with_minimum, with_bad_minimum, undecided
        How many hold a global minimum, a bad local one, or are open.
    estimate, low, high
        The share of the decided, null if none; its limits count the open ones as
        either.
    """

    width: int
    regions: int
    with_minimum: int
    with_bad_minimum: int
    estimate: float | None
    low: float | None
    high: float | None
    undecided: int


@dataclass(frozen=True, kw_only=True)
class NetworkOnALine:
    """One network of one input.

    Attributes
    ----------
    width, pieces, breakpoints_inside, text
        Units, linear pieces and breakpoints within the range drawn, and a sentence.
    """

    width: int
    pieces: int = 0
    breakpoints_inside: int = 0
    text: str


@dataclass(frozen=True, kw_only=True)
class RegionsOfThePlane:
    """One network of two inputs.

    Attributes
    ----------
    width, regions, least_rank, largest_rank, text
        Units, regions on the grid, the ranks of the Jacobian there, and a sentence.
    """

    width: int
    regions: int = 0
    least_rank: int = 0
    largest_rank: int = 0
    text: str


@dataclass(frozen=True, kw_only=True)
class LossSlice:
    """The loss along a line in weight space.

    Attributes
    ----------
    width, edges_total, minima
        Units, changes of the activation pattern, and local minima along the line.
    loss, loss_at_start, loss_at_end, lowest
        What the loss is, and its values.
    text
        A sentence.
    """

    width: int
    edges_total: int = 0
    minima: int = 0
    loss: str = "‖f − y‖² / ‖y‖²"
    loss_at_start: float | None = None
    loss_at_end: float | None = None
    lowest: float | None = None
    text: str


@dataclass(frozen=True, kw_only=True)
class LandscapeRecord(StudyRecord):
    """The record of a study of the loss landscape.

    Of a two-layer network whose inner weights (and biases) are trained. Full rank means
    that the Jacobian at the n rows has rank n; ranks are exact.

    Attributes
    ----------
    settings
        What was asked for.
    probability
        The probability of full rank.
    rows, rows_width
        At that width, which rows were in dependencies, descending, at most 20; empty
        and null where no network was deficient.
    obstacles
        Rows that no width keeps apart.
    necessary_width
        The least width with as many parameters as rows.
    theorems
        What they ask. Empty but for the rectifier.
    minima
        Null without labels, or where deciding would take long.
    network_1d, regions_2d, slice
        What is drawn; null where it is not.
    """

    settings: LandscapeSettingsFound
    probability: FullRank
    rows: tuple[RowShare, ...]
    rows_width: int | None
    obstacles: tuple[ObstacleFound, ...]
    necessary_width: int
    theorems: tuple[TheoremFound, ...]
    minima: Minima | None
    network_1d: NetworkOnALine | None
    regions_2d: RegionsOfThePlane | None
    slice: LossSlice | None

    ARRAYS: ClassVar[Mapping[str, str]] = {
        "heat/points_counts": "(a,) sizes of random subsets of the rows",
        "heat/widths": "(b,) widths",
        "heat/probability": "(a, b) P(full rank), the last row of all rows",
        "line/x": "(n,) one input: the points",
        "line/y": "(n,) the labels, if there are any",
        "line/grid": "(k,) inputs, the breakpoints of one random network among them",
        "line/outputs": "(k,) that network before training",
        "line/breakpoints": "(m,) where units change their piece, also outside",
        "line/region_edges": "(r + 1,) ends of the linear pieces",
        "line/active_units": "(r,) units that use their higher slope there",
        "plane/x": "(n, 2) two inputs: the points",
        "plane/lines": "(m, 3) (w, b) with w·x + b = 0 where a unit changes its piece",
        "plane/grid_x": "(g,) columns of the grid",
        "plane/grid_y": "(g,) rows of the grid",
        "plane/region": "(g, g) number of the region",
        "plane/active_units": "(g, g) units that use their higher slope there",
        "plane/rank": "(g, g) rank (float64) of the Jacobian at all rows in the "
        "parameters of these units",
        "slice/t": "(k,) places on a line in weight space: random weights at 0, the "
        "least loss of their region's linear map at 1",
        "slice/loss": "(k,) ‖f − y‖² / ‖y‖² there",
        "slice/edges": "(e,) where the activation pattern changes; at most 200",
        "slice/rank": "(e + 1,) rank (float64) of the Jacobian at the start and just "
        "after each edge kept",
        "slice/minima": "(j,) all local minima along the line, exact",
    }

    @property
    def subject(self) -> str:
        return f"landscape of {self.settings.activation}"

    @property
    def finished(self) -> str:
        return f"{len(self.probability.widths)} finished widths"

    def compared(self) -> list[dict[str, Any]]:
        found = self.probability
        return [
            {
                "width": width,
                "networks": found.trials[place],
                "of full rank": found.successes[place],
                "probability": found.estimate[place],
                "low": found.low[place],
                "high": found.high[place],
            }
            for place, width in enumerate(found.widths)
        ]
