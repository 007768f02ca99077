"""What is said of ranks and regions along training, and how a run decides it."""

from widthwise.estimates import share
from widthwise.experiments.shared import Claim, Finding, Row, grouped, interval
from widthwise.prose import say

__all__ = ["CLAIMS", "findings"]

_STAYS_FULL = Claim(
    name="rank_stays_full",
    statement="Where the Jacobian has full rank at the start, it keeps it in training.",
    where="Section 7, training, Figure 9",
    measured="exact rank of the Jacobian in the inner weights and biases, by epoch, at "
    "the published settings",
    refuted_by="a run that starts with full rank and loses it",
    origin="paper",
)
_FITS = Claim(
    name="training_fits",
    statement="A mildly over-parametrized network trains to a small loss.",
    where="Section 7, training",
    measured="‖f − y‖ / ‖y‖ after the last epoch, at the published settings",
    refuted_by="a run that ends above one tenth",
    origin="paper",
    cut_off="small is a tenth of ‖y‖",
)
_MOVES = Claim(
    name="regions_change",
    statement="Training passes through many regions: the activation pattern changes.",
    where="Section 7, training",
    measured="share of (unit, point) pairs that are not as they were at the start",
    refuted_by="a run that ends with less than one pair in a hundred changed",
    origin="paper",
    cut_off="many is one pair in a hundred",
)
_FLOAT32 = Claim(
    name="float32_sees_the_rank",
    statement="The rank in float32, by which the published runs are judged, is the "
    "exact rank.",
    where="Beyond Section 7: the precision of its ranks",
    measured="looks at which numpy's matrix_rank in float32 says otherwise",
    refuted_by="one such look",
    origin="ours",
)
_VARIANTS = Claim(
    name="variants_keep_the_rank",
    statement="Networks of other widths, and with both layers trained, keep full rank "
    "too.",
    where="Beyond Section 7: its setting varied",
    measured="runs that start with full rank and keep it at every look, by variant",
    refuted_by="a run that loses it",
    origin="ours",
)

CLAIMS = (_STAYS_FULL, _FITS, _MOVES, _FLOAT32, _VARIANTS)
"""The paper's claims, at its settings; ours on precision and on variants."""


def findings(rows: list[Row], width: int, outer: str) -> tuple[Finding, ...]:
    """Decide the paper's claims on runs of one width and kind of outer layer."""
    runs = grouped(rows, "outer", "width", "trial")
    own = [run for (how, m, _), run in runs.items() if (how, m) == (outer, width)]
    others = [run for (how, m, _), run in runs.items() if (how, m) != (outer, width)]
    return (
        _stays_full(_STAYS_FULL, own),
        _fits(own),
        _moves(own),
        _float32(rows),
        _stays_full(_VARIANTS, others),
    )


def _stays_full(claim: Claim, runs: list[list[Row]]) -> Finding:
    full = [run for run in runs if run[0]["rank"] == run[0]["n"]]
    if not full:
        return claim.found("not decided", "0 runs start with full rank.")
    kept = sum(all(each["rank"] == each["n"] for each in run) for run in full)
    least = min((each for run in full for each in run), key=lambda row: row["rank"])
    return claim.decided(
        kept == len(full),
        say(
            f"{kept} of {len(full)} runs that start with full rank keep it at every "
            f"look ({{}}); the least rank is {least['rank']} of {least['n']}, at "
            f"{least['width']} units, outer layer {least['outer']}.",
            interval(share(kept, len(full))),
        ),
    )


def _fits(runs: list[list[Row]]) -> Finding:
    ends = [run[-1]["residual"] for run in runs]
    within = sum(each <= 0.1 for each in ends)
    return _FITS.decided(
        within == len(ends),
        say(
            f"{within} of {len(ends)} runs end at or below 0.1 ({{}}); the largest is "
            "{}.",
            interval(share(within, len(ends))),
            max(ends),
        ),
    )


def _moves(runs: list[list[Row]]) -> Finding:
    ends = [run[-1]["changed"] for run in runs]
    return _MOVES.decided(
        min(ends) >= 0.01,
        say(
            "Between {:%} and {:%} of the pairs have changed at the end.",
            min(ends),
            max(ends),
        ),
    )


def _float32(rows: list[Row]) -> Finding:
    wrong = [row for row in rows if row["float32 rank"] != row["rank"]]
    said = f"{len(wrong)} of {len(rows)} looks differ"
    if wrong:
        worst = max(wrong, key=lambda row: abs(row["rank"] - row["float32 rank"]))
        said += f", by up to {abs(worst['rank'] - worst['float32 rank'])}"
    return _FLOAT32.decided(not wrong, said + ".")
