"""Image sets give the images asked for, labelled and reduced as said."""

import numpy as np
import pytest
import torch

from widthwise.datasets import load
from widthwise.datasets.catalog._images import images_to_dataset
from widthwise.errors import DataError, InvalidArgumentError

NAMES = ("cat", "dog", "emu")


@pytest.fixture
def images():
    return np.random.default_rng(1).integers(0, 256, (30, 2, 3), dtype=np.uint8)


@pytest.fixture
def labels():
    return np.arange(30, dtype=np.uint8) % 3


def choose(images, labels, **settings):
    chosen = {"classes": None, "count": None, "components": None, "seed": None}
    chosen.update(settings)
    return images_to_dataset("zoo", images, labels, NAMES, "here", **chosen)


def test_two_classes_are_plus_and_minus_one(images, labels):
    data = choose(images, labels, classes=("emu", 0), count=4)
    assert data.row_numbers == (2, 5, 8, 11, 0, 3, 6, 9)
    assert data.targets.tolist() == [1] * 4 + [-1] * 4
    assert data.classes == ("cat", "emu")  # in the order of −1, +1
    assert data.points[1].tolist() == images[5].ravel().tolist()


def test_more_classes_keep_their_numbers(images, labels):
    data = choose(images, labels)
    assert data.targets.tolist() == [0] * 10 + [1] * 10 + [2] * 10
    assert data.classes == NAMES


def test_a_seed_draws_images_at_random_and_in_order(images, labels):
    first = choose(images, labels, count=5, seed=1)
    assert first.row_numbers == choose(images, labels, count=5, seed=1).row_numbers
    assert first.row_numbers != choose(images, labels, count=5, seed=2).row_numbers
    assert first.row_numbers[:5] == tuple(sorted(first.row_numbers[:5]))
    assert labels[list(first.row_numbers)].tolist() == [0] * 5 + [1] * 5 + [2] * 5


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"classes": ("cta",)}, r"no class 'cta'\. Did you mean 'cat'"),
        ({"classes": (3,)}, "no class 3.*0 cat, 1 dog, 2 emu"),
        ({"classes": (0, "cat")}, "each once"),
        ({"classes": ()}, "one or more"),
        ({"count": 11}, "11 images of class 0 of zoo were asked for; it has 10"),
        ({"count": 0}, "0 images"),
        ({"components": 7}, "from 1 to 6"),
    ],
)
def test_what_there_is_not_is_refused(images, labels, settings, message):
    with pytest.raises(InvalidArgumentError, match=message):
        choose(images, labels, **settings)


def test_fashion_mnist_is_the_known_selection(data_directory):
    raw = load("fashion_mnist", data_dir=data_directory, components=None)
    with np.load(data_directory / "fashion_sneaker_tshirt_500.npz") as known:
        assert raw.row_numbers == tuple(known["train_index"].tolist())
        assert raw.points.tolist() == known["x"].astype(float).tolist()
        assert raw.targets.tolist() == known["y"].astype(float).tolist()
    assert raw.classes == ("t-shirt", "sneaker")
    points = load("fashion_mnist", data_dir=data_directory).prepare().points
    assert points.shape == (500, 10)
    cosines = points @ points.T - 2 * torch.eye(500, dtype=torch.float64)
    assert float(torch.arccos(cosines.max())) == pytest.approx(0.0666, abs=5e-5)


def test_mnist_has_the_first_images_of_each_digit(data_directory):
    data = load("mnist", data_dir=data_directory, count=2)
    assert data.points.shape == (20, 784)
    assert data.targets.tolist() == [digit for digit in range(10) for _ in range(2)]
    assert data.row_numbers[:4] == (1, 21, 3, 6)  # labels start 5 0 4 1 9 2 1 3 1


def test_cifar10_is_the_same_from_both_formats(data_directory, tmp_path):
    with np.load(data_directory / "cifar10_subset.npz") as known:
        images, labels = known["x"], known["y"]
    planes = images.transpose(0, 3, 1, 2).reshape(len(images), -1)
    records = np.concatenate([labels[:, None].astype(np.uint8), planes], axis=1)
    more = np.zeros((5, 3073), dtype=np.uint8)  # beyond the first 4,000
    folder = tmp_path / "cifar-10-batches-bin"
    folder.mkdir()
    (folder / "data_batch_1.bin").write_bytes(np.concatenate([records, more]).tobytes())
    first = load("cifar10_subset", data_dir=data_directory, count=20)
    second = load("cifar10_subset", data_dir=tmp_path, count=20)
    assert torch.equal(first.points, second.points)
    assert torch.equal(first.targets, second.targets)
    assert first.points.shape == (200, 3072)
    assert first.row_numbers[120] == 0  # the first image is a frog, class 6
    assert first.points[120, :3].tolist() == [59, 62, 63]


def test_a_strange_cifar10_file_is_refused(tmp_path):
    path = tmp_path / "cifar10_subset.npz"
    np.savez(path, x=np.zeros((3, 8, 8, 3), np.uint8), y=np.zeros(3, np.uint8))
    with pytest.raises(DataError, match=r"x of shape \(3, 8, 8, 3\)"):
        load("cifar10_subset", data_dir=tmp_path)
    np.savez(path, x=np.zeros((3, 32, 32, 3), np.uint8), y=np.array([0, 1, 11]))
    with pytest.raises(DataError, match="labels other than 0 to 9"):
        load("cifar10_subset", data_dir=tmp_path)
    path.unlink()
    folder = tmp_path / "cifar-10-batches-bin"
    folder.mkdir()
    (folder / "data_batch_1.bin").write_bytes(bytes(3074))
    with pytest.raises(DataError, match="a multiple of 3073"):
        load("cifar10_subset", data_dir=tmp_path)
