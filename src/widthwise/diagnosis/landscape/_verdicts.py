"""The verdicts on a landscape, in plain words, from the evidence in a record."""

from collections.abc import Sequence
from typing import Any

from widthwise.diagnosis.study import Verdict, listing, number, rows_text

__all__ = ["enough_at", "judge_landscape"]

_STANDS_OUT = 2.0
_MOST = 0.5


def enough_at(probability: dict[str, Any], wanted: float) -> int | None:
    """Return the least width whose interval lies above the wanted probability."""
    pairs = zip(probability["widths"], probability["low"], strict=True)
    return next((width for width, low in pairs if low >= wanted), None)


def judge_landscape(
    content: dict[str, Any],
    trials_needed: int,
    mean_share: float | None,
    theorems_were_asked: bool,
) -> tuple[Verdict, ...]:
    """Return the verdicts for which there is evidence.

    Parameters
    ----------
    content
        The record's content, without verdicts.
    trials_needed
        How many networks, all of full rank, would show the probability.
    mean_share
        Of all rows, in how many deficient networks a row is in a dependency on
        average; 0 without deficient networks; None if that was not studied.
    theorems_were_asked
        Whether content["theorems"] is final.
    """
    found = [_full_rank(content, trials_needed)]
    if mean_share is not None:
        found.append(_obstacle(content, mean_share))
    if theorems_were_asked:
        found.append(_theorem(content))
    if content["minima"] is not None:
        found.append(_minimum(content["minima"], content["settings"]))
    return tuple(found)


def _full_rank(content: dict[str, Any], trials_needed: int) -> Verdict:
    title = "From which width is every local minimum in most regions global?"
    wanted = content["settings"]["threshold_probability"]
    width = enough_at(content["probability"], wanted)
    status, answer, reason = _measured(content, wanted, width, trials_needed)
    text = "no width tried" if width is None else _units(width)
    if content["obstacles"]:
        what = _obstacles(content["obstacles"])
        rest = answer[0].lower() + answer[1:]
        answer = f"At no width: {what}."
        reason = (
            "With them every Jacobian is deficient, whatever the weights. For the "
            f"{content['data']['rows']} rows without the repeats: {rest} {reason}"
        )
        status, text, width = "no", "no width", None
    value = None if width is None else float(width)
    return Verdict("full_rank", title, status, answer, reason, value, text, None)


def _measured(
    content: dict[str, Any], wanted: float, width: int | None, trials_needed: int
) -> tuple[str, str, str]:
    found, necessary = content["probability"], content["necessary_width"]
    rows = content["data"]["rows"]
    reason = (
        "Where the Jacobian has full rank, every differentiable critical point of the "
        "region has zero loss. Wider is never worse."
    )
    if necessary > 1:
        reason = (
            f"Fewer than {number(necessary)} units have fewer parameters than there "
            f"are rows ({number(rows)}). {reason}"
        )
    place = found["widths"].index(width) if width is not None else -1
    drawn = (
        f"{found['successes'][place]} of {found['trials'][place]} networks have full "
        f"rank (probability {number(found['low'][place])} to "
        f"{number(found['high'][place])})"
    )
    if width is not None:
        return "yes", f"From {_units(width, 'hidden ')} on: {drawn}.", reason
    widest = found["widths"][-1]
    if widest < necessary:
        answer = (
            f"Not up to {_units(widest, 'hidden ')}, too few parameters; "
            f"{number(necessary)} are necessary."
        )
        return "no", answer, reason
    answer = f"Not shown up to {_units(widest, 'hidden ')}, where {drawn}."
    if found["successes"][-1] == found["trials"][-1]:
        reason = (
            f"To show a probability of {number(wanted)}, {trials_needed} networks are "
            f"needed, all of full rank. {reason}"
        )
        return "caution", answer, reason
    return "caution" if found["high"][-1] >= wanted else "no", answer, reason


