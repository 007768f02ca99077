"""The widths and networks at which rows are left out, and what that costs."""

__all__ = [
    "prediction_flops",
    "prediction_trials",
    "prediction_widths",
    "stopping_widths",
]

_SHARES = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 3 / 4, 1, 5 / 4, 3 / 2, 2, 4)
"""Widths over the number of rows: closer together where the error has its peak."""

_FEWER_SHARES = (1 / 16, 1 / 4, 1 / 2, 1, 3 / 2, 4)
_MANY_ROWS = 600
_A_ROOT = 100  # Operations a pole of one eigenvalue without a row.
_PENALTIES = 80  # About as many as a path has.


def prediction_widths(rows: int, widest: int) -> tuple[int, ...]:
    """Return numbers of units from few to many, close together about `rows`."""
    shares = _SHARES if rows <= _MANY_ROWS else _FEWER_SHARES
    found = {max(1, round(share * rows)) for share in shares}
    return tuple(sorted(each for each in found if each <= max(widest, rows)))


def prediction_trials(rows: int, trials: int) -> int:
    """Return the random networks of a width."""
    return min(trials, 3 if rows <= _MANY_ROWS else 1)


def stopping_widths(rows: int, widest: int) -> tuple[int, ...]:
    """Return those at which each row left out has a descent of its own: a few.

    Of many rows the narrow ones, which take no more than 600 rows at their own number
    of units do.
    """
    widths = prediction_widths(rows, widest)
    return tuple(
        each
        for each in widths
        if (2 * each <= rows or each in (rows, widths[-1]))
        and rows * min(rows, each) ** 2 <= _MANY_ROWS**3
    )


def prediction_flops(rows: int, widest: int, trials: int) -> float:
    """Predict the operations that all widths take, with both infinite ones."""
    total = 0.0
    for width in (*prediction_widths(rows, widest), rows, rows):
        least = min(rows, width)
        once = rows * width * least + 9 * least**3 + 4 * rows * least * _PENALTIES
        total += prediction_trials(rows, trials) * once
    for width in stopping_widths(rows, widest):
        total += _A_ROOT * rows * min(rows, width) ** 2
    return total
