"""The data sets that an installed scikit-learn holds; no file is looked for."""

from functools import partial

import numpy as np
import torch

from widthwise.datasets.catalog._catalog import Entry
from widthwise.datasets.points import Dataset, PreparationStep, nearest
from widthwise.errors import InvalidArgumentError

__all__ = ["ENTRIES"]

_CLASSES = ("iris", "digits", "wine", "breast_cancer")
_ARGUMENTS = {"diabetes": {"scaled": False}}


def _load(name: str) -> Dataset:
    """Load one set; two classes become −1 and +1, more keep their numbers."""
    import sklearn.datasets

    bunch = getattr(sklearn.datasets, f"load_{name}")(**_ARGUMENTS.get(name, {}))
    targets = np.asarray(bunch.target, dtype=np.float64)
    classes: tuple[str, ...] | None = None
    steps: tuple[PreparationStep, ...] = ()
    if name in _CLASSES:
        classes = tuple(str(each) for each in bunch.target_names)
        if len(classes) == 2:
            targets = 2.0 * targets - 1.0
        codes = ("−1", "+1") if len(classes) == 2 else range(len(classes))
        named = ", ".join(f"{c!r} is {k}" for c, k in zip(classes, codes, strict=True))
        detail = f"Coded the classes: {named}."
        steps = (PreparationStep("encode_target", detail, {"classes": list(classes)}),)
    return Dataset(
        name=name,
        points=torch.from_numpy(np.asarray(bunch.data, dtype=np.float64)),
        targets=torch.from_numpy(targets),
        feature_names=tuple(str(each) for each in bunch.feature_names),
        target_name="class" if classes else "progression",
        steps=steps,
        origin="scikit-learn",
        classes=classes,
        columns_share_unit=name == "digits",
    )


def _linnerud(target: str = "Weight") -> Dataset:
    """Load three exercises of twenty men, with one of three measures of the body."""
    import sklearn.datasets

    bunch = sklearn.datasets.load_linnerud()
    names = [str(each) for each in bunch.target_names]
    if target not in names:
        raise InvalidArgumentError(
            f"linnerud has no target {target!r}. {nearest(str(target), names)}It has: "
            f"{', '.join(names)}."
        )
    targets = np.asarray(bunch.target, dtype=np.float64)[:, names.index(target)]
    return Dataset(
        name="linnerud",
        points=torch.from_numpy(np.asarray(bunch.data, dtype=np.float64)),
        targets=torch.from_numpy(np.ascontiguousarray(targets)),
        feature_names=tuple(str(each) for each in bunch.feature_names),
        target_name=target,
        origin="scikit-learn",
    )


def _entry(name: str, summary: str, count: int, dimension: int, source: str) -> Entry:
    return Entry(
        name=name,
        summary=summary,
        points_count=count,
        dimension=dimension,
        obtained="installed with scikit-learn",
        source=source,
        licence="distributed with scikit-learn (BSD-3-Clause)",
        loader=_linnerud if name == "linnerud" else partial(_load, name),
    )


ENTRIES = (
    _entry("iris", "flowers, three classes", 150, 4, "Fisher (1936)"),
    _entry(
        "diabetes",
        "progression of diabetes after a year",
        442,
        10,
        "Efron, Hastie, Johnstone and Tibshirani (2004)",
    ),
    _entry(
        "digits",
        "handwritten digits, 8 × 8 pixels, ten classes",
        1797,
        64,
        "Alpaydin and Kaynak (1998)",
    ),
    _entry(
        "wine", "chemistry of wines, three classes", 178, 13, "Forina et al. (1991)"
    ),
    _entry(
        "breast_cancer",
        "tumours, malignant (−1) or benign (+1)",
        569,
        30,
        "Wolberg, Street and Mangasarian (1995)",
    ),
    _entry(
        "linnerud",
        "three exercises and one of three measures of the body",
        20,
        3,
        "Tenenhaus (1998)",
    ),
)
