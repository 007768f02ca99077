"""Every public function and class has an example, and it is true."""

import doctest
import importlib.util
import inspect
from pathlib import Path

import pytest

_PAGES = Path(__file__).parents[2] / "docs" / "reference_pages.py"


def rooms():
    """Return the rooms that have a page of the reference."""
    spec = importlib.util.spec_from_file_location("pages_of_the_reference", _PAGES)
    pages = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pages)
    return pages.ROOMS


def public(room):
    """Return the public functions and classes of a room by name, aliases left out."""
    module = importlib.import_module(f"widthwise.{room}")
    found = {name: getattr(module, name) for name in module.__all__}
    return {
        name: each
        for name, each in found.items()
        if (inspect.isclass(each) or inspect.isfunction(inspect.unwrap(each)))
        and each.__module__.startswith("widthwise")
        and inspect.getdoc(each)
    }


def example_of(thing):
    text = inspect.getdoc(thing) or ""
    return doctest.DocTestParser().get_doctest(text, {}, thing.__name__, None, 0)


PUBLIC = {
    f"{room}.{name}": example_of(each)
    for room in rooms()
    for name, each in public(room).items()
}


@pytest.mark.parametrize(
    "name", [name for name, each in PUBLIC.items() if each.examples]
)
def test_the_example_prints_what_it_says(name):
    said = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    runner.run(PUBLIC[name], out=said.append, clear_globs=False)
    assert not runner.failures, "".join(said)


def test_every_public_name_has_an_example():
    assert [name for name, each in PUBLIC.items() if not each.examples] == []
