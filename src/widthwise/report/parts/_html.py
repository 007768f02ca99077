"""HTML that holds all it needs: its template filled, with scripts and a policy."""

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from widthwise.diagnosis.study import StudyRecord
from widthwise.prose import shown
from widthwise.records import plain, write
from widthwise.report.parts import _numbers
from widthwise.report.parts._formulas import formula
from widthwise.report.parts._page_parts import Page
from widthwise.report.parts._status import status_of

__all__ = ["LIBRARY", "asset", "context_of", "html", "plotting_library"]

LIBRARY = "plotly.min.js"
"""The file name of a plotting library that several pages share."""

_PACKED = "plotly-cartesian.min.js.gz"
"""Plotly's own bundle of lines, bars and heat maps: a third of the whole library."""

_HEADER, _TRAILER = 10, 8  # Of a gzip file without a name, around its deflated bytes.

_FIRST, _START = "plot", "page"
_STYLES, _PAPER = ("style", "figures"), "print"
_NAME_SHOWN = 40


def html(page: Page, content: Mapping[str, Any], library: str | None = None) -> str:
    """Return the page as one document that needs no network.

    The same page gives the same bytes. Text from the content is escaped, and a content
    security policy lets only the page's own scripts run and lets nothing be fetched.
    With `library`, where the plotting library lies relative to the page, it is read
    from there, and the policy lets scripts of the page's own site run.
    """
    library = library if page.figures else None
    scripts = _scripts(page, holds_library=bool(page.figures) and library is None)
    styles = (*_STYLES, *page.own_styles, _PAPER)
    context = {
        **content,
        **page.context,
        "found": page.found,
        "preferred": page.preferred,
        "telling": page.telling,
        "figure": {each.identifier: each for each in page.figures},
        "styles": Markup("\n".join(asset(f"{name}.css") for name in styles)),
        "scripts": scripts,
        "library": library,
        "packed": _packed() if page.figures and library is None else None,
        "policy": _policy(page, scripts, library),
    }
    return _environment().get_template(page.template).render(context)


def context_of(evidence: Any) -> dict[str, Any]:
    """Return what every template reads of a record: plain values, or a typed record."""
    content = write(evidence)
    if not isinstance(evidence, StudyRecord):
        return content
    # These are shown key by key; all else keeps its prose.
    tables = {key: content[key] for key in ("settings", "environment")}
    return {**vars(evidence), **tables, "cautions": evidence.cautions}


def asset(name: str) -> str:
    """Return the text of a style sheet, script or template."""
    return (files("widthwise.report") / "templates" / name).read_text(encoding="utf-8")


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
        "duration": _numbers.duration,
        "percent": _numbers.percent,
        "angle": _numbers.angle,
        "power_of_ten": _numbers.power_of_ten,
        "values": _numbers.values,
        "formula": formula,
        "status": status_of,
        "written": shown,
        "name": _name,
    }
    return environment


def _name(text: str) -> Markup:
    """Return a name that cannot disturb the text around it: isolated, cut if long."""
    shown = text if len(text) <= _NAME_SHOWN else f"{text[: _NAME_SHOWN - 1]}…"
    if shown == text:
        return Markup("<bdi>{}</bdi>").format(text)
    return Markup('<bdi title="{}">{}</bdi>').format(text, shown)


def _payload(page: Page) -> str:
    """Return what the browser draws, as JSON without a single `<`."""
    drawn = plain(
        {
            "activations": [each.name for each in page.found],
            "preferred": next(
                (each.index for each in page.found if each.name == page.preferred), 0
            ),
            "figures": {
                each.identifier: {"curves": each.curves, "layout": each.layout}
                for each in page.figures
            },
            **page.data,
        }
    )
    payload = json.dumps(drawn, allow_nan=False, separators=(",", ":"))
    return payload.replace("<", "\\u003c")


def _scripts(page: Page, *, holds_library: bool) -> tuple[Markup, ...]:
    """Return the page's scripts in the order they run."""
    names = (_FIRST, *page.own_scripts, _START)
    own = "\n".join(asset(f"{name}.js") for name in names)
    data = f"const widthwiseRecord = {_payload(page)};"
    unpacking = (asset("unpack.js"),) if holds_library else ()
    return tuple(Markup(_inert(text)) for text in (*unpacking, data, own))


def _inert(script: str) -> str:
    """Return a script that cannot end its own element or open a comment in it.

    Both sequences can stand only in strings, regular expressions and comments, where
    the escape means the same.
    """
    # A parser turns every line end into one character, and the hash is of the result.
    script = script.replace("\r\n", "\n").replace("\r", "\n")
    script = re.sub(r"</(script)", r"<\\/\1", script, flags=re.IGNORECASE)
    return script.replace("<!--", "\\u003c!--")


def _policy(page: Page, scripts: Sequence[str], library: str | None) -> str:
    """Return a content security policy that admits these scripts and no request.

    A page that holds the library runs it as a script that its own one writes.
    """
    held = (plotting_library(),) if page.figures and library is None else ()
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(each.encode()).digest()).decode()}'"
        for each in (*scripts, *held)
    )
    # A browser checks no hash of a script that a page on a disk reads beside it.
    own = " 'self'" if library else ""
    return (
        f"default-src 'none'; script-src {hashes}{own}; style-src 'unsafe-inline'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


@cache
def plotting_library() -> str:
    """Return the script that draws the figures."""
    return gzip.decompress(_gzipped()).decode()


@cache
def _packed() -> dict[str, str | int]:
    """Return the library deflated, as letters, and its size in bytes."""
    found = _gzipped()
    inside = found[_HEADER:-_TRAILER]
    return {
        "text": base64.b64encode(inside).decode(),
        "size": len(plotting_library().encode()),
    }


def _gzipped() -> bytes:
    return (files("widthwise.report") / "templates" / _PACKED).read_bytes()
