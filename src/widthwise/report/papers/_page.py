"""The summary page of the papers: claim by claim, with a small chart each."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from widthwise.records import Record
from widthwise.report.charts import CHART_SCRIPTS, Drawing, Looks, chart_figure
from widthwise.report.experiments import CLAIMS, drawings, groups
from widthwise.report.papers._groups import Paper, papers, seconds_of
from widthwise.report.parts import Figure, Page, html

__all__ = ["papers_page"]

_LEGEND_MOST = 8


def papers_page(
    records: Sequence[Record],
    links: Mapping[str, str] | None = None,
    *,
    library: str | None = None,
) -> str:
    """Draw the summary of several experiments as one HTML page that needs no network.

    At the top it counts how many claims of the papers hold, fail and are not decided,
    and apart from them how many of ours; then it lists them paper by paper and
    experiment by experiment, with the first chart of each.

    Parameters
    ----------
    records
        Records of experiments, in the order they are to be shown.
    links
        For an experiment's name where its own page is, relative to this one.
    library
        Where the plotting library lies, relative to this page, if it was written with
        `write_library`.

    Returns
    -------
    str
        The page, below 1.5 MB: 0.7 MB is the plotting library, if it is not read from
        elsewhere. The same records give the same bytes.

    Raises
    ------
    InvalidArgumentError
        If there are no records.
    DataError
        If one is no experiment's, or a part of it is missing.

    Examples
    --------
    >>> import widthwise as ww
    >>> study = ww.experiments.CATALOG["panigrahi_dimension"]
    >>> small = {"count": 6, "dimensions": (3, 5), "activations": ("relu",)}
    >>> page = ww.report.papers_page([study.run(small, quick=True)])
    >>> study.title in page, 'src="http' in page
    (True, False)
    """
    found = papers(records)
    shown = [one for paper in found for one in paper.records]
    looks = Looks()
    keys = [_key(record.content, place, looks) for place, record in enumerate(shown)]
    studies = [
        _study(record, key, dict(links or {}))
        for record, key in zip(shown, keys, strict=True)
    ]
    findings = [each for paper in found for each in paper.findings]
    page = Page(
        template="papers-page.html",
        telling=CLAIMS,
        found=(),
        preferred=None,
        figures=[figure for _, figure in filter(None, keys)],
        context={
            "papers": _sections(found, studies),
            "groups": groups(findings, "papers"),
            "experiments": len(shown),
            "quick": sum(bool(each.content["quick"]) for each in shown),
            "seconds": seconds_of(shown),
            "legend_most": _LEGEND_MOST,
        },
        own_scripts=CHART_SCRIPTS,
        own_styles=("charts", "experiment", "papers"),
    )
    newest = max(shown, key=lambda each: str(each.content["created"]))
    content = {key: newest.content[key] for key in ("widthwise", "created")}
    return html(page, content, library)


def _sections(
    found: Sequence[Paper], studies: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    rest = iter(studies)
    return [
        {
            "identifier": f"paper-{place}",
            "source": paper.source,
            "short": paper.source.partition(", arXiv")[0],
            "title": paper.title,
            "groups": groups(paper.findings),
            "studies": [next(rest) for _ in paper.records],
        }
        for place, paper in enumerate(found)
    ]


def _study(
    record: Record, key: tuple[Drawing, Figure] | None, links: Mapping[str, str]
) -> dict[str, Any]:
    content = record.content
    return {
        "title": content["title"],
        "question": content["question"],
        "where": content["where"],
        "quick": content["quick"],
        "seconds": content.get("seconds"),
        "link": links.get(content["name"]),
        "groups": groups(content["findings"]),
        "drawing": key[0] if key else None,
        "figure": key[1] if key else None,
    }


def _key(
    content: Mapping[str, Any], place: int, looks: Looks
) -> tuple[Drawing, Figure] | None:
    """Return the first chart that can be drawn, its first panel alone."""
    for each in drawings(content, looks):
        if each.problem is None:
            small = _first_panel(each)
            return small, chart_figure(small, place, prefix="key", is_small=True)
    return None


def _first_panel(found: Drawing) -> Drawing:
    """Return the drawing with one panel and the series that are in it."""
    panel = found.panels[0]
    used = sorted({line.series for line in panel.lines})
    lines = tuple(replace(line, series=used.index(line.series)) for line in panel.lines)
    return replace(
        found,
        panels=(replace(panel, lines=lines),),
        series=tuple(found.series[each] for each in used),
        looks=tuple(found.looks[each] for each in used),
    )
