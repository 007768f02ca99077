"""Every data set of the catalog is what its entry says."""

import json
import subprocess
import sys

import pytest
import requests
import torch

from widthwise.datasets import CATALOG, load
from widthwise.errors import (
    InvalidArgumentError,
    MissingDataError,
    UnknownNameError,
)

NEED_A_FILE = ("data directory",)


def is_bundled(name):
    return not CATALOG[name].obtained.startswith(NEED_A_FILE)


@pytest.fixture(
    params=[
        pytest.param(name, marks=() if is_bundled(name) else pytest.mark.data)
        for name in sorted(CATALOG)
    ]
)
def entry(request):
    """Return each entry whose data can be had here."""
    return CATALOG[request.param]


def test_the_data_are_as_the_entry_says(entry):
    data = load(entry.name)
    assert data.name == entry.name
    assert tuple(data.points.shape) == (entry.points_count, entry.dimension)
    assert data.points.dtype == torch.float64
    assert torch.isfinite(data.points).all()
    assert data.origin
    if data.targets is not None:
        assert data.targets.shape == (entry.points_count,)
        assert data.target_name
    if data.classes is not None and len(data.classes) == 2:
        assert set(data.targets.tolist()) == {-1.0, 1.0}
    for step in data.steps:
        assert json.loads(json.dumps(step.numbers)) == step.numbers


def test_the_data_can_be_prepared(entry):
    data = load(entry.name)
    points = data.prepare(bias=True).points
    norms = points.norm(dim=1)
    torch.testing.assert_close(norms, torch.ones_like(norms), rtol=0, atol=1e-14)


def test_the_entry_says_whence_and_under_which_terms(entry):
    for sentence in (entry.summary, entry.obtained, entry.source, entry.licence):
        assert sentence.strip()
        assert "\n" not in sentence


def test_the_same_name_gives_the_same_numbers(entry):
    assert torch.equal(load(entry.name).points, load(entry.name).points)


@pytest.mark.parametrize("name", sorted(CATALOG))
def test_an_unknown_setting_is_refused(name):
    with pytest.raises(InvalidArgumentError, match="no setting 'dimensions'"):
        load(name, dimensions=3)


@pytest.mark.parametrize("name", [n for n in sorted(CATALOG) if not is_bundled(n)])
def test_without_file_and_network_it_is_said_how_to_get_it(name, download, monkeypatch):
    download(requests.ConnectionError("no network"))
    monkeypatch.setattr("widthwise.datasets.tables._files._system_paths", lambda _: [])
    with pytest.raises(MissingDataError, match=r"WIDTHWISE_DATA.*--data-dir") as caught:
        load(name)
    assert "http" in str(caught.value)


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(UnknownNameError, match="'prostate'"):
        load("prostrate")


def test_classes_have_known_counts():
    iris, cancer = load("iris"), load("breast_cancer")
    assert iris.targets.unique(return_counts=True)[1].tolist() == [50, 50, 50]
    assert iris.classes == ("setosa", "versicolor", "virginica")
    assert cancer.classes == ("malignant", "benign")
    assert int((cancer.targets == -1).sum()) == 212


@pytest.mark.parametrize("target", ["Weight", "Waist", "Pulse"])
def test_linnerud_has_one_target_of_three(target):
    data = load("linnerud", target=target)
    assert data.target_name == target
    assert data.targets[0] == {"Weight": 191, "Waist": 36, "Pulse": 50}[target]


def test_linnerud_has_no_other_target():
    with pytest.raises(InvalidArgumentError, match="Did you mean 'Weight'"):
        load("linnerud", target="weigth")


@pytest.mark.parametrize(
    ("name", "distinct"), [("concrete", 992), ("machine", 190), ("wine_quality", 1355)]
)
def test_repeated_inputs_are_found(name, distinct, data_directory):
    data = load(name, data_dir=data_directory)
    assert len(data.points) - data.duplicates().surplus == distinct
    assert len(data.merge_duplicates().points) == distinct


def test_importing_the_room_loads_no_table_library():
    code = (
        "import sys, widthwise.datasets; "
        "libraries = 'sklearn polars narwhals scipy pandas pooch requests'.split(); "
        "print([m for m in libraries if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
