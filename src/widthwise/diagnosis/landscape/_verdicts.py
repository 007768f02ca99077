"""The verdicts on a landscape, in plain words, from the evidence in its record."""

from collections.abc import Sequence

from widthwise.diagnosis.landscape._record import (
    LandscapeRecord,
    LandscapeSettingsFound,
    Minima,
    ObstacleFound,
)
from widthwise.diagnosis.study import Question, Status, Verdict
from widthwise.prose import Prose, as_prose, listed, say
from widthwise.wording import capitalised
from widthwise.wording import rows as rows_text

__all__ = ["judge"]

_STANDS_OUT = 2.0
_MOST = 0.5

FULL_RANK = Question(
    "full_rank",
    "From which width is every local minimum in most regions global?",
    {"yes": "Found", "caution": "Caution", "no": "Not reached"},
)
OBSTACLE = Question(
    "obstacle",
    "Which rows hold it back?",
    {"yes": "None", "caution": "These rows", "no": "At any width"},
)
THEOREM = Question(
    "theorem",
    "What do the theorems ask?",
    {"yes": "Proved", "caution": "Caution", "no": "None applies"},
)
MINIMUM = Question(
    "minimum",
    "Does a random region hold a global minimum for these labels?",
    {"yes": "Yes", "caution": "Some do", "no": "No"},
)


def judge(
    record: LandscapeRecord,
    trials_needed: int,
    mean_share: float | None,
    theorems_were_asked: bool,
) -> tuple[Verdict, ...]:
    """Return the verdicts for which there is evidence.

    Parameters
    ----------
    record
        Without verdicts.
    trials_needed
        How many networks, all of full rank, would show the probability.
    mean_share
        Of all rows, in how many deficient networks a row is in a dependency on
        average; 0 without deficient networks; None if that was not studied.
    theorems_were_asked
        Whether the record's theorems are final.
    """
    found = [_full_rank(record, trials_needed)]
    if mean_share is not None:
        found.append(_obstacle(record, mean_share))
    if theorems_were_asked:
        found.append(_theorem(record))
    if record.minima is not None:
        found.append(_minimum(record.minima, record.settings))
    return tuple(found)


def _full_rank(record: LandscapeRecord, trials_needed: int) -> Verdict:
    wanted = record.settings.threshold_probability
    width = record.probability.enough_at(wanted)
    status, answer, reason = _measured(record, wanted, width, trials_needed)
    figure = Prose("no width tried") if width is None else _units(width)
    if record.obstacles:
        reason = say(
            "With them every Jacobian is deficient, whatever the weights. For the "
            "{:,} rows without the repeats: {} {}",
            record.data.rows,
            answer.lowered(),
            reason,
        )
        answer = say("At no width: {}.", _obstacles(record.obstacles))
        status, figure, width = "no", Prose("no width"), None
    sampled = width is not None and record.data.sample_note is not None
    return FULL_RANK.answered(
        status,
        answer,
        reason,
        number=width,
        number_is="at least" if sampled else "value",
        figure=figure,
    )


def _measured(
    record: LandscapeRecord, wanted: float, width: int | None, trials_needed: int
) -> tuple[Status, Prose, Prose]:
    found, necessary = record.probability, record.necessary_width
    reason = Prose(
        "Where the Jacobian has full rank, every differentiable critical point of the "
        "region has zero loss. Wider is never worse."
    )
    if necessary > 1:
        reason = say(
            "Fewer than {} units have fewer parameters than there are rows ({}). {}",
            necessary,
            record.data.rows,
            reason,
        )
    place = found.widths.index(width) if width is not None else -1
    drawn = say(
        "{:,} of {:,} networks have full rank (probability {} to {})",
        found.successes[place],
        found.trials[place],
        found.low[place],
        found.high[place],
    )
    if width is not None:
        return "yes", say("From {} on: {}.", _units(width, "hidden "), drawn), reason
    widest = _units(found.widths[-1], "hidden ")
    if found.widths[-1] < necessary:
        answer = say(
            "Not up to {}, too few parameters; {} are necessary.", widest, necessary
        )
        return "no", answer, reason
    answer = say("Not shown up to {}, where {}.", widest, drawn)
    if found.successes[-1] == found.trials[-1]:
        reason = say(
            "To show a probability of {}, {:,} networks are needed, all of full rank. "
            "{}",
            wanted,
            trials_needed,
            reason,
        )
        return "caution", answer, reason
    high = found.high[-1]
    return "caution" if high is None or high >= wanted else "no", answer, reason


