"""What the later version says of volumes and of deep networks, and what decides it."""

from collections.abc import Mapping

from widthwise.estimates import Estimate, share
from widthwise.experiments.shared import (
    Answer,
    Claim,
    Finding,
    Row,
    at_least,
    grouped,
    grows,
    interval,
)
from widthwise.prose import say

__all__ = ["CLAIMS", "FAILURE", "findings"]

FAILURE = 0.1
"""The share ε of the volume that explicit widths leave."""

_VOLUME = Claim(
    name="volume_needs_n_over_d0",
    statement="Most of the weights' volume has a Jacobian of full rank from a width of "
    "order n/d0 on, up to logarithms.",
    where="The later version's theorem on volumes; its text and constants are lost",
    measured="a line in n or n log n, with an intercept, against a constant, log n, "
    "√n, n√n and n², for the width at which half of standard normal weights have full "
    "rank, at fixed d0",
    refuted_by="both refuted in favour of another law at one d0 (Student's test at 5 "
    "%, corrected for the laws by Bonferroni and for the d0 by Holm)",
    origin="paper",
)
_DEEP = Claim(
    name="last_layer_of_order_n",
    statement="For deep networks a last hidden layer whose width is of order n is "
    "enough.",
    where="The later version's theorem on deep networks; its text and constants are "
    "lost",
    measured="whether the width of the last hidden layer at which half of the networks "
    "have full rank grows faster than n: the share at 16 n",
    refuted_by="a share whose interval lies below 0.9 at one depth and n",
    origin="paper",
    cut_off="of order n is 16 n, enough is nine networks in ten",
)
_EXPLICIT = Claim(
    name="explicit_volume",
    statement="At the width that the angles between the points give, all but a share "
    "ε of the volume has full rank.",
    where="Beyond the later version's theorem on volumes: every constant known",
    measured="share of standard normal weights with full rank at that width, ε = 0.1",
    refuted_by="a share whose interval lies below 0.9",
    origin="ours",
)
_CERTIFICATE = Claim(
    name="independent_columns_suffice",
    statement="Where the last hidden layer's pattern has independent columns and no "
    "point is dead before it, the Jacobian has full rank, whatever lies before.",
    where="Beyond the later version's theorem on deep networks: why it holds",
    measured="networks with such a pattern and a Jacobian of a lower rank",
    refuted_by="one such network",
    origin="ours",
)
_FEWER = Claim(
    name="fewer_than_n_suffice",
    statement="A last hidden layer of fewer units than points is enough for half of "
    "the networks.",
    where="Beyond the later version's theorem on deep networks: whether its width is "
    "needed",
    measured="the width at which half of the networks have full rank, over n",
    refuted_by="a ratio whose interval lies above 1",
    origin="ours",
)

CLAIMS = (_VOLUME, _DEEP, _EXPLICIT, _CERTIFICATE, _FEWER)


def findings(tables: Mapping[str, list[Row]]) -> tuple[Finding, ...]:
    """Decide the claims."""
    groups = grouped(tables["thresholds"], "group")
    shallow = {key: rows for key, rows in groups.items() if key.startswith("d0")}
    deep = [row for row in tables["thresholds"] if row["group"] not in shallow]
    nothing = "0 networks were drawn."
    return (
        _VOLUME.together(
            [grows(*each, claimed=("n", "n log n")) for each in shallow.items()],
            nothing=nothing,
        ),
        _DEEP.together(
            [
                _often(row, f"{row['group']}, n = {row['n']}, {row['width']} units")
                for row in tables["deep"]
                if row["width"] == 16 * row["n"]
            ],
            nothing="0 last layers are so wide.",
        ),
        _EXPLICIT.together(
            [
                _often(row, f"{row['group']}, n = {row['n']}, {row['width']} units")
                for row in tables["certified"]
            ],
            nothing=nothing,
        ),
        _certificate(tables["deep"]),
        _FEWER.together(
            [answer for row in deep if (answer := _fewer(row)) is not None],
            nothing="0 thresholds lie on the grid.",
        ),
    )


def _often(row: Row, where: str) -> Answer:
    found = share(row["full"], row["trials"])
    said = say(f"{where}: {row['full']} of {row['trials']} ({{}})", interval(found))
    return at_least(found, said, 1 - FAILURE)


def _certificate(rows: list[Row]) -> Finding:
    name = "independent, alive, not full"
    wrong = sum(row[name] for row in rows)
    alike = sum(row["independent"] for row in rows)
    return _CERTIFICATE.decided(
        not wrong if alike else None,
        f"{alike} networks have independent columns; {wrong} of these, without a dead "
        "point, lack full rank.",
    )


def _fewer(row: Row) -> Answer | None:
    if not row["threshold"] > 0:
        return None
    found = Estimate(*(row[name] / row["n"] for name in ("threshold", "low", "high")))
    said = say(f"{row['group']}, n = {row['n']}: {{}} n", found.value)
    holds = True if found.high < 1 else False if found.low > 1 else None
    return holds, said
