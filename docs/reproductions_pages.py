"""The parts of the pages on the papers that committed records and claims decide.

`python docs/reproductions_pages.py` writes them: the claims on the index and on each
experiment's page with the time the run took, the number of each figure, and the page
"Statement by statement". What stands around them is written by hand.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from widthwise.experiments import NAMES
from widthwise.prose import Prose
from widthwise.records import Record
from widthwise.report import papers_markdown
from widthwise.wording import duration

HERE = Path(__file__).parent / "reproductions"
SHOWN = 240
PAPERS = {
    "benson": "Benson, Damle and Townsend (2020), arXiv:2010.15959",
    "karhadkar": "Karhadkar, Murray, Tseran and Montúfar (2024), arXiv:2305.19510",
    "oymak": "Oymak and Soltanolkotabi (2020), arXiv:1902.04674",
    "panigrahi": "Panigrahi, Shetty and Goyal (2020), arXiv:1908.05660",
}
ORIGINS = {"paper": "Claims of the paper", "ours": "Beyond the paper: claims of ours"}
VERDICTS = ("holds", "fails", "not decided")
_PACKAGES = ("widthwise", "torch", "numpy", "scipy")
_SPECIAL = str.maketrans({each: f"\\{each}" for each in "\\|`*_[]<>#$"})
STATEMENTS = """\
# Statement by statement

Every definition, lemma, theorem, corollary, remark, figure and table of the four
papers: what it says in our words, the call that computes it, the test that holds it to
another route, and the verdict. A verdict of claims is that of the committed records
({claims}). "Tested" means that the statement is exact mathematics, which its tests
check. Where a paper's text, number or constant is lost, its place says so: such a bound
is an order of magnitude here, never a certificate.

{counts}
"""


def main() -> None:
    """Write all of them."""
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")


def pages() -> dict[Path, str]:
    """Return the text of each page that has made parts, as it should be."""
    found = records()
    made = {
        HERE / f"{name}.md": experiment_page(name, record)
        for name, record in found.items()
        if (HERE / f"{name}.md").is_file()
    }
    made[HERE / "index.md"] = index_page(list(found.values()))
    made[HERE / "statements.md"] = statements_page(found)
    return made


def records() -> dict[str, Record]:
    """Return the committed records, in the catalog's order."""
    return {
        name: Record.load(HERE / name)
        for name in NAMES
        if (HERE / name / "record.json").is_file()
    }


def index_page(found: Sequence[Record]) -> str:
    """Return the index, its section on the claims made anew."""
    links = {each.content["name"]: f"{each.content['name']}.md" for each in found}
    text = (HERE / "index.md").read_text(encoding="utf-8")
    return _section(text, "The claims", papers_markdown(found, links, longest=SHOWN))


def experiment_page(name: str, record: Record) -> str:
    """Return an experiment's page, its claims, figures' numbers and time made anew."""
    content = record.content
    text = (HERE / f"{name}.md").read_text(encoding="utf-8")
    text = re.sub(r"^It took .*$", _took(content), text, count=1, flags=re.MULTILINE)
    for chart in content["charts"]:
        picture = rf"(!\[[^\n]*\]\({name}/{chart['name']}\.png\))\n\n\*[^\n]*\*"
        text = re.sub(picture, lambda hit, of=chart: _figure(hit[1], of), text)
    return _section(text, "Claim by claim", "\n".join(_claims(content["findings"])))


def statements_page(found: Mapping[str, Record]) -> str:
    """Return the table of statements with their verdicts."""
    known = {
        f"{name}.{each['name']}": each
        for name, record in found.items()
        for each in record.content["findings"]
    }
    rows: dict[str, list[str]] = {paper: [] for paper in PAPERS}
    verdicts: list[str] = []
    for each in statements():
        verdict = verdict_of(each, known)
        verdicts.append(verdict.partition(":")[0])
        cells = (
            f"**{plain(each['place'])}**: {plain(each['says'])}",
            ", ".join(f"`{call}`" for call in each.get("calls", [])) or "–",
            "<br>".join(f"`{_short(test)}`" for test in each.get("tests", [])) or "–",
            plain(verdict),
        )
        rows[each["paper"]].append(f"| {' | '.join(cells)} |")
    lines = [STATEMENTS.format(claims=len(known), counts=_counts(verdicts))]
    for paper, some in rows.items():
        lines += [f"## {PAPERS[paper]}", "", "| statement | call, in `widthwise` |"]
        lines[-1] += " test | verdict |"
        lines += ["|---|---|---|---|", *some, ""]
    return "\n".join(lines)