def _obstacle(record: LandscapeRecord, mean: float) -> Verdict:
    rows, structural = record.rows, record.obstacles
    if structural:
        numbers = sorted({row for each in structural for row in each.rows})
        return OBSTACLE.answered(
            "no",
            f"{capitalised(rows_text(numbers))}, at every width.",
            say(
                "{}. Leave the repeats out, or merge them; a row that is a multiple of "
                "another needs units with biases.",
                _obstacles(structural, most=10).capitalised(),
            ),
            number=len(numbers),
            figure=_count_of_rows(len(numbers)),
        )
    if not rows or record.rows_width is None:
        reason = say(
            "No deficient network was found at the widths tried that have as many "
            "parameters as rows, from {} on.",
            _units(record.necessary_width),
        )
        return OBSTACLE.answered("yes", "None.", reason, number=0, figure="none")
    out = [each for each in rows if (each.share or 0.0) > _STANDS_OUT * mean]
    if out:
        top = out[:3]
        first, last = top[0].share, top[-1].share
        answer = say(
            "{} most often: in {}{:%} of the deficient networks of {}.",
            capitalised(rows_text([each.row for each in top])),
            say("{:%} to ", last) if (last or 0.0) < (first or 0.0) else "",
            first,
            _units(record.rows_width),
        )
    else:
        answer = say(
            "None in particular: at {} the first, row {}, is in {:%} of the "
            "deficiencies.",
            _units(record.rows_width),
            str(rows[0].row),
            rows[0].share,
        )
    reason = say(
        "A row holds the rank back if it is part of a linear dependency of the rows of "
        "the Jacobian; leaving it out keeps the rank. On average a row is in {:%} of "
        "them.",
        mean,
    )
    return OBSTACLE.answered(
        "caution" if out else "yes",
        answer,
        reason,
        number=len(out),
        figure=_count_of_rows(len(out)),
    )


def _theorem(record: LandscapeRecord) -> Verdict:
    found, settings = record.theorems, record.settings
    if not found:
        return THEOREM.answered(
            "caution",
            "Nothing: they speak of the rectifier.",
            "The measured probabilities need no theorem.",
            figure="none applies",
        )
    certain = [each for each in found if each.is_certificate]
    first = min(certain or found, key=lambda each: each.width or float("inf"))
    width = record.probability.enough_at(settings.threshold_probability)
    named = [
        say(
            "{} {} ({})",
            each.title.partition(", ")[2],
            each.width,
            "proved" if each.is_certificate else "recalled",
        )
        for each in found
    ]
    return THEOREM.answered(
        "yes" if certain else "caution",
        say(
            "{} ({}); {}.",
            _units(first.width),
            "proved" if certain else "an order of magnitude",
            say("here {} do, over initial weights", width)
            if width is not None and not record.obstacles
            else "not shown here at the widths tried",
        ),
        say(
            "Units for all but a fraction {} of what each counts: {}. They count "
            "patterns or regions, each with the same weight; initial weights do not.",
            1 - settings.threshold_probability,
            listed(named),
        ),
        number=first.width,
        figure=_units(first.width),
    )


def _minimum(found: Minima, settings: LandscapeSettingsFound) -> Verdict:
    status: Status = "caution" if found.with_minimum or found.undecided else "no"
    doubt = say(", {:,} undecided", found.undecided) if found.undecided else ""
    share = found.estimate
    return MINIMUM.answered(
        "yes" if share is not None and share >= _MOST else status,
        say(
            "{:,} of {:,} regions do at {}{}.",
            found.with_minimum,
            found.regions,
            _units(found.width),
            doubt,
        ),
        say(
            "The share is {} to {} with {:%} confidence. Regions are those of random "
            "initial weights; each answer is proved over the rationals.",
            found.low,
            found.high,
            settings.confidence,
        ),
        number=share,
        figure="undecided" if share is None else say("{:%}", share),
    )


def _obstacles(found: Sequence[ObstacleFound], most: int = 3) -> Prose:
    """Name the first obstacles, and count the others."""
    said = [as_prose(each.text) for each in found[:most]]
    if len(found) > most:
        said.append(say("{:,} more such groups", len(found) - most))
    return listed(said)


def _units(width: float | int | None, kind: str = "") -> Prose:
    return say(f"{{}} {kind}unit{'s' * (width != 1)}", width)


def _count_of_rows(count: int) -> Prose:
    return say(f"{{:,}} row{'s' * (count != 1)}", count)
