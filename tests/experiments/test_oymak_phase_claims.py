"""Claims on the phase diagram are decided by thresholds with known laws."""

import pytest

from widthwise.experiments.oymak._phase_claims import exponents, findings

SIZES = [(100, 10), (200, 10), (400, 10), (800, 10), (400, 20), (400, 40)]


def rows(trained, law, error=0.03, early=1.0, name="relu"):
    return [
        {
            "activation": name,
            "trained": trained,
            "n": n,
            "d": d,
            "width": law(n, d),
            "log_error": error,
            "width_at_half_the_steps": law(n, d) * early,
            "best_share": 1.0,
        }
        for n, d in SIZES
    ]


def verdicts(*tables):
    together = [row for table in tables for row in table]
    return {each.name: each.verdict for each in findings(together)}


def test_thresholds_of_the_papers_law_uphold_every_claim():
    found = verdicts(
        rows("inner", lambda n, d: 1.2 * n / d),
        rows("both", lambda n, d: 1.3 * n / d),
        rows("outer", lambda n, _d: 0.95 * n),
    )
    assert found == {
        "inner_threshold": "holds",
        "joint_threshold": "holds",
        "outer_threshold": "holds",
        "inner_needs_fewer_units": "holds",
        "sufficient_width_is_not_necessary": "holds",
    }


def test_the_theorems_own_law_is_beyond_our_band_and_so_not_decided():
    found = verdicts(rows("inner", lambda n, d: 0.01 * n**2 / d))
    assert found["inner_threshold"] == "not decided"
    # The fit is exact, but for rounding, so its interval straddles 2.
    assert found["sufficient_width_is_not_necessary"] == "not decided"


def test_an_inner_layer_that_needs_more_units_refutes_the_comparison():
    found = verdicts(
        rows("inner", lambda n, _d: 2.0 * n), rows("outer", lambda n, _d: 1.0 * n)
    )
    assert found["inner_needs_fewer_units"] == "fails"


def test_where_no_width_fits_in_as_many_steps_the_largest_is_a_lower_bound():
    short = rows("outer, as many steps", lambda n, _d: 1.0 * n)
    for row in short:
        row.update(width=None, log_error=None, width_at_half_the_steps=None)
        row.update(best_share=0.0, largest_width=32 * row["n"])
    inner = rows("inner", lambda n, d: 1.2 * n / d)
    found = findings(inner + rows("outer", lambda n, _d: 1.0 * n) + short)
    fewer = next(each for each in found if each.name == "inner_needs_fewer_units")
    assert fewer.verdict == "holds"
    assert "n = 100, d = 10" in fewer.evidence
    assert " 267 " in fewer.evidence  # 32 d / 1.2 at the least d


def test_wide_errors_decide_nothing():
    found = verdicts(rows("inner", lambda n, d: 1.2 * n / d, error=0.5))
    assert found["inner_threshold"] == "not decided"


@pytest.mark.parametrize("power", [1, 2])
def test_thresholds_that_still_fall_with_the_steps_decide_nothing(power):
    found = findings(rows("inner", lambda n, d: n**power / d, early=1.2))
    assert found[0].verdict == "not decided"
    assert "still fall with the number of steps at 6 of 6" in found[0].evidence


def test_one_activation_outside_the_band_leaves_the_papers_claim_open_and_fails_ours():
    def both(trained):
        return verdicts(
            rows(trained, lambda n, _d: 1.0 * n),
            rows(trained, lambda n, _d: n**1.6 / 40, name="tanh"),
        )

    assert both("outer")["outer_threshold"] == "not decided"
    ours = both("outer, as many steps")["outer_threshold_with_equal_steps"]
    assert ours == "fails"


def test_a_size_without_a_threshold_leaves_the_claim_open():
    some = rows("outer", lambda n, _d: 1.0 * n)
    some[0].update(width=None, log_error=None, width_at_half_the_steps=None)
    found = findings(some)
    assert found[0].verdict == "not decided"
    assert "no threshold on the grid at 1 of 6 sizes" in found[0].evidence


def test_exponents_are_those_of_the_law():
    found = exponents(rows("inner", lambda n, d: 3 * n**1.1 / d**0.8))
    fit = found["relu", "inner"]
    assert fit["n"].value == pytest.approx(1.1)
    assert fit["d"].value == pytest.approx(-0.8)
