"""Small stand-ins for what a reader of a page has, and small work for its calls."""

import inspect
import re
import sys
import types
from pathlib import Path

import pytest
import torch

import widthwise as ww
from widthwise.experiments.shared import Experiment

ROOT = Path(__file__).parents[2]
COUNT, DIMENSION = 12, 5


class MyModule(torch.nn.Sequential):
    """A network of a reader's own."""

    def __init__(self, _seed=0):
        super().__init__(
            torch.nn.Linear(DIMENSION, 16), torch.nn.Tanh(), torch.nn.Linear(16, 1)
        )


@pytest.fixture
def belongings():
    """Return what a snippet may name without a definition: what the reader owns."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        table = torch.randn(COUNT, DIMENSION, dtype=torch.float64)
        unseen = torch.randn(4, DIMENSION, dtype=torch.float64)
        noise = torch.randn(COUNT, dtype=torch.float64)
        return {
            "ww": ww,
            "X": table,
            "X_test": unseen,
            "X_new": unseen,
            "y": table[:, 0] + noise,
            "model": MyModule(),
            "MyModule": MyModule,
        }


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch, belongings):
    """Write the files that pages name into the folder that their code runs in."""
    monkeypatch.chdir(tmp_path)
    rows = torch.column_stack([belongings["X"], belongings["y"]]).tolist()
    lines = ["id,a,b,c,d,price", *(",".join(map(str, row)) for row in rows)]
    Path("table.csv").write_text("\n".join(lines))
    page = (ROOT / "docs" / "sweeps.md").read_text(encoding="utf-8")
    (study,) = re.findall(r"```python\n([^`]*def fit[^`]*)```", page)
    (plan,) = re.findall(r"```toml\n([^`]*)```", page)
    for big, small in {
        "trials = 20": "trials = 1",
        "to = 4096, count = 7": "to = 128, count = 2",
        '"relu", "swish", "wendland0"': '"relu"',
    }.items():
        assert big in plan
        plan = plan.replace(big, small)
    Path("study.py").write_text(study)
    Path("plan.toml").write_text(plan)


@pytest.fixture
def experiments_only_checked(monkeypatch):
    """Let experiments check their settings, and end there."""

    def checked(self, *arguments, **options):
        asked = inspect.signature(reproduce).bind(self, *arguments, **options).arguments
        self.resolved(asked.get("settings"), quick=asked.get("quick", False))
        record = types.SimpleNamespace(content={"findings": [], "tables": {}})
        return types.SimpleNamespace(content=record.content, record=record)

    reproduce = inspect.unwrap(ww.sweeps.reproduce)
    monkeypatch.setattr(
        Experiment, "run", lambda self, *a, **o: checked(self, *a, store="", **o)
    )
    monkeypatch.setattr(ww.sweeps, "reproduce", checked)


@pytest.fixture(autouse=True)
def small_work(monkeypatch):
    """Let long calls do little."""
    run = ww.sweeps.run
    monkeypatch.setattr(
        ww.sweeps,
        "run",
        lambda plan, store, **options: run(plan, store, **{**options, "workers": 1}),
    )
    diagnose, sampled = ww.diagnose, ww.features.sampled_kernels
    minimum_width = ww.bounds.minimum_width

    def few(*arguments, **options):
        own = {"activations": "relu", "widths": (15,), "trials": 2, "probability": 0.9}
        if "module" in options:
            own = {"epochs": 3}
        return diagnose(*arguments, **own | options)

    monkeypatch.setattr(ww, "diagnose", few)
    monkeypatch.setattr(
        ww.bounds,
        "minimum_width",
        lambda *a, **o: minimum_width(*a, **{"trials": 20, **o}),
    )
    monkeypatch.setattr(
        ww.features,
        "sampled_kernels",
        lambda *a, networks, **o: sampled(*a, networks=min(networks, 3), **o),
    )
    load = ww.datasets.load

    def bundled(name, **settings):
        if "mnist" not in name:
            return load(name, **settings)
        assert settings.keys() <= ww.datasets.CATALOG[name].settings.keys()
        return load("digits")

    monkeypatch.setattr(ww.datasets, "load", bundled)
    # Not installed for the tests; what needs it is not run, but read.
    monkeypatch.setitem(
        sys.modules, "dask_jobqueue", types.SimpleNamespace(SLURMCluster=None)
    )
