"""The summary of the papers: as a page, in Markdown, and one experiment in a shell."""

import io

import pytest
from made_experiment_records import charts, experiment, findings
from page_reader import Reader
from rich.console import Console

from widthwise.errors import DataError, InvalidArgumentError
from widthwise.report import papers_markdown, papers_page, table
from widthwise.sources import OYMAK_2020

OYMAK = experiment(
    name="oymak_phases",
    title="How wide to fit random labels",
    source=str(OYMAK_2020),
    findings=findings()[1:3],
    charts=charts()[3:4],
    quick=True,
    seconds=45.5,
)


@pytest.fixture(scope="module")
def page(experiment_record):
    return papers_page(
        [experiment_record, OYMAK, experiment(charts=[], findings=[])],
        {"oymak_phases": "oymak_phases/report.html"},
    )


def words(page):
    return " ".join(Reader(page).text.split())


def test_counts_of_all_claims_stand_at_the_top(page):
    text = words(page)
    assert "2 papers · 3 experiments · 1 with quick settings · took 25 min 54 s" in text
    together = (
        "All claims together Claims of the papers "
        "1 claim holds 2 claims fail 2 claims not decided "
        "Beyond the papers: claims of ours "
        "1 claim holds 0 claims fail 0 claims not decided"
    )
    assert together in text


def test_experiments_stand_under_their_paper(page):
    text = words(page)
    first, second = text.split(f"{OYMAK_2020} {OYMAK_2020.title}")
    assert "How the condition number depends on the width" in first
    assert "How wide to fit random labels" not in first
    assert "0 claims hold 1 claim fails 1 claim not decided" in second
    for each in OYMAK.content["findings"]:
        assert each["statement"] in second


def test_quick_runs_are_marked_and_full_ones_are_not(page):
    text = words(page)
    assert "1 of 3 experiments were made with settings for a first look" in text
    assert text.count("quick run: decides little") == 1
    assert text.count("· full settings") == 2


def test_each_experiment_has_its_page_and_its_first_chart(page):
    reader = Reader(page)
    links = [each["href"] for each in reader.all("a")]
    assert links.count("oymak_phases/report.html") == 1
    plots = [each["id"] for each in reader.all("div") if each.get("role") == "img"]
    assert plots == ["plot-key-0", "plot-key-2"]
    assert reader.unclosed == []


def test_hostile_words_make_no_element(experiment_records):
    reader = Reader(papers_page(list(experiment_records.values())))
    assert len(reader.all("script")) == 3
    assert reader.all("img") == []
    ids = [each["id"] for _, each in reader.elements if "id" in each]
    assert len(ids) == len(set(ids))
    for _, attributes in reader.elements:
        assert not any(name.startswith("on") for name in attributes)


def test_markdown_has_a_row_for_each_claim(experiment_record):
    text = papers_markdown([experiment_record, OYMAK], {"oymak_phases": "o.md"})
    lines = text.splitlines()
    assert lines[0] == (
        "In 2 experiments, of the papers’ 5 claims 1 holds, 2 fail and 2 are not "
        "decided; of 1 of ours 1 holds. They took 13 min 20 s together."
    )
    rows = [each for each in lines if each.startswith("|") and "---" not in each]
    assert len(rows) == 6 + 3  # a heading for the claims of each paper, and for ours
    ours = lines.index("**Beyond the paper: claims of ours**")
    assert "relu is best" not in " ".join(lines[:ours])
    assert "relu is best" in lines[ours + 4]
    assert all(each.count("|") == 5 for each in rows)
    (first,) = [
        each for each in rows if "[How wide to fit random labels](o.md)" in each
    ]
    assert "(quick run: decides little)" in first
    assert "**fails**" in first


def test_markdown_keeps_hostile_words_in_their_cells(experiment_records):
    text = papers_markdown([experiment_records["hostile"]])
    assert "<script>" not in text.replace("\\<script\\>", "")
    rows = [each for each in text.splitlines() if each.startswith("| ")]
    assert len(rows) == 1 + 4  # The heads, and the findings, of ours alone.
    for row in rows:
        assert row.replace("\\|", "").count("|") == 5


@pytest.mark.parametrize("summary", [papers_page, papers_markdown])
def test_no_records_and_records_of_another_kind_are_refused(summary, record):
    with pytest.raises(InvalidArgumentError, match="no records to sum up"):
        summary([])
    with pytest.raises(DataError, match="kind 'diagnosis'"):
        summary([record])


@pytest.mark.parametrize("width", [40, 80, 120])
def test_a_terminal_shows_verdict_and_evidence(experiment_record, width):
    file = io.StringIO()
    Console(file=file, width=width).print(table(experiment_record))
    lines = file.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    text = " ".join(file.getvalue().replace("│", " ").split())
    assert "✗ Fails: What the paper says of smooth is worse." in text
    assert "The interval 0.4 to 1.9 straddles 1." in text
    assert "A number of ours: a factor of two." in text
    assert text.index("Claims of the paper") < text.index("Beyond the paper: claims")
    last = (
        "Of the paper’s 3 claims 1 holds, 1 fails and 1 is not decided; of 1 of ours "
        "1 holds, in 12 min 34 s."
    )
    assert last in text


def test_hostile_words_reach_the_terminal_as_plain_text(experiment_records):
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding="ascii", errors="strict")
    for each in experiment_records.values():
        Console(file=file, width=80).print(table(each))
    file.flush()
    assert raw.getvalue().isascii()
    assert b"\x1b" not in raw.getvalue()


def test_markdown_cuts_long_evidence_between_words(experiment_record):
    whole = papers_markdown([experiment_record])
    cut = papers_markdown([experiment_record], longest=20)
    assert len(cut) < len(whole)
    for each in experiment_record.content["findings"]:
        if len(each["evidence"]) > 20:
            assert f"{each['evidence'].split()[0]}" in cut
    assert " … |" in cut


def test_a_paper_of_which_only_claims_of_ours_are_tested_has_no_empty_table():
    record = experiment(findings=[{**findings()[0], "origin": "ours"}])
    assert "Claims of the paper" not in papers_markdown([record])