def statements() -> list[dict[str, Any]]:
    """Return the statements as they are listed."""
    text = (HERE / "statements.toml").read_text(encoding="utf-8")
    listed: list[dict[str, Any]] = tomllib.loads(text)["statement"]
    return listed


def verdict_of(
    statement: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]
) -> str:
    """Return what decides a statement: its claims' verdicts, its tests, or its note."""
    named = statement.get("claims", [])
    claims = [known[name]["verdict"] for name in named if name in known]
    note = f" ({statement['note']})" if "note" in statement else ""
    if len(claims) < len(named):
        note += f" ({len(named) - len(claims)} claims wait for a committed run)"
    if not claims:
        return ("tested" if statement.get("tests") else "not decided") + note
    counts = [f"{claims.count(each)} {each}" for each in VERDICTS if each in claims]
    if len(counts) == 1:
        return claims[0] + note
    return "in parts: " + ", ".join(counts) + note


def _counts(verdicts: Sequence[str]) -> str:
    words = {"holds": "hold", "fails": "fail", "not decided": "are not decided"}
    words |= {"tested": "are tested", "in parts": "hold in parts"}
    parts = []
    for each in dict.fromkeys((*VERDICTS, "in parts", "tested")):
        number = sum(verdict.split(" (")[0] == each for verdict in verdicts)
        if number:
            parts.append(f"{number} {words[each]}")
    return f"Of {len(verdicts)} statements {', '.join(parts)}."


def _short(test: str) -> str:
    return test.removeprefix("tests/").replace("::test_", ": ").removesuffix(".py")


def plain(text: str) -> str:
    """Return words as Markdown shows them."""
    return text.translate(_SPECIAL)


def _took(content: Mapping[str, Any]) -> str:
    packages = content["environment"]["packages"]
    versions = ", ".join(f"{name} {packages[name]}" for name in _PACKAGES)
    seconds = content["seconds"]
    took = "It took several goes, whose time the record does not hold"
    if seconds is not None:
        took = f"It took {duration(seconds)}"
    command = f"widthwise reproduce {content['name']}"
    return (
        f"{took} (`{command}`). Versions: {versions}. The same settings and "
        "seed give the same numbers."
    )


def _figure(picture: str, chart: Mapping[str, Any]) -> str:
    number = chart.get("figure")
    lead = f"{number} of the paper, drawn again: " if number else "Ours: "
    caption = f" {chart['caption']}" if chart["caption"] else ""
    return f"{picture}\n\n*{lead}{plain(chart['title'] + caption)}*"


def _claims(findings: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for origin, heading in ORIGINS.items():
        some = [each for each in findings if each.get("origin") == origin]
        if not some:
            continue
        yield f"### {heading}\n\n| claim, in our words | verdict | evidence |"
        yield "|---|---|---|"
        for each in some:
            claim = f"{each['statement']} ({each['where']})"
            if each["cut_off"]:
                claim += f" A number of ours: {each['cut_off']}."
            said = plain(each["evidence"])
            yield f"| {plain(claim)} | **{each['verdict']}** | {said} |"
        yield ""
        for each in some:
            yield from _cases(each)


def _cases(finding: Mapping[str, Any]) -> Iterator[str]:
    if not finding.get("cases"):
        return
    yield "<details>"
    number, statement = len(finding["cases"]), finding["statement"]
    yield f"<summary>All {number} cases: {statement}</summary>"
    yield ""
    for case in finding["cases"]:
        words = Prose(case["words"]["text"], tuple(case["words"]["numbers"]))
        yield f"- **{case['verdict']}**: {plain(str(words))}"
    yield "\n</details>\n"


def _section(text: str, heading: str, body: str) -> str:
    """Return the text with all between this heading and the next one replaced."""
    before, mark, after = text.partition(f"## {heading}\n")
    if not mark:
        raise SystemExit(f"There is no section {heading!r} to renew.")
    rest = re.search(r"^## ", after, flags=re.MULTILINE)
    kept = after[rest.start() :] if rest else ""
    return f"{before}{mark}\n{body.strip()}\n\n{kept}"


if __name__ == "__main__":
    main()
