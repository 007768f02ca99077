"""CIFAR-10: the first 4,000 images, and what a trained network sees in them."""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from widthwise.datasets.catalog._catalog import Entry
from widthwise.datasets.catalog._images import images_to_dataset
from widthwise.datasets.points import Dataset
from widthwise.datasets.tables import DataFile, Found, find, read_npz
from widthwise.errors import DataError

__all__ = ["ENTRIES"]

_NAMES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)
_IMAGES = 4000
_RECORD = 1 + 3 * 32 * 32
_FILE = DataFile(
    names=("cifar10_subset.npz", "cifar-10-batches-bin/data_batch_1.bin"),
    remedy=(
        "Download https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz (170 MB) and "
        "unpack it in the data directory, which makes "
        "cifar-10-batches-bin/data_batch_1.bin; or make an NPZ file with x of shape "
        "(n, 32, 32, 3) and y of shape (n,)."
    ),
)


def _load(
    data_dir: Path | None = None,
    classes: Sequence[int | str] | None = None,
    count: int | None = 100,
    components: int | None = None,
    seed: int | None = None,
) -> Dataset:
    found = find(_FILE, data_dir)
    images, labels = _parse(found)
    return images_to_dataset(
        "cifar10_subset",
        images,
        labels,
        _NAMES,
        found.origin,
        classes,
        count,
        components,
        seed,
    )


_FEATURES = DataFile(
    names=("cifar10_effnetlite0_features.npz",),
    remedy=(
        "Make it: x = widthwise.features.image_features(images) of the first 2,000 "
        "images of https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz, and y, "
        "their labels."
    ),
)


def _load_features(
    data_dir: Path | None = None,
    classes: Sequence[int | str] | None = None,
    count: int | None = None,
    components: int | None = None,
    seed: int | None = None,
) -> Dataset:
    found = find(_FEATURES, data_dir)
    x, y, _ = read_npz(io.BytesIO(found.content), found.origin, "x", "y")
    if y is None or x.ndim != 2 or len(x) != len(y):
        raise DataError(
            f"{found.origin} has x of shape {x.shape}; (n, channels) and one label y a "
            "row were needed."
        )
    return images_to_dataset(
        "cifar10_features",
        x,
        y,
        _NAMES,
        found.origin,
        classes,
        count,
        components,
        seed,
    )


def _parse(found: Found) -> tuple[np.ndarray, np.ndarray]:
    """Return images (n, 32, 32, 3) and labels (n,) of either format."""
    content, where = found.content, found.origin
    if content.startswith(b"PK"):
        images, labels, _ = read_npz(io.BytesIO(content), where, "x", "y")
        if labels is None or images.shape != (len(labels), 32, 32, 3):
            raise DataError(
                f"{where} has x of shape {images.shape}; (n, 32, 32, 3) and one label "
                "y an image were needed."
            )
    else:
        if not content or len(content) % _RECORD:
            raise DataError(
                f"{where} has {len(content)} bytes; a multiple of {_RECORD} was needed "
                "(CIFAR-10, binary version). Get the original file."
            )
        records = np.frombuffer(content, np.uint8).reshape(-1, _RECORD)[:_IMAGES]
        labels = records[:, 0]
        planes = records[:, 1:].reshape(-1, 3, 32, 32)
        images = planes.transpose(0, 2, 3, 1)
    if labels.dtype.kind not in "iu" or labels.min() < 0 or labels.max() > 9:
        raise DataError(f"{where} has labels other than 0 to 9. Get the original file.")
    return images, labels


ENTRIES = (
    Entry(
        name="cifar10_subset",
        summary="photographs, 32 × 32 pixels in three colours, ten classes",
        points_count=1000,
        dimension=3072,
        obtained="data directory",
        source="Krizhevsky (2009), Learning multiple layers of features from tiny "
        "images",
        licence="none stated",
        loader=_load,
    ),
    Entry(
        name="cifar10_features",
        summary="what EfficientNet-Lite0, trained on ImageNet, sees in photographs",
        points_count=2000,
        dimension=1280,
        obtained="data directory",
        source="Krizhevsky (2009); Tan and Le (2019), arXiv:1905.11946, whose Lite "
        "variant's last convolution is averaged over the image",
        licence="none stated for the images; Apache-2.0 for the weights",
        loader=_load_features,
    ),
)
