"""The spectra of the G-matrix as rows of a table, and how they are drawn."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from widthwise.experiments.shared import Chart

__all__ = ["charts", "spectrum_rows"]


def spectrum_rows(
    infinite: Mapping[str, Any], finite: Sequence[Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Yield each eigenvalue, the largest first: that of the limit and of networks.

    Parameters
    ----------
    infinite, finite
        What the cells of infinite and of finite width measured, with the same points
        and activation.
    """
    scale = infinite["scale"]
    networks = scale * np.array([each["eigenvalues"] for each in finite])
    pairs = zip(infinite["eigenvalues"], infinite["bounds"], strict=True)
    for index, (value, bound) in enumerate(pairs):
        yield {
            "index": index + 1,
            "eigenvalue": scale * value,
            "bound": scale * bound,
            "is_resolved": value > bound,
            "network_median": float(np.median(networks[:, index])),
            "network_low": float(networks[:, index].min()),
            "network_high": float(networks[:, index].max()),
        }


_FIGURES = {"half_circle": "Figure 1 (c), (d)", "cifar10": "The CIFAR-10 study"}


def charts(rows: Sequence[Mapping[str, Any]]) -> tuple[Chart, ...]:
    """Return the charts for the point sets of these rows."""
    width = rows[0]["width"]
    found = [
        Chart(
            name=f"spectra_{kind}",
            title=f"Eigenvalues of the G-matrix, {kind.replace('_', ' ')}.",
            table="spectra",
            x="index",
            y="eigenvalue",
            by="activation",
            panels="n",
            only={"points": kind, "is_resolved": True},
            log="y",
            x_label="index",
            y_label="eigenvalue",
            caption="Infinite width, E σ(g)² = 1. Eigenvalues that float64 cannot tell "
            "from zero are left out.",
            figure=_FIGURES.get(kind, ""),
        )
        for kind in dict.fromkeys(row["points"] for row in rows)
    ]
    found.append(
        Chart(
            name="smallest",
            title="relu has the largest smallest eigenvalue on points of few "
            "dimensions.",
            table="eigenvalues",
            x="activation",
            y="smallest",
            kind="points",
            low="smallest_low",
            high="smallest_high",
            by="points",
            panels="n",
            only={"is_resolved": True},
            log="y",
            x_label="activation",
            y_label="λ_min of the G-matrix",
            caption="Infinite width. Where float64 cannot tell λ_min from zero, no "
            "point is drawn.",
        )
    )
    found.append(
        Chart(
            name="width_agrees",
            title=f"Networks of width {width:,} have the limit's smallest eigenvalue.",
            table="eigenvalues",
            x="activation",
            y="ratio_median",
            kind="points",
            low="ratio_low",
            high="ratio_high",
            by="points",
            panels="n",
            only={"is_resolved": True},
            x_label="activation",
            y_label="λ_min of a network / λ_min of the limit",
            caption="Median, least and largest ratio of the networks that were drawn.",
        )
    )
    return tuple(found)
