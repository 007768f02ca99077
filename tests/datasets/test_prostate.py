"""The prostate data is the corrected version, in whatever format it comes."""

import pytest
import torch

from widthwise.datasets import load
from widthwise.datasets.catalog._prostate import _FILE
from widthwise.datasets.tables._files import find
from widthwise.errors import DataError, MissingDataError


@pytest.fixture
def table(data_directory):
    return (data_directory / "prostate.csv").read_text()


def esl(table):
    """Rewrite the table as the book's site has it: tabs, row names, T and F."""
    header, *rows = table.splitlines()
    lines = ["\t" + header.replace(",", "\t")]
    for number, row in enumerate(rows, start=1):
        fields = row.split(",")
        fields[-1] = "T" if fields[-1] == "1" else "F"
        lines.append("\t".join([str(number), *(field.rjust(4) for field in fields)]))
    return "\n".join(lines) + "\n"


def test_it_is_the_corrected_version(data_directory):
    data = load("prostate", data_dir=data_directory)
    assert data.points.shape == (97, 8)
    assert data.feature_names[1] == "lweight"
    assert data.points[31, 1] == 3.804438
    assert data.target_name == "lpsa"
    assert data.targets[-1] == 5.5829322


def test_its_points_on_the_sphere_have_the_known_extreme_pairs(data_directory):
    points = load("prostate", data_dir=data_directory).prepare().points
    cosines = points @ points.T
    assert cosines.min() == pytest.approx(-0.944102, abs=5e-7)
    off_diagonal = cosines - 2 * torch.eye(97, dtype=torch.float64)
    assert off_diagonal.max() == pytest.approx(0.998995, abs=5e-7)


@pytest.mark.parametrize("name", ["prostate.csv", "prostate.data"])
def test_the_books_own_format_is_recognised(table, tmp_path, name, data_directory):
    (tmp_path / name).write_text(esl(table))
    found = load("prostate", data_dir=tmp_path)
    expected = load("prostate", data_dir=data_directory)
    assert torch.equal(found.points, expected.points)
    assert torch.equal(found.targets, expected.targets)
    assert found.feature_names == expected.feature_names


def test_it_is_downloaded_in_the_books_format(table, tmp_path, download):
    download(esl(table).encode())
    assert load("prostate").origin == _FILE.url
    assert load("prostate").origin == str(tmp_path / "widthwise" / "prostate.csv")


def test_the_old_version_is_refused(table, tmp_path):
    old = table.replace(",3.804438,65,1.70474809", ",6.1076,65,1.70474809")
    assert old != table
    (tmp_path / "prostate.csv").write_text(old)
    with pytest.raises(DataError, match=r"old version.*row 32 has lweight 6\.1076"):
        load("prostate", data_dir=tmp_path)


def test_one_changed_digit_is_noticed(table, tmp_path):
    (tmp_path / "prostate.csv").write_text(table.replace("2.769459", "2.769458"))
    with pytest.raises(DataError, match="not the file that was expected"):
        load("prostate", data_dir=tmp_path)


def test_a_web_page_instead_of_the_table_is_thrown_away(tmp_path, download):
    download(b"<html>404</html>")
    with pytest.raises(MissingDataError, match="thrown away"):
        find(_FILE, None)
    assert not any(path.is_file() for path in tmp_path.rglob("*"))
