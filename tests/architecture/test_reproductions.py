"""The pages on the papers say what the records say, and name what exists."""

import ast
import importlib.util
import tomllib
from functools import cache
from pathlib import Path

import pytest

import widthwise
from widthwise.experiments import CATALOG

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"

BENSON = """Definition 2.1, Theorem 2.2, Corollary 2.4, Remark 2.6, Remark 2.7,
Lemma 2.8,
Lemma 2.10, Remark 2.12, Theorem 3.1, Theorem 3.3, Remark 3.5, Theorem 3.6, Remark 3.8,
Theorem 3.9, Table 1, Proposition 4.1, Lemma 4.3, Theorem 4.5, Remark 4.7, Figure 1,
Figure 2, Figure 3, Figure 4, Definition A.1, Lemma A.2, Proposition A.4, Corollary A.6,
Theorem A.7, Lemma A.8"""
"""All that is numbered in the one paper whose numbers are known in full."""

STATEMENTS = tomllib.loads(
    (DOCS / "reproductions" / "statements.toml").read_text(encoding="utf-8")
)["statement"]


@pytest.fixture(scope="module")
def made():
    place = DOCS / "reproductions_pages.py"
    spec = importlib.util.spec_from_file_location("reproductions_pages", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_committed_pages_are_the_ones_that_are_made(made):
    for path, text in made.pages().items():
        committed = path.read_text(encoding="utf-8")
        assert committed == text, (
            f"{path.name}: run `python docs/reproductions_pages.py`"
        )


def test_every_record_says_of_the_catalog_s_claims_whose_they_are(made):
    for name, record in made.records().items():
        known = {each.name: each for each in CATALOG[name].claims}
        for found in record.content["findings"]:
            claim = known[found["name"]]
            assert found["origin"] == claim.origin, found["name"]
            assert found["cut_off"] == claim.cut_off, found["name"]


def test_every_numbered_statement_has_a_row():
    places = [each["place"] for each in STATEMENTS if each["paper"] == "benson"]
    assert set(BENSON.replace("\n", " ").split(", ")) <= set(places)
    for paper in ("karhadkar", "oymak", "panigrahi"):
        assert sum(each["paper"] == paper for each in STATEMENTS) >= 8
    assert len({(each["paper"], each["place"]) for each in STATEMENTS}) == len(
        STATEMENTS
    )


def test_every_call_of_a_statement_exists():
    for each in STATEMENTS:
        for call in each.get("calls", ()):
            found = widthwise
            for name in call.split("."):
                found = getattr(found, name)


def test_every_test_of_a_statement_exists():
    for each in STATEMENTS:
        for test in each.get("tests", ()):
            file, _, name = test.partition("::")
            assert not name or name in _tests(ROOT / file), test
            assert (ROOT / file).is_file(), test


def test_every_claim_of_a_paper_belongs_to_a_statement():
    told = {claim for each in STATEMENTS for claim in each.get("claims", ())}
    papers = {
        f"{name}.{claim.name}"
        for name, experiment in CATALOG.items()
        for claim in experiment.claims
        if claim.origin == "paper"
    }
    assert told == papers


def test_a_statement_is_decided_by_claims_by_tests_or_by_a_note():
    for each in STATEMENTS:
        assert each.get("claims") or each.get("tests") or each.get("note"), each[
            "place"
        ]


def test_a_verdict_is_that_of_the_claims(made):
    known = {
        name: {"verdict": verdict}
        for name, verdict in zip("abc", made.VERDICTS, strict=True)
    }
    assert made.verdict_of({"claims": ["a", "a"]}, known) == "holds"
    parts = "in parts: 1 holds, 1 fails"
    assert made.verdict_of({"claims": ["b", "a"]}, known) == parts
    assert made.verdict_of({"tests": ["t"]}, known) == "tested"
    assert made.verdict_of({"note": "Lost."}, known) == "not decided (Lost.)"


@cache
def _tests(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}
