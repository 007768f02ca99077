"""Words as numbers: one column a category, one number a class."""

import numpy as np

from widthwise.datasets.points import PreparationStep
from widthwise.datasets.tables._columns import Column
from widthwise.errors import DataError

__all__ = ["encode_target", "encoding_problems", "one_hot_block"]

_MOST_CATEGORIES = 1000
_FEW_CATEGORIES = 20


def encoding_problems(
    where: str, features: list[Column], target: Column | None, one_hot: bool
) -> list[str]:
    """Say which columns of words are not categories."""
    problems = []
    words = [each for each in features if each.words is not None and one_hot]
    for column in words:
        present = column.rows(~column.missing)
        try:
            _categories(present, where)
        except DataError as error:
            problems.append(str(error))
    if target is not None and target.words is not None and not target.missing.all():
        try:
            encode_target(target.rows(~target.missing), where)
        except DataError as error:
            problems.append(str(error))
    return problems


def one_hot_block(column: Column, where: str) -> tuple[list[str], np.ndarray]:
    """Return one 0/1 column for each word, all words kept, in alphabetical order.

    Raises
    ------
    DataError
        More than 1000 words, or so many that the column is an identifier.
    """
    categories, codes = _categories(column, where)
    table = np.zeros((len(codes), len(categories)))
    table[np.arange(len(codes)), codes] = 1.0
    return [f"{column.name}={word}" for word in categories], table


def encode_target(
    column: Column, where: str
) -> tuple[np.ndarray, tuple[str, ...] | None, tuple[PreparationStep, ...]]:
    """Return targets as numbers, the names of the classes, and what was done.

    Two classes become −1 and +1, in alphabetical order (false −1, true +1); more
    become 0, 1, ..., C−1. Numbers stay as they are.

    Raises
    ------
    DataError
        One class only, or so many that the column is an identifier.
    """
    if column.kind == "number" and column.numbers is not None:
        return column.numbers, None, ()
    if column.kind == "boolean" and column.numbers is not None:
        words = np.where(column.numbers == 1.0, "true", "false").astype(object)
        column = Column(column.name, "text", column.missing, words=words)
    classes, codes = _categories(column, where)
    if len(classes) == 1:
        raise DataError(
            f"The target {column.name!r} of {where} has one class only, "
            f"{classes[0]!r}; at least two were needed. Choose another target, or "
            "none."
        )
    if len(classes) == 2:
        values = 2.0 * codes - 1.0
        detail = (
            f"Read the target {column.name!r} as two classes: {classes[0]!r} is −1, "
            f"{classes[1]!r} is +1."
        )
    else:
        values = codes.astype(np.float64)
        named = ", ".join(
            f"{word!r} is {code}" for code, word in enumerate(classes[:5])
        )
        more = ", ..." if len(classes) > 5 else ""
        detail = (
            f"Read the target {column.name!r} as {len(classes)} classes: {named}{more}."
            " Distances between these numbers mean nothing; for one class against the "
            "rest, give a target of −1 and 1."
        )
    step = PreparationStep("encode_target", detail, {"classes": classes})
    return values, tuple(classes), (step,)


def _categories(column: Column, where: str) -> tuple[list[str], np.ndarray]:
    """Return the words in alphabetical order and each row's position among them."""
    assert column.words is not None
    words = [str(word) for word in column.words]
    categories = sorted(set(words))
    count, rows = len(categories), len(words)
    if count > _MOST_CATEGORIES or (count > _FEW_CATEGORIES and 2 * count > rows):
        raise DataError(
            f"Column {column.name!r} of {where} has {count} different words in {rows} "
            f"rows, such as {categories[0]!r}; that is a name of each row, not a "
            f"category. Leave it out: drop={column.name!r} (--drop {column.name})."
        )
    position = {word: code for code, word in enumerate(categories)}
    return categories, np.array([position[word] for word in words])
