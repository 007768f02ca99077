"""`widthwise predict` and `widthwise score`: a model's answers on a table."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from widthwise.cli._carrying_out import require_data
from widthwise.cli._claim import Force
from widthwise.cli._fit import file_from
from widthwise.cli._options import AsJson, Data
from widthwise.errors import InvalidArgumentError, OutputError
from widthwise.wording import counted, harmless, listing, number, percent

if TYPE_CHECKING:
    from widthwise.estimators import TableModel

__all__ = ["predict_command", "score_command"]

_NAMED = 5

Model = Annotated[
    str, typer.Argument(help="A file that `widthwise fit` wrote with --out.")
]


def predict_command(
    model: Model,
    data: Data,
    out: Annotated[
        str | None,
        typer.Option(help="A CSV file. By default the table goes to the terminal."),
    ] = None,
    force: Force = False,
) -> None:
    """Write a table with one more column at its end, the model's prediction.

    The columns are found by their names, in any order; others are kept as they are.
    """
    require_data(data)
    path = None if out is None else file_from(out, "--out")
    if path is not None and path.exists() and not force:
        raise OutputError(
            f"{path} is there already. Name another file, or say --force."
        )
    found = _loaded(model).predict(data)
    text = found.write_csv()
    if path is None:
        typer.echo(text, nl=False)
        return
    from widthwise.files import write_text

    write_text(path, text)
    typer.echo(f"Predictions: {path}")


def score_command(model: Model, data: Data, as_json: AsJson = False) -> None:
    """Compare a model's predictions with the target's column of a table."""
    require_data(data)
    found = _loaded(model).score(data)
    if as_json:
        typer.echo(json.dumps(vars(found), indent=2, allow_nan=False))
    elif found.accuracy is not None:
        typer.echo(f"{percent(found.accuracy)} of {found.rows:,} rows are right.")
        if found.unseen_rows:
            names = listing(
                [repr(each) for each in found.unseen_classes], "or", most=_NAMED
            )
            typer.echo(
                f"{counted(found.unseen_rows, 'row')} could not be right: no row of "
                f"training was {harmless(names)}."
            )
    else:
        typer.echo(
            f"R² {number(found.r2)}, root mean squared error "
            f"{number(found.root_mean_squared_error)}, {found.rows:,} rows."
        )


def _loaded(model: str) -> "TableModel":
    from widthwise.estimators import TableModel, load

    found = load(Path(model).expanduser())
    if not isinstance(found, TableModel):
        raise InvalidArgumentError(
            f"{model} holds an estimator without a table's preparation. Fit it with "
            "`widthwise fit`, or call its predict from Python."
        )
    return found
