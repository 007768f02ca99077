"""A module is found by its name, and every way to miss it is one sentence."""

import pytest
from torch.nn import Linear, Module

from widthwise.cli._module_option import input_shape_from, module_from
from widthwise.errors import InvalidArgumentError

CODE = """
import torch

layer = torch.nn.Linear(2, 1)
number = 3

def make():
    return torch.nn.Linear(4, 1)

def make_with(width):
    return torch.nn.Linear(4, width)

def make_text():
    return "a"

class Net(torch.nn.Linear):
    def __init__(self):
        super().__init__(5, 1)

class zoo:
    small = staticmethod(make)
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Return the name of an importable file in the current folder."""
    name = f"made_{tmp_path.name}"
    (tmp_path / f"{name}.py").write_text(CODE)
    (tmp_path / f"{name}_broken.py").write_text("import widthwise_absent_thing")
    (tmp_path / f"{name}_wrong.py").write_text("raise ZeroDivisionError('two\\nlines')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", list(__import__("sys").path))
    return name


@pytest.mark.parametrize(
    ("name", "inputs"), [("make", 4), ("layer", 2), ("Net", 5), ("zoo.small", 4)]
)
def test_a_function_a_class_and_a_module_are_all_taken(place, name, inputs):
    found = module_from(f"{place}:{name}")
    assert isinstance(found, Module)
    assert isinstance(found, Linear)
    assert found.in_features == inputs


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{place}", "must be package.module:factory"),
        (":make", "must be package.module:factory"),
        ("{place}:", "must be package.module:factory"),
        ("widthwise_absent:make", "no Python module 'widthwise_absent'"),
        ("{place}.deeper:make", "no Python module"),
        ("{place}_broken:make", "No module named 'widthwise_absent_thing'"),
        ("{place}_wrong:make", "ZeroDivisionError: two lines"),
        ("{place}:mak", "Did you mean 'make'"),
        ("{place}:number", "cannot be called"),
        ("{place}:make_text", "gave str, not a torch.nn.Module"),
        ("{place}:make_with", r"TypeError: .*width"),
    ],
)
def test_what_is_missing_is_named(place, text, said):
    with pytest.raises(InvalidArgumentError, match=said) as caught:
        module_from(text.format(place=place))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["1x28x28", "1,28,28", "1X28X28"])
def test_a_shape_is_written_with_crosses_or_commas(text):
    assert input_shape_from(text) == (1, 28, 28)
    assert input_shape_from(None) is None


@pytest.mark.parametrize("text", ["", "0x3", "-1x3", "3x", "axb", "2.5"])
def test_what_is_no_shape_is_refused(text):
    with pytest.raises(InvalidArgumentError, match="--input-shape"):
        input_shape_from(text)
