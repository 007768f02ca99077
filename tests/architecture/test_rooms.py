"""A room's door lists what is in the room, and each thing has one place."""

import importlib
import inspect
from pathlib import Path

import grimp
import pytest

import widthwise
from widthwise import activations, datasets, experiments

SOURCE = Path(widthwise.__file__).parent
ROOMS = sorted(
    path.parent.name for path in SOURCE.glob("*/__init__.py") if path.parent != SOURCE
)
CATALOGS = ["activations", "bounds", "datasets", "laws"]
DEFINITIONS = {"activations": "Activation", "bounds": "WidthBound", "laws": "Law"}
NOT_IN_A_CATALOG = {"Custom", "Normalized", "Scaled", "Zonal", "_Sum"}  # of others
FOUNDATIONS = sorted(path.stem for path in SOURCE.glob("[a-z]*.py"))


def door(room):
    return importlib.import_module(f"widthwise.{room}")


@pytest.fixture(scope="module")
def graph():
    """Return which module of the package imports which."""
    return grimp.build_graph("widthwise", cache_dir=None)


def test_every_file_is_used(graph):
    """A file that nothing imports is a definition that its door forgot."""
    entrances = {"widthwise", "widthwise.cli", "widthwise.__main__"}
    # A door may load by their names what it lists.
    entrances |= {f"widthwise.activations._{name}" for name in activations.NAMES}
    files = set(datasets.NAMES.values())
    entrances |= {f"widthwise.datasets.catalog._{file}" for file in files}
    for name in experiments.NAMES:
        paper, _, subject = name.partition("_")
        entrances.add(f"widthwise.experiments.{paper}._{subject}")
    unused = {
        module
        for module in graph.modules - entrances
        if not graph.find_modules_that_directly_import(module)
    }
    assert not unused


def concrete(kind):
    """Return the public leaves below an abstract class, in this package only."""
    below = [leaf for each in kind.__subclasses__() for leaf in concrete(each)]
    own = kind.__module__.startswith("widthwise.") and not inspect.isabstract(kind)
    own = own and not kind.__name__.startswith("_")
    return below + [kind] * own


@pytest.mark.parametrize("room", DEFINITIONS)
def test_every_definition_is_in_the_catalog(room):
    catalog = door(room).CATALOG.values()
    listed = {each if inspect.isclass(each) else type(each) for each in catalog}
    missing = {
        each
        for each in concrete(getattr(door(room), DEFINITIONS[room]))
        if each not in listed and each.__name__ not in NOT_IN_A_CATALOG
    }
    assert not missing, f"add {missing} to CATALOG in {door(room).__file__}"


@pytest.mark.parametrize("room", CATALOGS)
def test_every_catalog_entry_is_defined_in_its_own_room(room):
    for name, each in door(room).CATALOG.items():
        owner = each if hasattr(each, "__module__") else type(each)
        assert owner.__module__.startswith(f"widthwise.{room}."), name


@pytest.mark.parametrize("room", ["activations", "laws", "bounds"])
def test_every_catalog_key_is_the_name_of_its_entry(room):
    for name, each in door(room).CATALOG.items():
        assert each.name == name


@pytest.mark.parametrize("room", [*ROOMS, *FOUNDATIONS])
def test_every_public_name_exists_and_is_documented(room):
    module = door(room)
    assert module.__doc__, f"widthwise.{room} has no docstring"
    for name in module.__all__:
        value = getattr(module, name)
        ours = getattr(value, "__module__", "").startswith("widthwise")
        if ours and (inspect.isclass(value) or inspect.isfunction(value)):
            assert inspect.getdoc(value), f"{room}.{name} has no docstring"


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_have_three_folder_levels_at_most(room):
    inner = [path for path in (SOURCE / room).rglob("*") if path.is_dir()]
    code = [path for path in inner if list(path.rglob("*.py"))]
    deeper = [path for path in code if path.parent != SOURCE / room]
    assert not deeper, f"folders with code inside a suite: {deeper}"


@pytest.mark.parametrize("room", ROOMS)
def test_a_suite_has_a_door_that_says_what_it_exports(room):
    for suite in (path for path in (SOURCE / room).iterdir() if path.is_dir()):
        if list(suite.glob("*.py")):
            assert "__all__ = [" in (suite / "__init__.py").read_text(encoding="utf-8")


def test_the_top_package_names_every_room_and_foundation():
    private = {"cli"}  # a shell's entrance; nobody imports it
    expected = set(ROOMS) | set(FOUNDATIONS) - {"__main__"}
    assert expected - private <= set(widthwise.__all__)
