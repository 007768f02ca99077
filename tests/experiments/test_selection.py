"""A paper or figure is found by the words that a person would use."""

import pytest

from widthwise.errors import UnknownNameError
from widthwise.experiments import CATALOG, selection


def names(*asked):
    return [each.name for each in selection(CATALOG, *asked)]


def test_all_is_the_catalog():
    assert names() == list(CATALOG)


def test_a_paper_is_its_first_author():
    assert names("oymak") == [
        "oymak_crossing",
        "oymak_phase_diagram",
        "oymak_rate",
        "oymak_stochastic",
        "oymak_widths",
    ]


def test_an_experiment_is_its_name():
    assert names("oymak_rate") == ["oymak_rate"]
    assert names("oymak", "rate") == ["oymak_rate"]


@pytest.mark.parametrize("figure", ["4", "figure 4", "Figure-4", "fig. 4", " fig4"])
def test_a_figure_is_its_number(figure):
    assert names("benson", figure) == ["benson_joint_training"]


def test_a_number_is_matched_whole():
    assert "benson_joint_training" not in names("benson", "1")
    with pytest.raises(UnknownNameError, match="no experiment or figure '44'"):
        selection(CATALOG, "benson", "44")


@pytest.mark.parametrize(
    ("paper", "figure", "said"),
    [
        ("bensen", None, "Did you mean.*'benson'"),
        ("benson", "nine", r"joint_training \(Appendix A.3, Figure 4\)"),
        ("all", "1", "without a paper"),
        ("oymak_rate", "1", "is one experiment"),
    ],
    ids=["misspelled", "no-figure", "figure-of-all", "figure-of-an-experiment"],
)
def test_what_there_is_not_is_refused_with_what_there_is(paper, figure, said):
    with pytest.raises(UnknownNameError, match=said):
        selection(CATALOG, paper, figure)
