"""Files are short, and named by an idea of the field."""

from pathlib import Path

import pytest

import widthwise

SOURCE = Path(widthwise.__file__).parent
FILES = sorted(SOURCE.rglob("*.py"))
VAGUE = {
    "utils",
    "util",
    "helpers",
    "helper",
    "misc",
    "common",
    "base",
    "core",
    "tools",
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_file_is_longer_than_350_lines(path):
    count = len(path.read_text(encoding="utf-8").splitlines())
    assert count <= 350, f"{path} has {count} lines: it holds more than one idea"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_file_or_folder_has_a_name_that_says_nothing(path):
    parts = [part.strip("_") for part in path.relative_to(SOURCE).with_suffix("").parts]
    assert not VAGUE & set(parts)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_every_file_opens_with_a_sentence(path):
    assert path.read_text(encoding="utf-8").lstrip().startswith(('"""', 'r"""'))


def test_the_package_says_that_it_is_typed():
    assert (SOURCE / "py.typed").is_file()
