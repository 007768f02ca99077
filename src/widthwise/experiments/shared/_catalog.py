"""The experiments of the papers' doors, by name; each loads when it is asked for."""

import importlib
from collections.abc import Iterator
from types import ModuleType

from widthwise.experiments.shared._definition import Experiment

__all__ = ["experiment_names", "experiments_of"]


def experiment_names(*papers: ModuleType) -> tuple[str, ...]:
    """Return the names, `<paper>_<subject>`, without loading the experiments."""
    return tuple(name for name, _ in _files(papers))


def experiments_of(*papers: ModuleType) -> dict[str, Experiment]:
    """Load the experiments, each the `EXPERIMENT` of the file of its subject."""
    return {
        name: importlib.import_module(file).EXPERIMENT for name, file in _files(papers)
    }


def _files(papers: tuple[ModuleType, ...]) -> Iterator[tuple[str, str]]:
    for paper in papers:
        short = paper.__name__.rpartition(".")[2]
        for subject in paper.SUBJECTS:
            yield f"{short}_{subject}", f"{paper.__name__}._{subject}"