def _obstacle(content: dict[str, Any], mean: float) -> Verdict:
    title = "Which rows hold it back?"
    rows, width = content["rows"], content["rows_width"]
    structural = content["obstacles"]
    if structural:
        numbers = sorted({row for each in structural for row in each["rows"]})
        return Verdict(
            "obstacle",
            title,
            "no",
            f"{_capital(rows_text(numbers))}, at every width.",
            f"{_capital(_obstacles(structural, most=10))}. Leave the repeats out, or "
            "merge them; a row that is a multiple of another needs units with biases.",
            float(len(numbers)),
            f"{len(numbers)} row{'s' * (len(numbers) != 1)}",
            None,
        )
    if not rows:
        answer = "None."
        reason = (
            "No deficient network was found at the widths tried that have as many "
            f"parameters as rows, from {_units(content['necessary_width'])} on."
        )
        return Verdict("obstacle", title, "yes", answer, reason, 0.0, "none", None)
    out = [each for each in rows if each["share"] > _STANDS_OUT * mean]
    if out:
        top = out[:3]
        named = [each["row"] for each in top]
        first, last = top[0]["share"], top[-1]["share"]
        share = f"{number(100 * last)} to " if last < first else ""
        answer = (
            f"{_capital(rows_text(named))} most often: in {share}{_percent(first)} of "
            f"the deficient networks of {_units(width)}."
        )
    else:
        answer = (
            f"None in particular: at {_units(width)} the first, row "
            f"{rows[0]['row']}, is in {_percent(rows[0]['share'])} of the deficiencies."
        )
    reason = (
        "A row holds the rank back if it is part of a linear dependency of the rows of "
        f"the Jacobian; leaving it out keeps the rank. On average a row is in "
        f"{_percent(mean)} of them."
    )
    return Verdict(
        "obstacle",
        title,
        "caution" if out else "yes",
        answer,
        reason,
        float(len(out)),
        f"{len(out)} row{'s' * (len(out) != 1)}",
        None,
    )


def _theorem(content: dict[str, Any]) -> Verdict:
    title = "What do the theorems ask?"
    found: Sequence[dict[str, Any]] = content["theorems"]
    if not found:
        return Verdict(
            "theorem",
            title,
            "caution",
            "Nothing: they speak of the rectifier.",
            "The measured probabilities need no theorem.",
            None,
            "none applies",
            None,
        )
    certain = [each for each in found if each["is_certificate"]]
    first = min(certain or found, key=lambda each: each["width"])
    kind = "proved" if certain else "an order of magnitude"
    settings = content["settings"]
    width = enough_at(content["probability"], settings["threshold_probability"])
    measured = (
        f"here {number(width)} do, over initial weights"
        if width is not None and not content["obstacles"]
        else "not shown here at the widths tried"
    )
    named = [
        f"{each['title'].partition(', ')[2]} {number(each['width'])} "
        f"({'proved' if each['is_certificate'] else 'recalled'})"
        for each in found
    ]
    return Verdict(
        "theorem",
        title,
        "yes" if certain else "caution",
        f"{_units(first['width'])} ({kind}); {measured}.",
        f"Units for all but a fraction {number(1 - settings['threshold_probability'])}"
        f" of what each counts: {listing(named)}. They count patterns or regions, each "
        "with the same weight; initial weights do not.",
        float(first["width"]),
        _units(first["width"]),
        None,
    )


def _minimum(found: dict[str, Any], settings: dict[str, Any]) -> Verdict:
    share, regions = found["estimate"], found["regions"]
    status = "caution" if found["with_minimum"] or found["undecided"] else "no"
    doubt = f", {found['undecided']} undecided" if found["undecided"] else ""
    return Verdict(
        "minimum",
        "Does a random region hold a global minimum for these labels?",
        "yes" if share is not None and share >= _MOST else status,
        f"{found['with_minimum']} of {regions} regions do at "
        f"{_units(found['width'])}{doubt}.",
        f"The share is {number(found['low'])} to {number(found['high'])} with "
        f"{_percent(settings['confidence'])} confidence. Regions are those of random "
        "initial weights; each answer is proved over the rationals.",
        share,
        "undecided" if share is None else _percent(share),
        None,
    )


def _obstacles(found: Sequence[dict[str, Any]], most: int = 3) -> str:
    """Name the first obstacles, and count the others."""
    said = [each["text"] for each in found[:most]]
    if len(found) > most:
        said.append(f"{len(found) - most} more such groups")
    return listing(said)


def _units(width: int, kind: str = "") -> str:
    return f"{number(width)} {kind}unit{'s' * (width != 1)}"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _percent(share: float) -> str:
    return f"{number(100 * share)} %"
