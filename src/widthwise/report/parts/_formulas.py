"""Formulas in the LaTeX of the catalogs, as MathML that browsers draw themselves."""

import html
from functools import cache
from xml.etree.ElementTree import Element, tostring

from markupsafe import Markup, escape

__all__ = ["formula"]

_PARTS = {
    "math": None, "mrow": None, "mstyle": None, "msqrt": None,
    "mi": 0, "mn": 0, "mo": 0, "mtext": 0, "mspace": 0,
    "mfrac": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2,
    "msubsup": 3, "munderover": 3,
}  # fmt: skip
"""What a formula may consist of, and how many parts each has; None for any number."""

_ATTRIBUTES = {
    "accent", "displaystyle", "fence", "form", "mathvariant", "scriptlevel",
    "stretchy", "width",
}  # fmt: skip
_SIGNS = "⌈⌉⌊⌋:;"
_FALLING_SHORT = "latex2mathml.exceptions"


class _UnreadableError(Exception):
    """The text is not the LaTeX that is read here."""


@cache
def formula(text: str) -> Markup:
    r"""Return a formula as MathML: λ_{\min} with a subscript, fractions with a bar.

    A text that is no such formula, as of a user's own function, is shown as it is.
    """
    if not {"\\", "^", "{"} & set(text):
        return escape(text)
    try:
        root = _read(text)
    except _UnreadableError:
        return escape(text)
    # Safe: only known elements and attributes are left, and their text is escaped here.
    return Markup(tostring(root, encoding="unicode"))


def _read(text: str) -> Element:
    from latex2mathml.converter import convert_to_element  # slow, for pages alone

    try:
        root: Element = convert_to_element(text)
    except Exception as error:  # Its errors share no class but this.
        if type(error).__module__ != _FALLING_SHORT:
            raise
        raise _UnreadableError from error
    for element in root.iter():
        _clean(element)
    for element in list(root.iter()):
        _space(element)
    return root


def _clean(element: Element) -> None:
    """Leave only what draws: the converter hands on styles, links and markup."""
    if element.tag not in _PARTS or _PARTS[element.tag] not in (None, len(element)):
        raise _UnreadableError
    # The converter writes signs as entities. Its own printing undoes them last, and
    # what anybody wrote with them; undone here, they are escaped again in the end.
    element.text = html.unescape(element.text or "")
    for name in set(element.attrib) - _ATTRIBUTES:
        del element.attrib[name]
    if element.tag == "mi" and element.text and element.text in _SIGNS:
        element.tag = "mo"
        element.set("stretchy", "false")
    elif element.tag == "mo" and _is_function(element):
        element.tag = "mi"
    elif element.tag == "mo" and element.text == "/":
        element.attrib |= {"lspace": "0", "rspace": "0"}
    elif element.tag == "mi" and not (element.text.isalpha() or element.text == "∞"):
        raise _UnreadableError  # An unknown command, or a brace without its other.


def _space(element: Element) -> None:
    """Set a function's name apart from its neighbours, as TeX does: z tanh z."""
    if _PARTS[element.tag] is not None:
        return
    for place in range(len(element) - 1, 0, -1):
        before, after = element[place - 1], element[place]
        touching = {before.tag, after.tag}.isdisjoint({"mo", "mspace", "mtext"})
        if touching and (_is_function(before) or _is_function(after)):
            element.insert(place, Element("mspace", {"width": "0.167em"}))


def _is_function(element: Element) -> bool:
    """Return whether an element is a name like log, with an index or not."""
    if element.tag in ("msub", "msup", "msubsup", "munder"):
        return _is_function(element[0])
    text = element.text or ""
    return element.tag in ("mi", "mo") and len(text) > 1 and text.isalpha()
