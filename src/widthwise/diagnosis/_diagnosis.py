"""A finished study: the verdicts, the evidence, and the ways to show them."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from widthwise.cards import card
from widthwise.diagnosis._kinds import evidence_of
from widthwise.diagnosis.study import StudyRecord, Verdict
from widthwise.errors import unknown_name
from widthwise.records import Record, write_text

if TYPE_CHECKING:
    import polars

__all__ = ["Diagnosis", "InterruptedDiagnosis"]


@dataclass(frozen=True)
class Diagnosis:
    """What `diagnose` found on one data set.

    Attributes
    ----------
    record
        Everything, as documented on the page "The record".

    Examples
    --------
    >>> import widthwise as ww
    >>> data = ww.datasets.uniform_sphere(12, 3)
    >>> found = ww.diagnosis.diagnose_landscape(data, widths=(4,), trials=3)
    >>> isinstance(found, ww.diagnosis.Diagnosis), len(found.verdicts)
    (True, 3)
    """

    record: Record

    @cached_property
    def evidence(self) -> StudyRecord:
        """The record as a frozen object, with a typed field for each part."""
        return evidence_of(self.record)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The answers, such as fits, width, speed and activation."""
        return self.evidence.verdicts

    def verdict(self, question: str) -> Verdict:
        """Return the answer to one question, such as "fits" or "width".

        Raises
        ------
        UnknownNameError
            If the study has no such question.
        """
        found = {each.question: each for each in self.verdicts}
        if question not in found:
            raise unknown_name("verdict", question, found)
        return found[question]

    @property
    def activations(self) -> list[dict[str, Any]]:
        """The evidence on each activation, in the order asked; of a module, none."""
        return list(self.record.content.get("activations", ()))

    @property
    def is_of_module(self) -> bool:
        """Whether a module was diagnosed, not activations."""
        return self.evidence.kind == "module-diagnosis"

    @property
    def is_of_landscape(self) -> bool:
        """Whether the landscape was studied, with `diagnose_landscape`."""
        return self.evidence.kind == "landscape"

    def _repr_html_(self) -> str:
        rows = [(each.title, each.answer) for each in self.verdicts]
        return card("Diagnosis", rows)

    def table(self) -> "polars.DataFrame":
        """Return the evidence as a frame, one row per activation.

        Of a module: one row for its last layer alone, one for all its layers. Of a
        landscape: one row per width.
        """
        import polars

        return polars.DataFrame(self.evidence.compared())

    def to_json(self, indent: int | None = None) -> str:
        """Return the record's content as strict JSON; infinities are null."""
        return self.record.to_json(indent)

    def to_html(self, path: str | Path | None = None) -> str:
        """Return the report as one self-contained HTML page, and write it to `path`."""
        # The one import that points up: the method belongs to the object that users
        # hold, and the page is drawn from the record alone.
        from widthwise.report import render

        page = render(self.record)
        if path is not None:
            write_text(Path(path), page)
        return page

    def save(self, folder: str | Path) -> Path:
        """Write the record and the report into `folder`; return the report's path."""
        folder = Path(folder)
        page = self.to_html()
        self.record.save(folder)
        write_text(folder / "report.html", page)
        return folder / "report.html"

    @classmethod
    def load(cls, folder: str | Path) -> "Diagnosis":
        """Read a diagnosis that `save` wrote."""
        return cls(Record.load(Path(folder)))

    def __str__(self) -> str:
        return "\n".join(map(str, (*self.verdicts, *self.evidence.cautions)))

    def __repr__(self) -> str:
        data = self.evidence.data
        return (
            f"<Diagnosis of {data.name}: {data.rows} rows, d = {data.dimension}, "
            f"{self.evidence.subject}>"
        )


class InterruptedDiagnosis(KeyboardInterrupt):
    """Ctrl-C came; `partial` holds what was finished, or is None.

    Like every KeyboardInterrupt, it passes through `except Exception`.

    Examples
    --------
    >>> import widthwise as ww
    >>> issubclass(ww.diagnosis.InterruptedDiagnosis, KeyboardInterrupt)
    True
    """

    def __init__(self, partial: Diagnosis | None) -> None:
        done = "nothing was finished" if partial is None else partial.evidence.finished
        super().__init__(f"Interrupted after {done}.")
        self.partial = partial
