"""The examples in public docstrings are true, and most functions have one."""

import doctest
import importlib
import inspect

import pytest

ROOMS = (
    "activations",
    "bounds",
    "datasets",
    "diagnosis",
    "dynamics",
    "estimators",
    "features",
    "kernels",
    "landscape",
    "laws",
    "networks",
    "nn",
    "readouts",
    "seeds",
    "spectra",
)
ALLOWED = 26
"""Public functions that may have no example yet. It falls, and never rises."""


def public(room):
    """Return the public functions and classes of a room by name."""
    module = importlib.import_module(f"widthwise.{room}")
    found = {name: getattr(module, name) for name in module.__all__}
    return {
        name: each
        for name, each in found.items()
        if inspect.isclass(each) or inspect.isfunction(inspect.unwrap(each))
    }


def example_of(thing):
    text = inspect.getdoc(thing) or ""
    return doctest.DocTestParser().get_doctest(text, {}, thing.__name__, None, 0)


EXAMPLES = {
    f"{room}.{name}": example_of(each)
    for room in ROOMS
    for name, each in public(room).items()
    if example_of(each).examples
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_prints_what_it_says(name):
    said = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    runner.run(EXAMPLES[name], out=said.append, clear_globs=False)
    assert not runner.failures, "".join(said)


def test_almost_every_function_has_an_example():
    missing = [
        f"{room}.{name}"
        for room in ROOMS
        for name, each in public(room).items()
        if not inspect.isclass(each) and f"{room}.{name}" not in EXAMPLES
    ]
    assert len(missing) <= ALLOWED, missing
