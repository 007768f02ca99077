"""What asks for a layer of random features refuses all else."""

from widthwise.errors import InvalidArgumentError
from widthwise.features.two_layer._random_features import RandomFeatures

__all__ = ["require_layer"]


def require_layer(features: object) -> None:
    """Refuse what is no layer of random features.

    Raises
    ------
    InvalidArgumentError
        With what was given.
    """
    if not isinstance(features, RandomFeatures):
        shown = features if isinstance(features, str) else type(features).__name__
        raise InvalidArgumentError(
            f"The features are {shown!r}; they must be a layer, such as "
            'RandomFeatures("relu", 512, "gaussian").'
        )
