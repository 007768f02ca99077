"""The report: one HTML page that holds all it needs."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from widthwise.records import Record, plain, write_text
from widthwise.report import _numbers
from widthwise.report._bounds_table import bound_rows
from widthwise.report._comparison import comparison
from widthwise.report._conditioning import conditioning_figure
from widthwise.report._contents import Series, require_diagnosis, series
from widthwise.report._eigenvalues import eigenvalue_figure
from widthwise.report._figure import Figure
from widthwise.report._formulas import formula
from widthwise.report._obstacles import collisions, near_misses
from widthwise.report._shapes import dual_figure, shape_figure
from widthwise.report._status import status_of
from widthwise.report._training import filter_figure, residual_figure, slider_start

__all__ = ["render", "write"]

_SCRIPTS = ("plot", "evidence", "landweber", "training", "page")
_STYLES = ("style", "figures", "print")
_NAME_SHOWN = 40


def render(record: Record) -> str:
    """Draw a diagnosis as one HTML page that needs no network.

    The same record gives the same bytes. Text from the record is escaped, and a content
    security policy lets only the page's own scripts run and lets nothing be fetched.

    Parameters
    ----------
    record
        A diagnosis, as the page "The record" documents it.

    Returns
    -------
    str
        The page, about 5 MB, nearly all of it the plotting library.

    Raises
    ------
    DataError
        If the record is of another kind or a part of it is missing.

    Notes
    -----
    Cost: under a second; proportional to the length of the arrays.
    """
    record = Record(plain(record.content), record.arrays)
    require_diagnosis(record)
    content, found = record.content, series(record)
    preferred, it_fits = _preferred(content["verdicts"])
    start = slider_start(found, preferred)
    figures = [
        conditioning_figure(found),
        eigenvalue_figure(found),
        filter_figure(found, start),
        residual_figure(found, start),
        shape_figure(found),
        dual_figure(found),
    ]
    certificates, estimates = bound_rows(found)
    scripts = _scripts(_payload(found, figures, preferred))
    template = _environment().get_template("page.html")
    return template.render(
        **content,
        found=found,
        preferred=preferred,
        recommended=preferred if it_fits else None,
        figure={each.identifier: each for each in figures},
        columns=comparison(found),
        collisions=collisions(found),
        near_misses=near_misses(found),
        certificates=certificates,
        estimates=estimates,
        slider_start=start,
        styles=Markup("\n".join(_asset(f"{name}.css") for name in _STYLES)),
        scripts=scripts,
        policy=_policy(scripts),
    )


def write(record: Record, path: str | Path) -> None:
    """Write the page of `record` to `path`, whole or not at all.

    Raises
    ------
    DataError
        If the record is of another kind or a part of it is missing.
    OutputError
        If the file cannot be written.
    """
    write_text(Path(path), render(record))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("widthwise.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": _numbers.number,
        "count": _numbers.count,
        "percent": _numbers.percent,
        "angle": _numbers.angle,
        "power_of_ten": _numbers.power_of_ten,
        "values": _numbers.values,
        "formula": formula,
        "powers": _numbers.with_powers,
        "status": status_of,
        "name": _name,
    }
    return environment


def _name(text: str) -> Markup:
    """Return a name that cannot disturb the text around it: isolated, cut if long."""
    shown = text if len(text) <= _NAME_SHOWN else f"{text[: _NAME_SHOWN - 1]}…"
    if shown == text:
        return Markup("<bdi>{}</bdi>").format(text)
    return Markup('<bdi title="{}">{}</bdi>').format(text, shown)


def _preferred(verdicts: Sequence[Mapping[str, Any]]) -> tuple[str | None, bool]:
    """Return the activation that came out best, and whether it fits the labels."""
    for verdict in verdicts:
        if verdict["question"] == "activation":
            return verdict["activation"], verdict["status"] == "yes"
    return None, False


def _payload(
    found: Sequence[Series], figures: Sequence[Figure], preferred: str | None
) -> str:
    """Return what the browser draws, as JSON without a single `<`."""
    payload = json.dumps(
        {
            "activations": [each.name for each in found],
            "preferred": next(
                (each.index for each in found if each.name == preferred), 0
            ),
            "figures": {
                each.identifier: {"curves": each.curves, "layout": each.layout}
                for each in figures
            },
        },
        ensure_ascii=True,
        allow_nan=False,
        separators=(",", ":"),
    )
    return payload.replace("<", "\\u003c")


def _scripts(payload: str) -> tuple[Markup, ...]:
    """Return the page's scripts in the order they run."""
    own = "\n".join(_asset(f"{name}.js") for name in _SCRIPTS)
    data = f"const widthwiseRecord = {payload};"
    return tuple(Markup(_inert(text)) for text in (_plotting_library(), data, own))


def _inert(script: str) -> str:
    """Return a script that cannot end its own element or open a comment in it.

    Both sequences can stand only in strings, regular expressions and comments, where
    the escape means the same.
    """
    # A parser turns every line end into one character, and the hash is of the result.
    script = script.replace("\r\n", "\n").replace("\r", "\n")
    script = re.sub(r"</(script)", r"<\\/\1", script, flags=re.IGNORECASE)
    return script.replace("<!--", "\\u003c!--")


def _policy(scripts: Sequence[str]) -> str:
    """Return a content security policy that admits these scripts and no request."""
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(each.encode()).digest()).decode()}'"
        for each in scripts
    )
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


def _asset(name: str) -> str:
    return (files("widthwise.report") / "templates" / name).read_text(encoding="utf-8")


@cache
def _plotting_library() -> str:
    from plotly.offline import get_plotlyjs  # slow to import, needed only here

    return str(get_plotlyjs())
