"""A finished diagnosis: the verdicts, the evidence, and the ways to show them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars

from widthwise.diagnosis.study._verdict import Verdict
from widthwise.records import Record, write_text

__all__ = ["Diagnosis"]


@dataclass(frozen=True)
class Diagnosis:
    """What `diagnose` found on one data set.

    Attributes
    ----------
    record
        Everything, as documented on the page "The record".
    """

    record: Record

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The four answers: fits, width, speed, activation."""
        return tuple(Verdict(**each) for each in self.record.content["verdicts"])

    def verdict(self, question: str) -> Verdict:
        """Return the answer to "fits", "width", "speed" or "activation"."""
        return next(each for each in self.verdicts if each.question == question)

    @property
    def activations(self) -> list[dict[str, Any]]:
        """The evidence on each activation, in the order asked; of a module, none."""
        return list(self.record.content.get("activations", ()))

    @property
    def is_of_module(self) -> bool:
        """Whether a module was diagnosed, not activations."""
        return "parts" in self.record.content

    @property
    def is_of_landscape(self) -> bool:
        """Whether the landscape was studied, with `diagnose_landscape`."""
        return bool(self.record.content.get("kind") == "landscape")

    def table(self) -> polars.DataFrame:
        """Return the evidence as a frame, one row per activation.

        Of a module: one row for its last layer alone, one for all its layers. Of a
        landscape: one row per width.
        """
        if self.is_of_landscape:
            return _width_table(self.record.content["probability"])
        if self.is_of_module:
            parts = self.record.content["parts"]
            return polars.DataFrame([_part_row(each) for each in parts])
        return polars.DataFrame([_row(each) for each in self.activations])

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
        return "\n".join(str(each) for each in self.verdicts)

    def __repr__(self) -> str:
        data = self.record.content["data"]
        names = ", ".join(each["name"] for each in self.activations)
        if self.is_of_module:
            names = self.record.content["module"]["name"]
        if self.is_of_landscape:
            names = f"landscape of {self.record.content['settings']['activation']}"
        return (
            f"<Diagnosis of {data['name']}: {data['rows']} rows, "
            f"d = {data['dimension']}, {names}>"
        )


def _row(each: dict[str, Any]) -> dict[str, Any]:
    kernel, width, training = each["kernel"], each["width"], each["training"]
    certified, empirical = width["certified_sharp"], width["empirical"]
    return {
        "activation": each["name"],
        "fits any labels": each["rank_verdict"]["can_fit_any_labels"],
        "rank": each["rank_verdict"]["rank"],
        "smallest eigenvalue": kernel["smallest"],
        "condition number": kernel["condition_number"],
        "empirical width": None if empirical is None else float(empirical["value"]),
        "certified width": None if certified is None else certified["value"],
        **{
            f"steps to {tolerance}": steps
            for tolerance, steps in training["steps"].items()
        },
    }


def _width_table(found: dict[str, Any]) -> polars.DataFrame:
    return polars.DataFrame(
        {
            "width": found["widths"],
            "networks": found["trials"],
            "of full rank": found["successes"],
            "probability": found["estimate"],
            "low": found["low"],
            "high": found["high"],
        }
    )


def _part_row(each: dict[str, Any]) -> dict[str, Any]:
    found, training = each["spectrum"], each["training"]
    return {
        "trained": each["name"],
        "rank": found["rank"],
        "of": found["size"],
        "smallest eigenvalue": found["smallest"],
        "condition number": found["condition_number"],
        "best step": training["step"],
        "largest stable step": training["largest_stable_step"],
        **{
            f"steps to {tolerance}": steps
            for tolerance, steps in training["steps"].items()
        },
    }
