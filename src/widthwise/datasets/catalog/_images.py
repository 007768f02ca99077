"""Images of some classes as points: so many of each, flattened, perhaps reduced."""

from collections.abc import Sequence

import numpy as np
import torch

from widthwise import seeds
from widthwise.datasets.catalog._principal_components import principal_components
from widthwise.datasets.points import Dataset, PreparationStep, nearest
from widthwise.errors import InvalidArgumentError
from widthwise.prose import say

__all__ = ["images_to_dataset"]


def images_to_dataset(
    name: str,
    images: np.ndarray,
    labels: np.ndarray,
    class_names: Sequence[str],
    origin: str,
    classes: Sequence[int | str] | None,
    count: int | None,
    components: int | None,
    seed: int | None,
) -> Dataset:
    """Choose images class by class, flatten them, and reduce the dimension.

    Parameters
    ----------
    classes
        Numbers or names; the first of two is labelled +1, the second −1; three or more
        keep their numbers as targets. None takes every class.
    count
        How many images of each class; None takes all.
    components
        Keep so many principal components; None keeps the pixels.
    seed
        Draws the images at random; None takes the first ones.

    Raises
    ------
    InvalidArgumentError
        No such class, a class twice, fewer images than asked for.
    """
    if classes is None:
        chosen = list(range(len(class_names)))
    else:
        chosen = [_number(each, class_names, name) for each in classes]
    if len(set(chosen)) != len(chosen) or not chosen:
        raise InvalidArgumentError(
            f"The classes {classes!r} were asked for; one or more, each once, were "
            "needed."
        )
    rows = np.concatenate([_rows(name, labels, c, count, seed) for c in chosen])
    points = images[rows].reshape(len(rows), -1).astype(np.float64)
    names = [class_names[number] for number in chosen]
    how = "the first" if seed is None else f"at random (seed {seed})"
    steps = [
        PreparationStep(
            "choose_images",
            f"Took {len(rows)} images, {how} of each class, class by class: "
            f"{', '.join(names)}.",
            {"classes": names, "count": count, "seed": seed},
        )
    ]
    if components is not None:
        points, share = principal_components(points, components)
        steps.append(
            PreparationStep(
                "principal_components",
                say(
                    "Kept {:,} principal components, {:%} of the variance.",
                    components,
                    share,
                ),
                {"components": components, "variance_share": share},
            )
        )
    targets = labels[rows].astype(np.float64)
    if len(chosen) == 2:
        targets = np.where(labels[rows] == chosen[0], 1.0, -1.0)
        names = names[::-1]  # in the order of the codes −1, +1
    elif len(chosen) > 2:
        names = [class_names[number] for number in sorted(chosen)]
    return Dataset(
        name=name,
        points=torch.from_numpy(np.ascontiguousarray(points)),
        targets=torch.from_numpy(targets),
        target_name="class",
        steps=tuple(steps),
        origin=origin,
        row_numbers=tuple(rows.tolist()),
        classes=tuple(names),
        columns_share_unit=True,
    )


def _number(each: int | str, class_names: Sequence[str], name: str) -> int:
    """Return the number of a class given by number or name."""
    if isinstance(each, str) and each in class_names:
        return class_names.index(each)
    try:
        number = int(each)
    except ValueError:
        number = -1
    if 0 <= number < len(class_names):
        return number
    known = ", ".join(f"{number} {word}" for number, word in enumerate(class_names))
    raise InvalidArgumentError(
        f"{name} has no class {each!r}. {nearest(str(each), class_names)}It has: "
        f"{known}."
    )


def _rows(
    name: str,
    labels: np.ndarray,
    number: int,
    count: int | None,
    seed: int | None,
) -> np.ndarray:
    """Return the rows of the images of one class that are taken."""
    rows = np.flatnonzero(labels == number)
    if count is None:
        return rows
    if not 1 <= count <= len(rows):
        raise InvalidArgumentError(
            f"{count} images of class {number} of {name} were asked for; it has "
            f"{len(rows)}, and at least 1 was needed."
        )
    if seed is None:
        return rows[:count]
    keys = seeds.stream(seed, f"datasets/{name}", number).random(len(rows))
    return np.sort(rows[keys.argsort()[:count]])
