"""Where random networks have a Jacobian of full rank: both families of heat maps."""

from collections.abc import Mapping, Sequence
from typing import Any

from widthwise.experiments.karhadkar._heat_claims import CLAIMS, findings
from widthwise.experiments.karhadkar._heat_refined import (
    refined,
    refined_cells,
    refined_rows,
)
from widthwise.experiments.karhadkar._heat_tables import (
    Map,
    Verdicts,
    precision_rows,
    probability_rows,
    threshold_rows,
    trend_rows,
)
from widthwise.experiments.shared import (
    Cell,
    Chart,
    Experiment,
    Measurement,
    Progress,
    Setting,
)
from widthwise.landscape import FAMILY_A, FAMILY_B, full_rank_probability
from widthwise.landscape.ranks import growing_dimension
from widthwise.sources import KARHADKAR_2024
from widthwise.wording import number

__all__ = ["EXPERIMENT"]

_PIECE = {"exact": 100, "float64": 25, "float32": 25}
"""Trials of a cell, always whole; more trials are more cells."""

_WIDE = tuple(round(8 * 2 ** (k / 2)) for k in range(-2, 21))


def _groups(settings: Mapping[str, Any]) -> list[Map]:
    ascending = {
        name: tuple(sorted(set(value)))
        for name, value in settings.items()
        if isinstance(value, tuple)
    }
    growing = [
        Map(
            "A",
            f"d0 = {ratio:g} n",
            tuple(
                (n, growing_dimension(ratio, n)) for n in ascending["growing_points"]
            ),
            ascending["growing_widths"],
        )
        for ratio in ascending["ratios"]
    ]
    fixed = [
        Map(
            family,
            f"d0 = {d0}",
            tuple((n, d0) for n in ascending["fixed_points"]),
            widths,
        )
        for family, widths in (
            ("B", ascending["fixed_widths"]),
            ("wide", ascending["wide_widths"]),
        )
        for d0 in ascending["dimensions"]
    ]
    return growing + fixed


