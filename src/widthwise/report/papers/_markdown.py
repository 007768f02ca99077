"""The summary of the papers as a Markdown table."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from widthwise.records import Record
from widthwise.report.experiments import claim_status, groups, told
from widthwise.report.papers._groups import Paper, papers, seconds_of
from widthwise.report.parts import count, duration

__all__ = ["papers_markdown"]

_SPECIAL = str.maketrans(
    {each: f"\\{each}" for each in "\\|`*_[]<>#$"} | {"\n": " ", "\r": " "}
)


def papers_markdown(
    records: Sequence[Record],
    links: Mapping[str, str] | None = None,
    *,
    longest: int | None = None,
) -> str:
    """Return the verdicts on each claim, paper by paper, as Markdown.

    Parameters
    ----------
    records
        Records of experiments, in the order they are to be shown.
    links
        For an experiment's name where its own page is.
    longest
        Characters of a claim's evidence to show; the rest is on the experiment's page.
        None shows it whole.

    Returns
    -------
    str
        A sentence with the counts, then for each paper a heading of the third level,
        a table of its claims, and one of ours. Words from the records are escaped.

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
    >>> text = ww.report.papers_markdown([study.run(small, quick=True)])
    >>> print(text.splitlines()[2])
    ### Panigrahi, Shetty and Goyal (2020), arXiv:1908.05660
    """
    found = papers(records)
    shown = [one for paper in found for one in paper.records]
    findings = [each for paper in found for each in paper.findings]
    seconds = seconds_of(shown)
    took = "" if seconds is None else f" They took {duration(seconds)} together."
    several = "" if len(shown) == 1 else "s"
    lines = [
        f"In {count(len(shown))} experiment{several}, "
        f"{_escaped(told(findings, 'papers'))}.{took}",
        "",
    ]
    for paper in found:
        lines += _table(paper, links or {}, longest)
    return "\n".join(lines)


def _table(paper: Paper, links: Mapping[str, str], longest: int | None) -> list[str]:
    lines = [f"### {_escaped(paper.source)}", ""]
    counts = _escaped(told(paper.findings))
    if paper.title:
        lines += [f"*{_escaped(paper.title)}*: {counts}.", ""]
    for group in groups(paper.findings):
        if rows := list(_rows(paper, group.mark, links, longest)):
            lines += [
                f"**{_escaped(group.heading)}**",
                "",
                "| experiment | claim, in our words | verdict | evidence |",
                "|---|---|---|---|",
                *rows,
                "",
            ]
    return lines


def _rows(
    paper: Paper, mark: str, links: Mapping[str, str], longest: int | None
) -> Iterator[str]:
    for record in paper.records:
        content = record.content
        name = _escaped(content["title"])
        if content["name"] in links:
            name = f"[{name}]({links[content['name']]})"
        if content["quick"]:
            name += " (quick run: decides little)"
        for each in _of(content["findings"], mark):
            claim = f"{_escaped(each['statement'])} ({_escaped(each['where'])})"
            verdict = _escaped(claim_status(each["verdict"]).word.lower())
            evidence = _escaped(_shortened(each["evidence"], longest))
            yield f"| {name} | {claim} | **{verdict}** | {evidence} |"
            name = ""  # said once, as a table that spans rows would
        if mark == "paper" and not content["findings"]:
            yield f"| {name} | – | – | The record decides no claim. |"


def _of(
    findings: Sequence[Mapping[str, Any]], mark: str
) -> Sequence[Mapping[str, Any]]:
    found = [each.findings for each in groups(findings) if each.mark == mark]
    return found[0] if found else ()


def _shortened(text: str, longest: int | None) -> str:
    if longest is None or len(text) <= longest:
        return text
    return f"{text[:longest].rpartition(' ')[0].rstrip(';,:')} …"


def _escaped(text: str) -> str:
    return text.translate(_SPECIAL)
