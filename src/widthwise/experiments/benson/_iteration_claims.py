"""What is said of other starts, steps and rows, and how a run decides it."""

from widthwise.estimates import Estimate, is_at_most
from widthwise.experiments.shared import Answer, Claim, Finding, Row, with_interval
from widthwise.prose import say

__all__ = ["CLAIMS", "ENOUGH", "findings"]

ENOUGH = 1e-6
"""The relative residual that steps are counted to."""

_SET = Claim(
    name="the_start_chooses_the_solution",
    statement="The solutions are A⁺y + null(A); gradient descent from v_0 comes to the "
    "one nearest v_0, and from zero to the shortest.",
    where="Proposition 4.1 and Remark 4.7; eq. (17) with another start",
    measured="‖v_k - (A⁺y + (I - VVᵀ) v_0)‖ after real steps, beside what the filters "
    "leave, relative to ‖v_0‖",
    refuted_by="a gap above 1e-6",
    origin="paper",
)
_ROWS = Claim(
    name="single_rows_come_to_the_shortest_too",
    statement="Similar results hold for stochastic gradient methods: steps on single "
    "rows, drawn by their norms, come to A⁺y, in expectation by 1 - σ_n² / ‖A‖_F² "
    "each.",
    where="Section 4.3, on Kaczmarz methods, citing Strohmer and Vershynin",
    measured="mean ‖v_k - A⁺y‖² over its bound, after 1 to 125 passes",
    refuted_by="a mean whose interval lies above 1",
    origin="paper",
)
_STEP = Claim(
    name="the_larger_step_saves_steps",
    statement="The step of Lemma 4.3 needs fewer steps than that of earlier work, "
    "λ_min / n².",
    where="Remark 4.7",
    measured=f"steps to a relative residual of {ENOUGH:g}, by the closed form",
    refuted_by="a case in which it needs more",
    origin="paper",
)
_NORMS = Claim(
    name="norms_cost_their_ratio",
    statement="For points off the sphere constants depend on their norms alone: for "
    "relu κ(G_inf) grows at most by (r_max / r_min)², and the rank stays.",
    where="Section 2, footnote 1",
    measured="λ_min, λ_max and κ of G_inf with rows of norm 1/2 to 2, beside the "
    "sphere's",
    refuted_by="an eigenvalue outside its bounds",
    origin="paper",
)

CLAIMS = (_SET, _ROWS, _STEP, _NORMS)


def findings(runs: list[Row], rows: list[Row], norms: list[Row]) -> tuple[Finding, ...]:
    """Decide the claims."""
    return _set(runs), _ROWS.together(_rows(rows)), _step(runs), _norms(norms)


def _set(runs: list[Row]) -> Finding:
    worst = max(max(row["gap to the filters"], row["drift outside"]) for row in runs)
    shortest = min(row["norm over the shortest"] for row in runs)
    return _SET.decided(
        worst <= 1e-6 and shortest >= 1 - 1e-9,
        say(
            f"{len(runs)} runs are as the filters say within {{}}; the solution that "
            "the start chooses is at least {} times as long as the shortest.",
            worst,
            shortest,
        ),
    )


def _rows(rows: list[Row]) -> list[Answer]:
    answers: list[Answer] = []
    for row in rows:
        found = Estimate(row["over bound"], row["low"], row["high"])
        said = say(
            f"{row['dataset']}, {row['activation']}, {row['passes']} passes: {{}}",
            with_interval(found),
        )
        answers.append((is_at_most(found, 1.0), said))
    return answers


def _step(runs: list[Row]) -> Finding:
    ratios = [row["earlier steps"] / row["steps"] for row in runs]
    return _STEP.decided(
        min(ratios) > 1,
        say(
            f"The earlier step needs between {{}} and {{}} times as many in "
            f"{len(runs)} runs.",
            min(ratios),
            max(ratios),
        ),
    )


def _norms(rows: list[Row]) -> Finding:
    if not rows:
        return _NORMS.found("not decided", "0 data sets were run with relu.")
    inside = [
        row["least norm"] ** 2 * row["λ_min, sphere"] * (1 - 1e-6)
        <= row["λ_min, scaled"]
        and row["λ_max, scaled"]
        <= row["largest norm"] ** 2 * row["λ_max, sphere"] * (1 + 1e-9)
        and row["rank, scaled"] == row["rank, sphere"]
        for row in rows
    ]
    growth = max(
        row["λ_max, scaled"]
        / row["λ_min, scaled"]
        / (row["λ_max, sphere"] / row["λ_min, sphere"])
        for row in rows
    )
    return _NORMS.decided(
        all(inside),
        say(
            f"{sum(inside)} of {len(inside)} are inside; κ(G_inf) grows at most by {{}}"
            ", where norms allow {}.",
            growth,
            max((row["largest norm"] / row["least norm"]) ** 2 for row in rows),
        ),
    )