def _cells(settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for group in _groups(settings):
        methods = {"exact": settings["trials"]}
        if group.family != "wide":
            methods["float64"] = methods["float32"] = _sample(settings)
        for n, d0 in group.sizes:
            for d1 in group.widths:
                for method, trials in methods.items():
                    for first in range(0, trials, _PIECE[method]):
                        cell = {
                            "n": n,
                            "d0": d0,
                            "d1": d1,
                            "method": method,
                            "first": first,
                            "trials": _PIECE[method],
                        }
                        found[tuple(cell.values())] = cell
    return [*found.values(), *refined_cells(settings)]


def _sample(settings: Mapping[str, Any]) -> int:
    return int(min(settings["numerical_trials"], settings["trials"]))


def _measure(cell: Cell, seed: int, tell: Progress) -> dict[str, Any]:
    """Return a digit a trial, 1 for full rank."""
    if "refined to" in cell:
        tell(0.0, f"n = {cell['n']}, d0 = {cell['d0']}, refined")
        return refined(cell, seed)
    n, d0, d1, method = (cell[name] for name in ("n", "d0", "d1", "method"))
    tell(0.0, f"n = {n}, d0 = {d0}, {d1} units, {method}")
    found = full_rank_probability(
        n, d0, d1, cell["trials"], seed, method=method, first=cell["first"]
    )
    return {
        "full": "".join(str(int(each)) for each in found.verdicts),
        "chance of error": found.error_probability or 0.0,
    }


def _conclude(
    settings: Mapping[str, Any],
    cells: Sequence[Cell],
    results: Sequence[Mapping[str, Any]],
) -> Measurement:
    places = [at for at, cell in enumerate(cells) if "refined to" not in cell]
    mapped = [results[at] for at in places]
    groups, verdicts = _groups(settings), Verdicts([cells[at] for at in places], mapped)
    probabilities, precision, thresholds, trends = [], [], [], []
    sample = _sample(settings)
    for group in groups:
        rows = probability_rows(group, verdicts, settings["trials"])
        probabilities += rows
        if group.family != "wide" and sample:
            precision += precision_rows(group, verdicts, sample)
        own = threshold_rows(group, rows)
        thresholds += own
        trends += trend_rows(group, own)
    thresholds += refined_rows(cells, results)
    chance = sum(result["chance of error"] for result in mapped)
    return Measurement(
        {
            "probabilities": probabilities,
            "thresholds": thresholds,
            "trends": trends,
            "precision": precision,
        },
        findings(thresholds, trends, precision),
        notes=(
            "An exact verdict of full rank is proved. The chance, over random primes, "
            "that any deficient one is wrong is below "
            f"{number(max(chance, 1e-300), digits=1)}.",
            "On the line the predicted width is that at which three neighbours share a "
            "column half the time: such a triple is deficient, as a unit has only two "
            "parameters. It grows like n to the power 3/2.",
        ),
        charts=_CHARTS,
    )


_MAPS = tuple(
    Chart(
        name=name,
        title=title,
        table="probabilities",
        x="n",
        y="d1",
        kind="heat map",
        panels="group",
        only={"family": family},
        z="probability",
        z_label="probability of full rank",
        z_range=(0.0, 1.0),
        log=log,  # type: ignore[arg-type]
        x_label="points n",
        y_label="width d1",
        caption=caption,
        figure="" if family == "wide" else "Figures 2 and 3",
    )
    for name, title, family, log, caption in (
        (
            "growing",
            "How often the Jacobian has full rank where d0 grows with n.",
            "A",
            "",
            "The transition lies at nearly the same width for all n.",
        ),
        (
            "fixed",
            "How often the Jacobian has full rank at fixed d0.",
            "B",
            "",
            "The transition climbs with n; at d0 = 1 it leaves the paper's widths.",
        ),
        (
            "wide",
            "The same on widths far beyond the paper's.",
            "wide",
            "xy",
            "On logarithmic axes the transition's slope is the exponent of n.",
        ),
    )
)
_THRESHOLDS = tuple(
    Chart(
        name=f"thresholds_{family.lower()}",
        title=title,
        table="thresholds",
        x="n",
        y="threshold",
        by="group",
        only={"family": family},
        low="low",
        high="high",
        log=log,  # type: ignore[arg-type]
        x_label="points n",
        y_label="width at which half have full rank",
        caption="Bars: 95 % intervals of the logistic fit.",
    )
    for family, title, log in (
        ("A", "The threshold width where d0 grows with n.", ""),
        ("B", "The threshold width at fixed d0, on the paper's widths.", ""),
        ("wide", "The threshold width at fixed d0, on all widths.", "xy"),
        ("refined", "The threshold width at fixed d0, with more cells about it.", ""),
    )
)
_CHARTS = (
    *_MAPS,
    *_THRESHOLDS,
    Chart(
        name="precision",
        title="What the precision of the rank does to the heat map.",
        table="precision",
        x="d1",
        y="probability",
        by="method",
        panels="n",
        only={"family": "B", "group": "d0 = 2"},
        x_label="width d1",
        y_label="share with full rank",
        caption="The same networks judged by the exact rank and by numpy's "
        "matrix_rank; float64 lies on the exact rank, float32 below it.",
    ),
)

EXPERIMENT = Experiment(
    name="karhadkar_heat_maps",
    title="Heat maps of full Jacobian rank",
    question="From which width on does a random network's Jacobian have full rank?",
    source=KARHADKAR_2024,
    where="Section 7, both families of heat maps",
    settings={
        "ratios": Setting.real(
            "r in d0 = ceil(r n)",
            tuple(each["dimension_ratio"] for each in FAMILY_A),
            (0.25, 1.0),
            1e-3,
            1e3,
        ),
        "growing_points": Setting.whole(
            "n where d0 grows with it",
            tuple(FAMILY_A[0]["point_counts"]),
            (10, 50),
            1,
            5000,
        ),
        "growing_widths": Setting.whole(
            "d1 there, ascending",
            tuple(FAMILY_A[0]["widths"]),
            (2, 4, 6, 9, 13),
            1,
            10**5,
        ),
        "dimensions": Setting.whole(
            "fixed d0", tuple(each["dimension"] for each in FAMILY_B), (1, 2), 1, 1000
        ),
        "fixed_points": Setting.whole(
            "n at fixed d0", tuple(FAMILY_B[0]["point_counts"]), (10, 20, 30), 1, 5000
        ),
        "fixed_widths": Setting.whole(
            "d1 there, ascending", tuple(FAMILY_B[0]["widths"]), (30, 90), 1, 10**5
        ),
        "wide_widths": Setting.whole(
            "d1 of our wider grid, ascending", _WIDE, (8, 32, 128, 512), 1, 10**6
        ),
        "trials": Setting.whole("networks for each n and d1", 100, 100, 1, 10**6),
        "refined_trials": Setting.whole(
            "networks at each width about a refined threshold", 400, 60, 4, 10**6
        ),
        "numerical_trials": Setting.whole(
            "of these, how many the numerical rank judges too", 25, 25, 0, 10**6
        ),
    },
    claims=CLAIMS,
    assumptions=(
        "Points are uniform on [0, 1]^d0 and the weights and biases PyTorch's default, "
        "uniform on ±1/sqrt(d0), as in the published settings; the Jacobian is that in "
        "the inner weights and biases.",
        "Ranks are exact, and so do not depend on the outer weights; the paper's way, "
        "numpy's matrix_rank in float32, judges a sample of the same networks.",
        "A threshold is where a logistic curve in d1 (on the wider grid in log d1) "
        "crosses one half. At fixed d0 it is refined: halving up to the map's greatest "
        "width by a quarter of `refined_trials`, then all of them at each of 7 widths.",
        "'Linear' is read as a line with an intercept, set against a constant, log n, "
        "√n, n√n and n²; 'hardly depends on n' as log n or a constant, set against a "
        "line.",
    ),
    cells=_cells,
    measure=_measure,
    conclude=_conclude,
)
