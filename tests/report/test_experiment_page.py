"""The page of an experiment: what is told, and in which order."""

import json
import re

import pytest
from made_experiment_records import experiment
from made_records import HOSTILE
from page_reader import Reader, damaged

from widthwise.errors import DataError
from widthwise.records import Record
from widthwise.report import experiment_page, render, write, write_library


@pytest.fixture(scope="module")
def reader(experiment_record):
    return Reader(experiment_page(experiment_record))


def words(reader):
    return " ".join(reader.text.split())


def payload(page):
    """Return the figures that the browser draws."""
    return json.loads(re.search(r"const widthwiseRecord = (.*);</script>", page)[1])


def test_the_verdicts_come_first_with_their_evidence(reader, experiment_record):
    text = words(reader)
    assert "1 claim holds 1 claim fails 1 claim not decided" in text
    ours = text.index("Beyond the paper: claims of ours")
    assert ours < text.index("What the paper says of relu is best.")
    assert "A number of oursa factor of two" in text
    for each in experiment_record.content["findings"]:
        assert text.index(each["statement"]) < text.index("Figures", 500)
    assert "tanh, swish and elu at 20000." in text
    assert "Refuted bya median ratio outside [0.9, 1.1]" in text


def test_a_verdict_is_said_in_a_word_and_a_shape_not_by_colour_alone(reader):
    text = words(reader)
    for word in ("Holds", "Fails", "Not decided"):
        assert f"{word} What the paper says" in text
    assert sum(each.get("class") == "icon" for each in reader.all("svg")) == 2 * 3 + 4


def test_every_chart_is_drawn_with_its_title_caption_and_numbers(experiment_record):
    page = experiment_page(experiment_record)
    figures = payload(page)["figures"]
    assert list(figures) == [f"chart-{place}" for place in range(5)]
    text = words(Reader(page))
    for chart in experiment_record.content["charts"]:
        assert chart["title"] in text
        assert chart["caption"] in text
    relu = figures["chart-0"]["curves"][0]["traces"][0][-1]
    assert relu["hint"]["lines"][0] == ["<b>relu, prostate</b>"]
    assert relu["y"][0] == 100 * (1 + 400 / 100)


def test_a_picture_is_told_in_words(reader):
    labels = [
        each["aria-label"] for each in reader.all("div") if each.get("role") == "img"
    ]
    assert labels[0].startswith(
        "Line chart: condition number κ(G) against width m (hidden units), both axes "
        "logarithmic, in 5 panels. prostate, relu: 500 at 100, 102 at 20,000."
    )
    assert "Heat map of share of runs that fit" in labels[3]


def test_long_tables_are_folded_and_short_ones_open(reader, experiment_record):
    sheets = [each for each in reader.all("details") if each.get("class") == "sheet"]
    rows = [len(each) for each in experiment_record.content["tables"].values()]
    assert ["open" in each for each in sheets] == [each <= 12 for each in rows]
    text = words(reader)
    assert "The first 50 rows; all 160 are in record.json." in text


def test_an_activation_without_a_jump_is_infinitely_smooth():
    rows = [{"smoothness": 1, "gap": 2.0}, {"smoothness": None, "gap": None}]
    text = words(Reader(experiment_page(experiment(tables={"spectra": rows}))))
    assert "smoothnessgap 12 ∞–" in text


def test_a_page_of_a_site_reads_the_library_that_it_shares(experiment_record, tmp_path):
    library = write_library(tmp_path)
    assert write_library(tmp_path).stat().st_mtime_ns == library.stat().st_mtime_ns
    (tmp_path / "one").mkdir()
    write(experiment_record, tmp_path / "one" / "report.html")
    page = (tmp_path / "one" / "report.html").read_text(encoding="utf-8")
    assert len(page) < 1_500_000
    assert page == experiment_page(experiment_record, library="../plotly.min.js")
    assert Reader(page).all("script")[0] == {"src": "../plotly.min.js"}
    (policy,) = [each for each in Reader(page).all("meta") if "http-equiv" in each]
    assert " 'self';" in policy["content"]
    assert "loads ../plotly.min.js, which lies beside it" in words(Reader(page))
    library.write_text("alert(1)")
    write(experiment_record, tmp_path / "one" / "report.html")
    whole = (tmp_path / "one" / "report.html").read_text(encoding="utf-8")
    assert whole == experiment_page(experiment_record)


def test_a_chart_says_which_figure_of_the_paper_it_draws_again(experiment_record):
    text = words(Reader(experiment_page(experiment_record)))
    first, second = experiment_record.content["charts"][:2]
    assert f"Figure 1 of the paper, drawn again {first['title']}" in text
    assert f"Ours, not a figure of the paper {second['title']}" in text


