"""Sparse rows, scaled: a matrix of which parts are made dense when they are read."""

from typing import Any

import numpy as np

from widthwise.arrays import Float
from widthwise.estimators.maps._preparation import Preparation, Rows

__all__ = ["Scaled"]


class Scaled:
    """The features of sparse rows after a preparation without a bias.

    Parameters
    ----------
    rows
        A sparse matrix.
    preparation
        Of its columns.
    """

    def __init__(self, rows: Rows, preparation: Preparation) -> None:
        self.shape: tuple[int, int] = rows.shape
        self._by_rows: Any = rows.tocsr()
        self._by_columns: Any = rows.tocsc()
        self._preparation = preparation

    def __getitem__(self, place: tuple[slice, slice]) -> Float[np.ndarray, "b c"]:
        rows, columns = place
        is_narrow = len(range(*columns.indices(self.shape[1]))) < self.shape[1]
        part = (
            self._by_columns[:, columns][rows]
            if is_narrow
            else self._by_rows[rows][:, columns]
        )
        center, spread = self._preparation.center, self._preparation.spread
        return np.asarray((part.toarray() - center[columns]) / spread[columns])
