"""The page to play with: a small network, its kernel and its fit, in the browser."""

import base64
from collections.abc import Mapping
from typing import Any

import numpy as np

from widthwise.errors import DataError
from widthwise.records import Record
from widthwise.report.parts import Page, html

__all__ = ["explore_page"]

_SCRIPTS = (
    "explore-algebra", "explore-network", "explore-findings", "explore-drawing",
    "explore-figures", "explore-points", "explore",
)  # fmt: skip


def explore_page(record: Record) -> str:
    """Draw the page on which a reader moves points, as HTML that needs no network.

    The browser computes features, fits, kernels and eigenvalues from the weights and
    duals in the record, and agrees with this library up to rounding.

    Parameters
    ----------
    record
        What `widthwise.experiments.exploration` returns.

    Returns
    -------
    str
        The page, below 1 MB. The same record gives the same bytes.

    Raises
    ------
    DataError
        If the record is of another kind.

    Examples
    --------
    >>> import widthwise as ww
    >>> page = ww.report.explore_page(ww.experiments.exploration(0))
    >>> page[:15], 'src="http' in page, len(page) < 10**6
    ('<!DOCTYPE html>', False, True)
    """
    content = record.content
    if content.get("kind") != "explore":
        raise DataError(
            f"The record is of kind {content.get('kind')!r}; this page is drawn from "
            "one of widthwise.experiments.exploration."
        )
    page = Page(
        template="explore-page.html",
        telling=None,
        found=(),
        preferred=None,
        figures=(),
        context={
            "activation_options": [
                (each["name"],) * 2 for each in content["activations"]
            ],
            "draw_options": [(k, k + 1) for k in range(len(content["seeds"]))],
            "draws": len(content["seeds"]),
        },
        own_scripts=_SCRIPTS,
        own_styles=("explore",),
        data={"settings": dict(content), "arrays": _packed(record.arrays)},
    )
    return html(
        page, {key: content[key] for key in ("widthwise", "created", "deepest")}
    )


def _packed(arrays: Mapping[str, np.ndarray]) -> dict[str, dict[str, Any]]:
    """Return arrays as the bytes of their floats, which lose no digit."""
    return {
        name: {
            "columns": each.shape[-1],
            "base64": base64.b64encode(each.astype("<f8").tobytes()).decode(),
        }
        for name, each in arrays.items()
    }