def test_cases_are_folded_under_their_evidence(experiment_record):
    case = {"verdict": "fails", "words": {"text": "d = 3: {}", "numbers": [2.5e-9]}}
    findings = [{**experiment_record.content["findings"][0], "cases": [case, case]}]
    reader = Reader(experiment_page(experiment(findings=findings)))
    assert "All 2 cases Fails: d = 3: 2.5×10⁻⁹ Fails:" in words(reader)
    assert "open" not in next(
        each for each in reader.all("details") if each.get("class") == "cases"
    )


def test_tables_link_to_their_files_where_those_are(experiment_record, tmp_path):
    links = [
        each["href"]
        for each in Reader(experiment_page(experiment_record, tables="tables")).all("a")
    ]
    assert "tables/conditioning.csv" in links
    (tmp_path / "tables").mkdir()
    write(experiment_record, tmp_path / "report.html")
    with_links = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert with_links == experiment_page(experiment_record, tables="tables")


def test_assumptions_settings_versions_and_both_calls_are_there(reader):
    text = words(reader)
    assert "The paper’s 100 points are read as uniform on the sphere." in text
    assert "tanh, width 100: 3 of 100 Gram matrices are singular." in text
    assert "100, 200, 500, 1,000, 2,000, 5,000, 10,000, 20,000" in text
    assert "took 12 min 34 s" in text
    assert "widthwise reproduce benson2020 figure-1 --out out" in text
    assert "torch2.13.0" in text


def test_the_python_call_gives_the_settings_and_the_seed(experiment_record):
    page = experiment_page(experiment_record)
    code = Reader(page).text.split("import widthwise as ww", 1)[1].split("\n)")[0]
    ran = {}

    class Study:
        def run(self, settings, **rest):
            ran.update(settings=settings, **rest)

    class Package:
        class experiments:
            CATALOG = {"benson_conditioning": Study()}  # noqa: RUF012

    exec(code + "\n)", {"ww": Package})
    content = experiment_record.content
    assert ran == {"settings": content["settings"], "seed": content["seed"]}


def test_the_numbers_of_a_finding_are_written_by_the_page(experiment_record):
    content = json.loads(experiment_record.to_json())
    content["findings"][0]["words"] = {"text": "At {}.", "numbers": [2.5e-9]}
    text = words(Reader(experiment_page(Record(content))))
    assert "At 2.5×10⁻⁹." in text


def test_a_quick_run_is_marked_plainly(reader):
    quick = Reader(experiment_page(experiment(quick=True)))
    assert "Quick run: decides little." in words(quick)
    assert "quick=True," in quick.text
    assert "decides little" not in words(reader)


def test_a_chart_of_a_later_version_is_named_not_drawn(experiment_records):
    text = words(Reader(render(experiment_records["hostile"])))
    assert "This version of widthwise cannot draw a chart of the kind 'violin'" in text
    assert "The table 'empty' holds no rows." in text
    assert "1 claim holds 1 claim fails 0 claims not decided 2 of another ver" in text


def test_an_old_record_is_drawn_without_what_it_lacks(experiment_records):
    text = words(Reader(render(experiment_records["old"])))
    assert "The record holds no charts; its numbers are in the tables." in text
    assert "took" not in text.split("Claim by claim")[0]


def test_an_empty_record_leaves_sentences_not_holes(experiment_records):
    text = words(Reader(render(experiment_records["empty"])))
    for said in (
        "The record decides no claim.",
        "The record holds no charts",
        "The record holds no tables.",
        "Nothing had to be assumed.",
    ):
        assert said in text


def test_hostile_words_make_no_element(experiment_records, reader):
    page = render(experiment_records["hostile"])
    hostile = Reader(page)
    assert len(hostile.all("script")) == len(reader.all("script")) == 3
    assert hostile.all("img") == []
    for _, attributes in hostile.elements:
        assert not any(name.startswith("on") for name in attributes)
    assert "<script>alert" not in page
    assert HOSTILE in hostile.text
    assert "{{ 7*7 }}" in hostile.text


def test_the_same_record_gives_the_same_page_of_a_sane_size(experiment_record):
    page = experiment_page(experiment_record)
    assert page == render(experiment_record)
    # The plotting library is 0.7 MB of it.
    assert len(page) < 1_500_000


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (("findings", 0, "verdict"), None, r"findings\[0\]\.verdict"),
        (("tables",), [], "tables"),
        (("charts",), {}, "charts"),
        (("seconds",), "long", "seconds"),
        (("assumptions", 0), 1, r"assumptions\[0\]"),
    ],
)
def test_a_damaged_record_is_refused_by_the_part_that_is_wrong(
    experiment_record, path, value, named
):
    with pytest.raises(DataError, match=named):
        render(damaged(experiment_record, path, value))


def test_a_record_of_another_kind_is_refused(record):
    with pytest.raises(DataError, match="kind 'diagnosis'"):
        experiment_page(record)
    with pytest.raises(DataError, match="'experiment'"):
        render(Record({"kind": "song"}))
