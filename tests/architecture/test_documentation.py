"""What the pages name exists."""

import re
import shlex
import tomllib
from operator import attrgetter
from pathlib import Path

import pytest
import typer

import widthwise
from widthwise.cli import app

ROOT = Path(__file__).parents[2]
BUILT = {"_build", "class", "gallery", "generated"}
PAGES = sorted(
    path
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    if not BUILT & set(path.relative_to(ROOT).parts)
)
EACH_PAGE = pytest.mark.parametrize(
    "page", PAGES, ids=lambda page: str(page.relative_to(ROOT))
)


@EACH_PAGE
def test_every_name_on_a_page_exists(page):
    """The site's pages write the package as `ww`."""
    for path in re.findall(r"\bww\.(\w+(?:\.\w+)*)", page.read_text(encoding="utf-8")):
        assert attrgetter(path)(widthwise) is not None


@EACH_PAGE
def test_every_relative_link_leads_somewhere(page):
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@EACH_PAGE
def test_every_command_on_a_page_is_accepted(page):
    """Every `widthwise COMMAND` exists, and has the options that it is given."""
    commands = typer.main.get_command(app).commands
    text = page.read_text(encoding="utf-8")
    for line in re.findall(r"^ *widthwise ([a-z].+)$", text, flags=re.MULTILINE):
        said = shlex.split(line, comments=True)
        command = commands[said.pop(0)]
        if hasattr(command, "commands"):
            command = command.commands[said.pop(0)]
        known = {option for each in command.params for option in each.opts}
        assert {each for each in said if each.startswith("--")} <= known, line


def test_every_make_target_on_a_page_is_in_the_makefile():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE))
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md"):
        named = re.findall(r"(?:^|`)make ([a-z]+)", page.read_text(), re.MULTILINE)
        assert named
        assert set(named) <= targets


def test_one_version_everywhere():
    """The package has it, the build reads it there, and the citation repeats it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    citation = (ROOT / "CITATION.cff").read_text()
    assert project["dynamic"] == ["version"]
    assert f"\nversion: {widthwise.__version__}\n" in citation


def test_a_decision_is_headed_by_the_number_of_its_file():
    pages = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    numbers = [page.name[:4] for page in pages]
    assert len(set(numbers)) == len(numbers)
    heads = [page.read_text(encoding="utf-8")[:6] for page in pages]
    assert heads == [f"# {number}" for number in numbers]
