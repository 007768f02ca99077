"""Verdicts on planted data against ranks by an exact route of their own.

Ten thousand of them are `benchmarks/planted_cases.py`.
"""

from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
KINDS = 11


def outcome(index, monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    from planted_cases import outcome as found
    from planted_kinds import KINDS as kinds
    from planted_kinds import case

    assert len(kinds) == KINDS
    one = case(index, seed=77)
    return one.kind, found(one)


@pytest.mark.parametrize("kind", range(KINDS))
def test_no_verdict_on_planted_data_is_wrong(kind, monkeypatch):
    found = [outcome(kind + KINDS * i, monkeypatch) for i in range(8)]
    assert [each for each in found if each[1][0] == "wrong"] == []
    # A kind that stays open altogether would be right in vain.
    assert sum(what == "right" for _, (what, _) in found) >= 5


@pytest.mark.slow
@pytest.mark.parametrize("kind", range(KINDS))
def test_no_verdict_on_more_planted_data_is_wrong(kind, monkeypatch):
    found = [outcome(kind + KINDS * i, monkeypatch) for i in range(8, 24)]
    assert [each for each in found if each[1][0] == "wrong"] == []


def test_nothing_of_the_library_is_in_the_truth():
    assert "import widthwise" not in (BENCHMARKS / "planted_truth.py").read_text()
    assert "from widthwise" not in (BENCHMARKS / "planted_truth.py").read_text()
