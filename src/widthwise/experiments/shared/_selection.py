"""The experiments of a paper, or of one of its figures."""

import re
from collections.abc import Mapping

from widthwise.errors import UnknownNameError, unknown_name
from widthwise.experiments.shared._definition import Experiment

__all__ = ["selection"]

ALL = "all"

_FIGURE = re.compile(r"(?:figure|fig\.?)?[ _-]*(\d+)", re.IGNORECASE)
_IN_TEXT = re.compile(r"Figures? (\d+)")


def selection(
    catalog: Mapping[str, Experiment], paper: str = ALL, figure: str | None = None
) -> list[Experiment]:
    """Return the experiments that are asked for, in the catalog's order.

    Parameters
    ----------
    paper
        "all", a paper's first author in lower case, or an experiment's name.
    figure
        A figure's number in the paper ("1", "figure 1"), or the part of an
        experiment's name behind the author.

    Raises
    ------
    UnknownNameError
        If there is no such paper, or it has no such figure; those there are, are named.

    Examples
    --------
    >>> import widthwise as ww
    >>> catalog = ww.experiments.CATALOG
    >>> [each.name for each in ww.experiments.selection(catalog, "oymak", "rate")]
    ['oymak_rate']
    """
    if paper in catalog:
        if figure is not None:
            raise UnknownNameError(
                f"{paper} is one experiment, and has no figure {figure!r} to choose. "
                f"Leave the figure out, or name the paper, {paper.partition('_')[0]}."
            )
        return [catalog[paper]]
    authors = dict.fromkeys(name.partition("_")[0] for name in catalog)
    if paper == ALL:
        if figure is not None:
            raise UnknownNameError(
                f"The figure {figure!r} was asked for without a paper. Name one of "
                f"{', '.join(authors)} before it."
            )
        return list(catalog.values())
    if paper not in authors:
        raise unknown_name("paper or experiment", paper, (ALL, *authors, *catalog))
    of_paper = [each for each in catalog.values() if _author(each) == paper]
    if figure is None:
        return of_paper
    wanted = _FIGURE.fullmatch(figure.strip())
    found = [
        each
        for each in of_paper
        if each.name == f"{paper}_{figure}"
        or (wanted is not None and wanted[1] in _IN_TEXT.findall(each.where))
    ]
    if not found:
        known = ", ".join(
            f"{each.name.partition('_')[2]} ({each.where})" for each in of_paper
        )
        raise UnknownNameError(
            f"{paper} has no experiment or figure {figure!r}. It has {known}."
        )
    return found


def _author(each: Experiment) -> str:
    return each.name.partition("_")[0]
