"""MNIST and Fashion-MNIST, of the 60,000 training images."""

from collections.abc import Sequence
from pathlib import Path

from widthwise.datasets.catalog._catalog import Entry
from widthwise.datasets.catalog._idx import parse_idx
from widthwise.datasets.catalog._images import images_to_dataset
from widthwise.datasets.points import Dataset
from widthwise.datasets.tables import DataFile, find
from widthwise.errors import DataError

__all__ = ["ENTRIES"]

_IMAGES = "train-images-idx3-ubyte.gz"
_LABELS = "train-labels-idx1-ubyte.gz"
_FASHION_NAMES = (
    "t-shirt",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)
_DIGITS = tuple(map(str, range(10)))

_FASHION_REMEDY = (
    "On Debian or Ubuntu, `apt install dataset-fashion-mnist` installs it; elsewhere "
    "it is at https://github.com/zalandoresearch/fashion-mnist."
)
_FASHION_URL = (
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/"
    "fashion/"
)
_MNIST_URL = "https://ossci-datasets.s3.amazonaws.com/mnist/"


def _file(name: str, folder: str, url: str, fingerprint: str) -> DataFile:
    """Describe one of the four files."""
    is_fashion = folder == "fashion-mnist"
    return DataFile(
        names=(f"{folder}/{name}",),
        fingerprint=fingerprint,
        url=url + name,
        system_folder="/usr/share/datasets/fashion-mnist" if is_fashion else None,
        remedy=_FASHION_REMEDY if is_fashion else "",
    )


_FASHION_FILES = (
    _file(
        _IMAGES,
        "fashion-mnist",
        _FASHION_URL,
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    ),
    _file(
        _LABELS,
        "fashion-mnist",
        _FASHION_URL,
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    ),
)
_MNIST_FILES = (
    _file(
        _IMAGES,
        "mnist",
        _MNIST_URL,
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    _file(
        _LABELS,
        "mnist",
        _MNIST_URL,
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
)


def _load(
    name: str,
    files: tuple[DataFile, DataFile],
    class_names: tuple[str, ...],
    data_dir: Path | None,
    classes: Sequence[int | str] | None,
    count: int | None,
    components: int | None,
    seed: int | None,
) -> Dataset:
    """Find both files, and choose images."""
    images_file, labels_file = find(files[0], data_dir), find(files[1], data_dir)
    images = parse_idx(images_file.content, 3, images_file.origin)
    labels = parse_idx(labels_file.content, 1, labels_file.origin)
    if len(images) != len(labels):
        raise DataError(
            f"{images_file.origin} has {len(images)} images and {labels_file.origin} "
            f"{len(labels)} labels; one label an image was needed."
        )
    return images_to_dataset(
        name,
        images,
        labels,
        class_names,
        images_file.origin,
        classes,
        count,
        components,
        seed,
    )


def _fashion_mnist(
    data_dir: Path | None = None,
    classes: Sequence[int | str] | None = ("sneaker", "t-shirt"),
    count: int | None = 250,
    components: int | None = 10,
    seed: int | None = None,
) -> Dataset:
    return _load(
        "fashion_mnist",
        _FASHION_FILES,
        _FASHION_NAMES,
        data_dir,
        classes,
        count,
        components,
        seed,
    )


def _mnist(
    data_dir: Path | None = None,
    classes: Sequence[int | str] | None = None,
    count: int | None = 100,
    components: int | None = None,
    seed: int | None = None,
) -> Dataset:
    return _load(
        "mnist", _MNIST_FILES, _DIGITS, data_dir, classes, count, components, seed
    )


ENTRIES = (
    Entry(
        name="fashion_mnist",
        summary="sneakers (+1) and t-shirts (−1), ten principal components",
        points_count=500,
        dimension=10,
        obtained="data directory, Debian package dataset-fashion-mnist, or download",
        source="Xiao, Rasul and Vollgraf (2017), arXiv:1708.07747",
        licence="MIT",
        loader=_fashion_mnist,
    ),
    Entry(
        name="mnist",
        summary="handwritten digits, 28 × 28 pixels, ten classes",
        points_count=1000,
        dimension=784,
        obtained="data directory, or download",
        source="LeCun, Cortes and Burges (1998)",
        licence="CC BY-SA 3.0, as commonly stated",
        loader=_mnist,
    ),
)
