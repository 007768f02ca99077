"""Points and targets, with a record of all that was done to them."""

from dataclasses import dataclass, replace
from itertools import compress
from typing import Any

import numpy as np
import torch

from widthwise import seeds
from widthwise.arguments import require_finite
from widthwise.arrays import Array, Float
from widthwise.datasets.points._checks import check_shape, plain_values
from widthwise.datasets.points._duplicates import Duplicates, find_duplicates, merge
from widthwise.datasets.points._preparation_step import PreparationStep
from widthwise.datasets.points._scaling import constant_columns, standardize
from widthwise.datasets.points._sphere import projected
from widthwise.datasets.points._wording import listed
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.wording import counted

__all__ = ["Dataset"]


@dataclass(frozen=True, eq=False)
class Dataset:
    """Points, their targets if any, and how they came to be.

    Each method returns a new data set with one more entry in `steps`.

    Attributes
    ----------
    name
        What to call it in a report.
    points
        (n, d), float64, finite, n ≥ 2, d ≥ 1, on the CPU.
    targets
        (n,), float64, finite; None when there are no labels.
    feature_names, target_name
        Names of the columns; "x0", "x1", ... when not given.
    steps
        What was done, in order.
    origin
        Where it came from: a path, "array", "scikit-learn", ...
    row_numbers
        For each row, its number in the source, counted from 0 below the header.
    classes
        Names of the classes when targets were words, in the order of their codes.
    row_errors
        (n,), how far each row may lie from what was meant, by the rounding of the
        numbers given, in the norm of the rows; None where it is that of the last digit.
    row_norms
        (n,), of the rows before they went to the sphere; None if they did not.
    reading_bytes
        Peak memory of reading it, about; 0 where it was not read.
    columns_share_unit
        The columns are in one unit already (pixels, points of the sphere), so `prepare`
        does not standardise them unless told to.

    Raises
    ------
    DataError
        Shapes that do not match, fewer than 2 rows, no column, NaN or infinity.

    Examples
    --------
    >>> import widthwise as ww
    >>> data = ww.datasets.load("diabetes").standardize().to_sphere(bias=True)
    >>> data.points.shape, [each.name for each in data.steps]
    (torch.Size([442, 11]), ['standardize', 'append_constant', 'to_sphere'])
    """

    name: str
    points: Float[Array, "n d"]
    targets: Float[Array, " n_targets"] | None = None
    feature_names: tuple[str, ...] = ()
    target_name: str | None = None
    steps: tuple[PreparationStep, ...] = ()
    origin: str = ""
    row_numbers: tuple[int, ...] = ()
    classes: tuple[str, ...] | None = None
    row_errors: Float[Array, " n"] | None = None
    row_norms: Float[Array, " n"] | None = None
    columns_share_unit: bool = False
    reading_bytes: int = 0

    def __post_init__(self) -> None:
        points = plain_values(self.points)
        targets = None if self.targets is None else plain_values(self.targets)
        count, dimension = points.shape
        names = self.feature_names or tuple(f"x{j}" for j in range(dimension))
        rows = self.row_numbers or tuple(range(count))
        labels = None if targets is None else len(targets)
        check_shape(self.name, (count, dimension), labels, len(names), len(rows))
        # Of NumPy, since torch's needs one and a half copies.
        require_finite(points.numpy(), f"the points of {self.name}", rows=rows)
        if targets is not None:
            require_finite(targets, f"the targets of {self.name}", rows=rows)
        object.__setattr__(self, "points", points)
        object.__setattr__(self, "targets", targets)
        object.__setattr__(self, "feature_names", names)
        object.__setattr__(self, "row_numbers", rows)

    def __repr__(self) -> str:
        count, dimension = self.points.shape
        done = ", ".join(step.name for step in self.steps) or "nothing"
        what = f"{count} points in dimension {dimension}, target {self.target_name!r}"
        return f"Dataset({self.name!r}: {what}, done: {done})"

    def drop_constant_columns(self) -> "Dataset":
        """Leave out columns that carry no information: all values equal to rounding.

        Raises
        ------
        DataError
            Every column is constant.
        """
        constant = constant_columns(self.points)
        if not bool(constant.any()):
            return self
        dropped = [self.feature_names[j] for j in constant.nonzero()[:, 0].tolist()]
        if len(dropped) == len(self.feature_names):
            raise DataError(
                f"All {len(dropped)} feature columns of {self.name} are constant "
                f"({listed(dropped)}), so all rows are the same point; a column that "
                "varies was needed. Choose other columns."
            )
        kept = ~constant
        return replace(
            self,
            points=self.points[:, kept],
            feature_names=tuple(compress(self.feature_names, kept.tolist())),
            steps=self._and(
                "drop_constant_columns",
                f"Left out {counted(len(dropped), 'column')} whose values are all "
                f"equal up to rounding: {listed(dropped)}.",
                {"columns": dropped},
            ),
        )

    def standardize(self) -> "Dataset":
        """Give each column mean 0 and standard deviation 1 (divided by n, ddof 0).

        Accurate for numbers from 1e-300 to 1e300 and for large offsets.

        Raises
        ------
        DataError
            A column is constant; see `drop_constant_columns`.
        """
        return self._standardize()

    def _standardize(self, *, in_place: bool = False) -> "Dataset":
        constant = constant_columns(self.points)
        if bool(constant.any()):
            names = [self.feature_names[j] for j in constant.nonzero()[:, 0].tolist()]
            raise DataError(
                f"{counted(len(names), 'column')} of {self.name} cannot be "
                f"standardised, their values are equal up to rounding: {listed(names)}."
                " Call drop_constant_columns() first."
            )
        result = standardize(self.points, in_place=in_place)
        return replace(
            self,
            points=result.points,
            row_errors=result.row_errors,
            columns_share_unit=True,
            steps=self._and(
                "standardize",
                f"Standardised {counted(len(self.feature_names), 'column')}: mean 0, "
                "standard deviation 1 (ddof 0).",
                {"mean": result.mean.tolist(), "scale": result.scale.tolist()},
            ),
        )

    def to_sphere(self, bias: bool = False) -> "Dataset":
        """Divide each row by its norm, so that points lie on the unit sphere.

        Parameters
        ----------
        bias
            Append a coordinate 1 to each row first: x → (x, 1)/‖(x, 1)‖. Then no two
            points are antipodal, and a zero row has a direction.

        Raises
        ------
        DataError
            A row is zero (after standardising: zero up to rounding).
        """
        return self._to_sphere(bias, in_place=bias)

    def _to_sphere(self, bias: bool, *, in_place: bool) -> "Dataset":
        shifted = self._append_constant() if bias else self
        errors = None if self.row_errors is None else self.row_errors.numpy()
        rows = shifted.points.numpy()
        found = projected(self.name, rows, self.row_numbers, errors, in_place=in_place)
        turned = None if found.errors is None else torch.from_numpy(found.errors)
        return replace(
            shifted,
            points=torch.from_numpy(found.points),
            row_errors=turned,
            row_norms=torch.from_numpy(found.norms),
            columns_share_unit=True,
            steps=shifted._and(
                "to_sphere", found.detail, found.numbers, "vague_rows" in found.numbers
            ),
        )

    def duplicates(self, tolerance: float = 0.0) -> Duplicates:
        """Say which rows are the same point, and whether their targets agree."""
        return find_duplicates(self.points, self.targets, tolerance)

    def merge_duplicates(self, tolerance: float = 0.0) -> "Dataset":
        """Keep one row, the first, of each group of rows not farther apart than that.

        Where targets of a group differ, the kept row gets their mean, of classes the
        most frequent (the first that is, where several are), and the step says how
        many and by how much: no network fits the targets as they were.

        Raises
        ------
        DataError
            All rows are the same point.
        """
        found = self.duplicates(tolerance)
        if not found.groups:
            return self
        count = len(self.points)
        if found.surplus == count - 1:
            raise DataError(
                f"All {count} rows of {self.name} are the same point; at least 2 "
                "distinct rows were needed. Choose other columns."
            )
        merged = merge(self.targets, count, found, are_classes=bool(self.classes))
        detail = f"Merged equal rows: {counted(found.surplus, 'row')} left out."
        if found.conflicting:
            detail += f" At {len(found.conflicting)} of the points " + merged.said + "."
        return replace(
            self._rows(merged.positions),
            targets=merged.targets,
            steps=self._and(
                "merge_duplicates",
                detail,
                {
                    "rows_left_out": found.surplus,
                    "conflicting_points": len(found.conflicting),
                    "largest_spread": merged.spread,
                    "relative_residual": found.relative_residual,
                },
            ),
        )

    def sample_rows(self, count: int, seed: int = 0) -> "Dataset":
        """Keep `count` rows drawn without replacement, in their old order.

        The same seed gives the same rows everywhere, and a smaller sample is part of
        a larger one.

        Parameters
        ----------
        count
            From 2 to n; n or more keeps every row.
        seed
            See `widthwise.seeds`.
        """
        total = len(self.points)
        if count < 2:
            raise InvalidArgumentError(
                f"A sample of {count} rows was asked for; at least 2 were needed."
            )
        if count >= total:
            return self
        order = seeds.stream(seed, "datasets/sample_rows").random(total).argsort()
        chosen = self._rows(torch.from_numpy(np.sort(order[:count])))
        text = f"Drew {count} of {total} rows at random without replacement, seed "
        numbers = {"count": count, "of": total, "seed": seed}
        return replace(
            chosen, steps=self._and("sample_rows", f"{text}{seed}.", numbers)
        )

    def prepare(
        self,
        standardize: bool | None = None,
        bias: bool = False,
        sphere: bool = True,
    ) -> "Dataset":
        """Do what a diagnosis needs: drop constants, standardise, project.

        Parameters
        ----------
        standardize
            Drop constant columns, then standardise the rest; None does so unless
            `columns_share_unit`.
        bias
            Append a constant coordinate 1 before projecting.
        sphere
            Project rows to the unit sphere at the end.

        Raises
        ------
        DataError
            All columns are constant, or a row has no direction.

        Cost: O(n d) time; memory for the result, with a bias for one copy more.
        """
        result = self
        if bool(constant_columns(self.points).all()):
            self.drop_constant_columns()  # raises: nothing varies
        if standardize or (standardize is None and not self.columns_share_unit):
            result = result.drop_constant_columns()
            # What was made here is nobody else's: it need not be kept beside the next.
            result = result._standardize(in_place=result is not self)
        if sphere:
            return result._to_sphere(bias, in_place=bias or result is not self)
        return result._append_constant() if bias else result

    def _append_constant(self) -> "Dataset":
        """Append a coordinate 1 to each row."""
        ones = torch.ones(len(self.points), 1, dtype=torch.float64)
        name = "bias"
        while name in self.feature_names:
            name += "_"
        detail = f"Appended a constant coordinate 1, {name!r}."
        return replace(
            self,
            points=torch.cat([self.points, ones], dim=1),
            feature_names=(*self.feature_names, name),
            steps=self._and("append_constant", detail, {"column": name}),
        )

    def _rows(self, positions: Array) -> "Dataset":
        """Keep these rows."""

        def kept(values: Array | None) -> Array | None:
            return None if values is None else values[positions]

        return replace(
            self,
            points=self.points[positions],
            targets=kept(self.targets),
            row_errors=kept(self.row_errors),
            row_norms=kept(self.row_norms),
            row_numbers=tuple(self.row_numbers[i] for i in positions.tolist()),
        )

    def _and(
        self, name: str, detail: str, numbers: dict[str, Any], is_caution: bool = False
    ) -> tuple[PreparationStep, ...]:
        """Return the steps so far and one more."""
        return (*self.steps, PreparationStep(name, detail, numbers, is_caution))
