"""Classes as targets: one column of −1 and 1 for each, that class against the rest."""

import numpy as np

from widthwise.arrays import Float
from widthwise.errors import DataError
from widthwise.wording import listing

__all__ = ["class_codes", "classes_of_scores", "sorted_classes"]


def class_codes(places: np.ndarray, count: int) -> Float[np.ndarray, "n c"]:
    """Return the codes of the classes at these places.

    Parameters
    ----------
    places
        Shape (n,). Which class each row has, from 0.
    count
        How many classes there are; of two, one column says which.
    """
    if count == 2:
        return np.where(places == 1, 1.0, -1.0)[:, None]
    found = np.full((len(places), count), -1.0)
    found[np.arange(len(places)), places] = 1.0
    return found


def classes_of_scores(scores: Float[np.ndarray, "n c"]) -> np.ndarray:
    """Return the place of the class with the highest score; of two, the sign's."""
    if scores.shape[1] == 1:
        return (scores[:, 0] > 0.0).astype(np.intp)
    return np.asarray(scores.argmax(axis=1))


def sorted_classes(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the classes in order, and the place of each row's among them.

    Raises
    ------
    DataError
        If labels are of types that are not compared.
    """
    try:
        return np.unique(labels, return_inverse=True)
    except TypeError as error:
        kinds = sorted({type(each).__name__ for each in labels.tolist()})
        raise DataError(
            f"The labels are of types {listing(kinds)}, which have no order among "
            "them. Make them all text, or all numbers."
        ) from error
