"""`widthwise fit`: from a table to a model in one file."""

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from widthwise.cli._carrying_out import require_data
from widthwise.cli._claim import Force
from widthwise.cli._ending import stop
from widthwise.cli._knobs import knobs_from, turned, with_knobs
from widthwise.cli._options import AsJson, Data, Reading, reading_from
from widthwise.diagnosis.study import knob
from widthwise.errors import InvalidArgumentError, OutputError
from widthwise.prose import shown
from widthwise.wording import harmless, listing

if TYPE_CHECKING:
    from widthwise.estimators import TableModel

__all__ = ["file_from", "fit_command"]

_MAGIC = b"widthwise-estimator "
_TAKES = {
    "features": ("activation", "width", "law", "seed"),
    "network": ("activation", "depth", "kernel", "law"),
    "linear": (),
}


@dataclass(frozen=True, kw_only=True)
class ModelKnobs:
    """Which model is fitted."""

    model: str = knob(
        "features",
        "features: a random hidden layer; network: infinite width; linear: none.",
    )
    activation: str | None = knob(
        None,
        "Of the hidden units. By default features choose it, and networks have relu.",
        str,
        completed_by="activations",
    )
    width: int | None = knob(
        None, "Hidden units of features. By default chosen by rows left out.", int
    )
    depth: int | None = knob(None, "Hidden layers of a network. By default 1.", int)
    kernel: str | None = knob(
        None, "Of a network: tangent (all layers train) or conjugate (the last).", str
    )
    law: str | None = knob(
        None, "Of the weights: sphere (features) or gaussian (network).", str
    )
    solver: str = knob("ridge", "ridge, minimum_norm or gradient_descent.")
    penalty: float | None = knob(
        None, "Of ridge. By default chosen by rows left out.", float
    )
    seed: int = knob(0, "Every random number follows from it.")


@with_knobs(ModelKnobs, Reading)
def fit_command(
    data: Data,
    target: Annotated[
        str | None, typer.Option(help="The column to predict: numbers, or classes.")
    ] = None,
    out: Annotated[
        str | None, typer.Option(help="The file for the model, one for all.")
    ] = None,
    force: Force = False,
    as_json: AsJson = False,
    **knobs: Any,
) -> None:
    """Fit a model to a table; its file holds what is done to the columns, too."""
    require_data(data)
    path = file_from(out, "--out")
    _claim(path, force=force)
    asked, reading = knobs_from(ModelKnobs, knobs), reading_from(knobs)
    if asked.model not in _TAKES:
        raise InvalidArgumentError(
            f"--model is {asked.model!r}; {listing(list(_TAKES), 'or')} was needed."
        )
    _refuse_others(asked, turned(ModelKnobs, knobs))
    from widthwise.diagnosis.study import read_data
    from widthwise.estimators import fit_table

    found = read_data(data, target, reading)
    if found.targets is None:
        raise InvalidArgumentError(
            "fit was given no --target; a column to predict was needed. Name it."
        )
    for step in found.steps:
        typer.echo(harmless(shown(step.detail)), err=True)
    estimator = _estimator(asked, is_classes=found.classes is not None)
    model = fit_table(found, estimator, reading)
    model.save(path)
    _show(model, path, as_json=as_json)


def file_from(text: str | None, option: str) -> Path:
    """Return the file that an option names, in a folder that exists.

    Raises
    ------
    InvalidArgumentError, OutputError
        If it names none, or a folder, or one in no folder.
    """
    if text is None or not text.strip():
        raise InvalidArgumentError(
            f"{option} names no file; the path of one was needed, such as {option} "
            "model.ww."
        )
    path = stop.may_write(Path(text).expanduser())
    if path.is_dir() or not path.parent.is_dir():
        what = "is a folder" if path.is_dir() else "is in no folder that exists"
        raise OutputError(f"{option} is {path}, which {what}. Name a file in one.")
    return path


def _claim(path: Path, *, force: bool) -> None:
    """Refuse to replace a file that is no model."""
    if force or not path.exists():
        return
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise OutputError(
                f"{path} is there and is no model, which this one would replace. Name "
                "another file, or say --force."
            )


def _refuse_others(asked: ModelKnobs, options: list[str]) -> None:
    """Refuse options that the model does not have."""
    shared = {"model", "solver", "penalty"}
    known = {*shared, *_TAKES[asked.model]}
    for each in fields(asked):
        option = f"--{each.name}"
        if option in options and each.name not in known:
            having = [name for name, names in _TAKES.items() if each.name in names]
            raise InvalidArgumentError(
                f"{option} was given with --model {asked.model}, which has none. Leave "
                f"it out, or say --model {listing(having, 'or')}."
            )


def _estimator(asked: ModelKnobs, *, is_classes: bool) -> Any:
    from widthwise import estimators

    kinds = {
        "features": (
            estimators.RandomFeaturesRegressor,
            estimators.RandomFeaturesClassifier,
        ),
        "network": (
            estimators.NetworkKernelRegressor,
            estimators.NetworkKernelClassifier,
        ),
        "linear": (estimators.ReadoutRegressor, estimators.ReadoutClassifier),
    }
    given = {name: getattr(asked, name) for name in _TAKES[asked.model]}
    chosen = {name: each for name, each in given.items() if each is not None}
    if asked.penalty is not None:
        chosen["penalty"] = asked.penalty
    if asked.model == "linear":
        chosen["scale"] = "standard"
    return kinds[asked.model][is_classes](solver=asked.solver, **chosen)


def _show(model: "TableModel", path: Path, *, as_json: bool) -> None:
    """Print what was found, in words or as JSON."""
    fitted = model.estimator
    left, verdict = fitted.leave_one_out_, fitted.verdict_
    if not as_json:
        typer.echo(harmless(repr(fitted)))
        typer.echo(harmless(shown(verdict.reason)))
        typer.echo(f"Model: {path}")
        return
    from widthwise.records import plain

    content = {
        "estimator": type(fitted).__name__,
        "verdict": vars(verdict),
        "leave_one_out": {
            "error": left.error,
            "standard_error": left.standard_error,
            "r2": left.r2,
            "wrong": left.wrong,
        },
        "width": getattr(fitted, "width_", None),
        "activation": getattr(fitted, "activation_", None),
        "recommended_width": fitted.recommended_width_,
        "penalty": fitted.penalty_,
        "steps": fitted.steps_,
        "model": str(path),
    }
    typer.echo(json.dumps(plain(content), indent=2, allow_nan=False))
