"""Formulas in the LaTeX of the catalogs, as plain HTML that needs no math library."""

import re
from collections.abc import Iterator

from markupsafe import Markup, escape

__all__ = ["formula"]

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[{}^_]|\s+|[A-Za-z]|\d+(?:\.\d+)?|.", re.DOTALL)
_LETTERS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "eta": "η",
    "varepsilon": "ε",
    "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "pi": "π", "sigma": "σ",
    "tau": "τ", "phi": "φ", "omega": "ω", "Phi": "Φ", "Sigma": "Σ", "ell": "ℓ",
    "sum": "∑", "int": "∫", "infty": "∞", "prod": "∏",
}  # fmt: skip
_SIGNS = {
    "le": " ≤ ", "ge": " ≥ ", "cdot": " · ", "times": " × ", "ne": " ≠ ", "in": " ∈ ",
    "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉",
    "|": "‖", "{": "{", "}": "}", ",": "\u2009",
    " ": " ", ";": " ", "!": "", "quad": "\u2003", "left": "", "right": "", "top": "ᵀ",
    "ldots": "…", "dots": "…",
}  # fmt: skip
_FUNCTIONS = {
    "max", "min", "log", "exp", "sin", "cos", "tan", "tanh", "sinh", "cosh", "sup",
    "inf", "arccos", "det",
}  # fmt: skip
_SPACING = (
    (r"\s*\u2009\s*(?=[ ({⌊]|$)", " "),
    (r"\s+(?=<su[bp]>)", ""),
    (r"(?<=[⌊⌈]) | (?=[⌋⌉])", ""),
    (r"(?<=\b(?:max|min|sup|inf)) (?=[({])", ""),
    (r"[ \t\n]+", " "),
)
_COMPOUND = re.compile(r"[\s+−·×]")


class _UnreadableError(Exception):
    """The text is not the LaTeX that is read here."""


def formula(text: str) -> Markup:
    r"""Return a formula as HTML: λ_{\min} with a subscript, fractions with a slash.

    A text that is no such formula, as of a user's own function, is shown as it is.
    """
    tokens = list(_TOKEN.findall(text))
    if not {"\\", "^", "{"} & set("".join(tokens)):
        return escape(text)
    reader = iter(tokens)
    try:
        found = Markup("").join(_until(reader, None))
    except _UnreadableError:
        return escape(text)
    for pattern, spaced in _SPACING:
        found = Markup(re.sub(pattern, spaced, found))
    return found.strip()


def _until(reader: Iterator[str], end: str | None) -> Iterator[Markup]:
    """Yield the pieces up to `end`, or up to the end of the text."""
    for token in reader:
        if token == end:
            return
        yield _piece(token, reader)
    if end is not None:
        raise _UnreadableError


def _piece(token: str, reader: Iterator[str]) -> Markup:
    if token == "{":
        return Markup("").join(_until(reader, "}"))
    if token == "}":
        raise _UnreadableError
    if token in "^_":
        tag = "sup" if token == "^" else "sub"
        return Markup("<{0}>{1}</{0}>").format(Markup(tag), _argument(reader).strip())
    if token == "-":
        return Markup("−")
    if not token.startswith("\\"):
        return escape(token)
    return _command(token[1:], reader)


def _command(name: str, reader: Iterator[str]) -> Markup:
    if name in ("frac", "tfrac", "dfrac"):
        top, bottom = _argument(reader).strip(), _argument(reader).strip()
        below = _grouped(bottom)
        above = _grouped(top) if re.search(r"[+−]", _words(top)) else top
        return Markup("({} / {})").format(above, below)
    if name == "sqrt":
        return Markup("√{}").format(_grouped(_argument(reader), always=True))
    if name in ("text", "operatorname", "mathrm"):
        return _argument(reader) + Markup("" if name == "text" else "\u2009")
    if name == "tilde":
        return _argument(reader) + Markup("\N{COMBINING TILDE}")
    if name in _FUNCTIONS:
        return Markup("{}\u2009").format(name)
    if name in _LETTERS:
        return Markup(_LETTERS[name])
    if name in _SIGNS:
        return Markup(_SIGNS[name])
    raise _UnreadableError


def _argument(reader: Iterator[str]) -> Markup:
    """Return the one token or group that a command or an index applies to."""
    for token in reader:
        if token.strip():
            return _piece(token, reader)
    raise _UnreadableError


def _grouped(part: Markup, *, always: bool = False) -> Markup:
    """Return `part` in brackets where a slash would otherwise cut it."""
    if always or _COMPOUND.search(_words(part)):
        return Markup("({})").format(part)
    return part


def _words(part: Markup) -> str:
    """Return what stands on the line: indices do not make a part compound."""
    return re.sub(r"<su([bp])>.*?</su\1>", "", part)
