"""One answer, and the question that it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from widthwise.prose import Prose, as_prose

__all__ = ["NumberIs", "Question", "Status", "Verdict", "Words"]

Status = Literal["yes", "caution", "no"]
NumberIs = Literal["value", "at least", "of a sample"]


@dataclass(frozen=True)
class Words:
    """A verdict's sentences, their numbers apart.

    Attributes
    ----------
    answer, reason, number
        As in the verdict.
    """

    answer: Prose
    reason: Prose
    number: Prose


@dataclass(frozen=True)
class Verdict:
    """One answer, with the number and the reason behind it.

    Attributes
    ----------
    question
        A key, such as "fits", "width", "speed" or "activation".
    title
        The question in words.
    status
        "yes", "caution" or "no".
    status_word
        The status in one or two words.
    answer, reason
        One short sentence, and why.
    number
        The figure behind the answer; null where there is none.
    number_is
        "at least" where the figure is a lower bound, as of a sample of the rows; "of a
        sample" where the whole table's may be larger or smaller; else "value".
    number_text
        The figure in words; empty where there is none.
    activation
        The activation it speaks of, or null.
    words
        The answer, the reason and the figure with their numbers apart, for whoever
        writes numbers in another way.
    chosen
        Of what was compared, the name of the one that came out best, where the question
        asks for one; else null.

    Examples
    --------
    >>> import widthwise as ww
    >>> data = ww.datasets.uniform_sphere(12, 3)
    >>> found = ww.diagnosis.diagnose_landscape(data, widths=(4,), trials=3)
    >>> found.verdicts[0].question, found.verdicts[0].status
    ('full_rank', 'no')
    """

    question: str
    title: str
    status: Status
    status_word: str
    answer: str
    reason: str
    number: float | None
    number_text: str
    activation: str | None
    words: Words
    chosen: str | None = None
    number_is: NumberIs = "value"

    def opened(self, opening: Prose) -> "Verdict":
        """Return the verdict with words before its answer."""
        answer = opening + self.words.answer.lowered()
        words = replace(self.words, answer=answer)
        return replace(self, answer=str(answer), words=words)

    def with_caution(self, word: str, opening: Prose) -> "Verdict":
        """Return a good answer with a caution that opens it; others as they are."""
        if self.status != "yes":
            return self
        return replace(self.opened(opening), status="caution", status_word=word)

    def __str__(self) -> str:
        return f"{self.title} {self.answer} {self.reason}"


@dataclass(frozen=True)
class Question:
    """A kind of verdict: its key, its question, and a word for each status."""

    key: str
    title: str
    statuses: Mapping[Status, str]

    def answered(
        self,
        status: Status,
        answer: Prose | str,
        reason: Prose | str,
        *,
        number: float | int | None = None,
        number_is: NumberIs = "value",
        figure: Prose | str = "",
        activation: str | None = None,
        chosen: str | None = None,
        word: str = "",
    ) -> Verdict:
        """Return the verdict; `figure` says in words what `number` is.

        `word` stands for the status where the question's own word does not fit.
        """
        words = Words(as_prose(answer), as_prose(reason), as_prose(figure))
        return Verdict(
            question=self.key,
            title=self.title,
            status=status,
            status_word=word or self.statuses[status],
            answer=str(words.answer),
            reason=str(words.reason),
            number=None if number is None else float(number),
            number_text=str(words.number),
            activation=activation,
            words=words,
            chosen=chosen,
            number_is=number_is,
        )
