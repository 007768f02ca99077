"""A claim turns cases and truth values into a verdict, with its evidence."""

import math
import re

import pytest

from widthwise.estimates import Estimate
from widthwise.experiments import CATALOG, Claim, Finding
from widthwise.experiments.shared import (
    at_least,
    at_most,
    in_order,
    with_interval,
    within,
)
from widthwise.prose import Prose, say

_PLACE = re.compile(
    r"theorem|lemma|corollary|proposition|remark|definition|section|figure|appendix|"
    r"bound|proof",
    re.IGNORECASE,
)
every_experiment = pytest.mark.parametrize(
    "experiment", CATALOG.values(), ids=list(CATALOG)
)


def _claim(origin="paper", **given):
    five = ("name", "statement", "where", "measured", "refuted by")
    return Claim(*five, origin=origin, **given)


def test_a_claim_turns_a_truth_value_into_a_verdict():
    claim = _claim()
    said = {
        truth: claim.decided(truth, "one number: 1").verdict
        for truth in (True, False, None)
    }
    assert said == {True: "holds", False: "fails", None: "not decided"}
    found = claim.found("holds", "evidence")
    assert isinstance(found, Finding)
    assert found.as_content()["refuted_by"] == "refuted by"
    assert found.origin == "paper"


def test_what_only_a_cut_off_of_ours_refutes_is_not_decided():
    hangs = _claim(cut_off="a factor of two").decided(False, "3 times.")
    assert hangs.verdict == "not decided"
    assert "ours and not the paper's" in hangs.evidence
    assert _claim(cut_off="a factor of two").decided(True, "1.2").verdict == "holds"
    assert _claim("ours", cut_off="a factor of two").decided(False, "3").verdict == (
        "fails"
    )


@every_experiment
def test_a_claim_of_a_paper_names_its_place_and_one_of_ours_says_so(experiment):
    for claim in experiment.claims:
        if claim.origin == "paper":
            assert _PLACE.search(claim.where), claim.where
            assert not claim.where.startswith(("Not in", "Ours")), claim.name
        else:
            assert claim.where


def test_the_numbers_of_a_finding_stay_numbers():
    claim = _claim()
    found = claim.together([(True, say("first {:2}", 1e-17)), (True, "second")])
    assert found.words == Prose("All 2 cases hold; one of them: first {:2}.", (1e-17,))
    assert found.evidence == "All 2 cases hold; one of them: first 1e-17."
    assert [str(each.words) for each in found.cases] == ["first 1e-17", "second"]
    assert claim.together([(True, "alone")]).cases == ()


def test_the_case_that_decides_is_the_evidence():
    claim = _claim()
    found = claim.together(
        [
            within(Estimate(5.0, 4.9, 5.1), "far inside", 0, 10),
            within(Estimate(1.0, 0.1, 1.9), "near the edge", 0, 10),
        ]
    )
    assert found.evidence == "All 2 cases hold; the closest: near the edge."
    found = claim.together(
        [
            at_most(Estimate(5.0, 4.9, 5.1), "far out", 4),
            at_least(Estimate(5.0, 4.9, 5.1), "in", 4),
        ]
    )
    assert found.evidence == "1 of 2 cases fails: far out."
    assert [each.verdict for each in found.cases] == ["fails", "holds"]


def test_one_of_many_cases_that_chance_explains_does_not_fail():
    claim = _claim()
    edge = at_most(Estimate(1.0, 0.01, 1.99), "just above", 0)
    inside = at_most(Estimate(-5.0, -6.0, -4.0), "below", 0)
    assert claim.together([edge]).verdict == "fails"
    assert claim.together([edge, *[inside] * 9]).verdict == "not decided"
    swapped = in_order(Estimate(2.0, 1.6, 2.4), Estimate(1.2, 0.9, 1.5), "swapped")
    assert swapped[0] is False
    assert claim.together([swapped, *[inside] * 9]).verdict == "fails"
    assert claim.together([(False, "exact"), *[inside] * 9]).verdict == "fails"


def test_an_interval_is_said_with_its_confidence_and_an_infinity():
    found = Estimate(0.9999860, 0.9999712, math.inf)
    told = "0.999986 (95 % interval 0.9999712 to inf)"
    assert str(with_interval(found, "7")) == told
