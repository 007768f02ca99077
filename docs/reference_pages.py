"""The pages of the reference: a room's suites, functions first, a table on each."""

import importlib
import inspect
from collections.abc import Mapping
from pathlib import Path

ROOMS = (
    "estimators", "report", "sweeps", "diagnosis", "experiments", "bounds", "dynamics",
    "landscape", "readouts", "spectra", "features", "kernels", "networks", "nn",
    "activations", "laws", "datasets", "numerics", "arrays", "errors", "sources",
    "seeds", "records", "cards",
)  # fmt: skip
KINDS = ("function", "class", "data")
FOLDER = Path(__file__).parent / "api" / "generated"


def kind_of(value):
    if inspect.isclass(value):
        return "class"
    return "function" if callable(value) and hasattr(value, "__name__") else "data"


def suites_of(room):
    """Return the public names of a room by the suite that they come from.

    A suite of one name alone, and what has no suite, is on the room's own page.
    """
    found = {}
    for name in room.__all__:
        home = getattr(getattr(room, name), "__module__", "") or ""
        parts = home.removeprefix(room.__name__ + ".").split(".")
        is_inside = home.startswith(room.__name__ + ".") and len(parts) > 1
        found.setdefault(parts[0] if is_inside else "", []).append(name)
    own = found.pop("", [])
    for suite in [each for each, names in found.items() if len(names) == 1]:
        own += found.pop(suite)
    return sorted(own), found


def heading(text, line="="):
    return f"{text}\n{line * len(text)}\n\n"


def entries(room, names):
    """Return a table and the entries of some names of a room, functions first."""
    by_kind = {
        kind: [each for each in names if kind_of(getattr(room, each)) == kind]
        for kind in KINDS
    }
    text = f".. currentmodule:: {room.__name__}\n\n"
    for kind, title in zip(KINDS, ("Functions", "Classes", "Values"), strict=True):
        if by_kind[kind] and kind != "data":
            lines = "".join(f"   {each}\n" for each in by_kind[kind])
            text += f".. rubric:: {title}\n\n.. autosummary::\n\n{lines}\n"
    for each in by_kind["function"]:
        text += f".. autofunction:: {each}\n\n"
    for each in by_kind["class"]:
        text += f".. autoclass:: {each}\n   :members:\n   :show-inheritance:\n\n"
    for each in by_kind["data"]:
        text += f".. py:data:: {each}\n\n{named(getattr(room, each))}"
    return text


def named(value):
    """Say which names a catalog has."""
    if not isinstance(value, Mapping | tuple | list | frozenset | set):
        return ""
    names = [each for each in value if isinstance(each, str)]
    return "   " + ", ".join(f"``{each}``" for each in names) + "\n\n"


def sentence(module):
    return inspect.getdoc(module).split("\n\n")[0].replace("\n", " ").rstrip(".")


def main():
    """Write a page for each room, and one for each of its suites."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = {}
    for each in ROOMS:
        room = importlib.import_module(f"widthwise.{each}")
        own, suites = suites_of(room)
        text = heading(f"{each}: {sentence(room)[0].lower()}{sentence(room)[1:]}")
        text += f".. automodule:: widthwise.{each}\n   :no-members:\n\n"
        if suites:
            text += ".. toctree::\n   :maxdepth: 1\n\n"
            text += "".join(f"   widthwise.{each}.{suite}\n" for suite in suites)
            text += "\n"
        for suite, names in suites.items():
            module = importlib.import_module(f"widthwise.{each}.{suite}")
            lines = heading(sentence(module)) + entries(room, sorted(names))
            wanted[f"widthwise.{each}.{suite}.rst"] = lines
        wanted[f"widthwise.{each}.rst"] = text + (entries(room, own) if own else "")
    for page in FOLDER.glob("*.rst"):
        if page.name not in wanted:
            page.unlink()
    for name, text in wanted.items():
        page = FOLDER / name
        if not page.exists() or page.read_text(encoding="utf-8") != text:
            page.write_text(text, encoding="utf-8")
