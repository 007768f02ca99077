"""Rows taken block by block, of which only a triangle is kept."""

import numpy as np
import torch

from widthwise.arguments import choice, non_negative
from widthwise.arrays import (
    Array,
    DeviceLike,
    Float,
    PointsLike,
    device_of,
    real_tensor,
    rounding_unit,
)
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.features.two_layer import as_matrix
from widthwise.numerics.rounding import relative_rounding
from widthwise.numerics.streamed_gram import StreamedGram
from widthwise.numerics.tall_qr import StreamedFactor
from widthwise.readouts._penalties import around, checked
from widthwise.readouts.streams._reduced import Reduced, reduced
from widthwise.readouts.streams._row_block import row_block

__all__ = ["RowAccumulator"]


class RowAccumulator:
    r"""Ridge regression of rows that come block by block and are not kept.

    Of $(1\ \Phi\ Y)$, weighted, the triangle R of a Q R factorization holds all that a
    solution needs: its digits are those of the rows, and not of their Gram matrix.

    Parameters
    ----------
    intercept
        Whether a constant is free beside the weights.
    unit
        ε of the type that the features were kept in; by default that of the blocks.
    device
        Where to compute, such as "cuda".
    method
        "qr", or "gram": half the operations, for features whose Gram matrix, centred
        about the first block's mean, hides no more than 1e-9 of its least eigenvalue.
    about
        Shape (m,). What else a Gram matrix is centred about; joined ones need the same.

    Source
    ------
    Demmel, Grigori, Hoemmen, Langou (2012), SIAM J. Sci. Comput. 34, A206.

    Cost
    ----
    2 b p² operations a block of b rows, p = m + c + 1, and some triangles of p²
    entries; through the Gram matrix b p², and one.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]], dtype=torch.float64)
    >>> y = phi @ torch.tensor([3.0, -1.0], dtype=torch.float64)
    >>> rows = ww.readouts.RowAccumulator(intercept=False)
    >>> for block in (slice(0, 2), slice(2, 3)):
    ...     rows.add(phi[block], y[block])
    >>> rows.rows, rows.solution().round(decimals=9).tolist()
    (3, [3.0, -1.0])
    """

    def __init__(
        self,
        *,
        intercept: bool = True,
        unit: float = 0.0,
        device: DeviceLike = "cpu",
        method: str = "qr",
        about: PointsLike | None = None,
    ) -> None:
        choice(method, "method", ("qr", "gram"), meaning="how rows are summed")
        self.intercept_is_free = intercept
        self.rows = 0
        self.total_weight = 0.0
        self._by_gram = method == "gram"
        self._factor: StreamedFactor | StreamedGram = StreamedFactor()
        self._shape: tuple[int, tuple[int, ...]] | None = None
        self._unit = non_negative(unit, "The unit", meaning="ε of a type")
        self._device = device_of(device)
        self._shift: Array | float = 0.0
        if about is not None and intercept:
            given = real_tensor(about, "The means").reshape(1, -1)
            self._shift = as_matrix(given, "means", self._device)[0]
        self._found: Reduced | None = None

    def add(
        self, phi: PointsLike, y: PointsLike, weights: PointsLike | None = None
    ) -> None:
        """Take more rows.

        Parameters
        ----------
        phi
            Shape (b, m), any b, 0 too; m as before.
        y
            Shape (b,) or (b, c), as before.
        weights
            Shape (b,), at least 0.

        Raises
        ------
        DataError
            If a shape does not fit, an entry is not finite or a weight is negative;
            nothing of the block is taken then.
        """
        block = row_block(phi, y, weights, self._device)
        (m, outputs), shape = block.shape, block.shape
        if self._shape not in (None, shape):
            raise DataError(
                f"This block has {m} features and targets of shape {outputs} a row; "
                f"those before had {self._shape}. Each row needs the same."
            )
        if isinstance(self._shift, Array) and len(self._shift) != m:
            raise DataError(
                f"What rows are centred about has shape {tuple(self._shift.shape)}; "
                f"of these features it must have shape ({m},)."
            )
        features, weight = block.features, block.weights
        if len(weight) == 0:
            return
        if self._by_gram and self._shape is None:
            self._factor = StreamedGram(m + self.intercept_is_free)
            if self.intercept_is_free and not isinstance(self._shift, Array):
                self._shift = features.mean(0)
        ones = weight.new_ones(len(weight), 1)
        parts = [ones, features - self._shift, block.targets]
        parts = parts[not self.intercept_is_free :]
        whole = torch.cat(parts, 1) * weight.sqrt()[:, None]
        self._found = None
        self._factor.add(whole.T.contiguous())
        self._shape = shape
        self._unit = max(self._unit, rounding_unit(phi))
        self.rows += int((weight > 0).sum())
        self.total_weight += float(weight.sum())

    def join(self, later: "RowAccumulator") -> None:
        """Take the rows of another, as if they had been added here after these.

        Of 2, 4, 8, ... blocks each, they leave the same bits as one that takes every
        block: the tree of factors is the same. Gram matrices are added in the order of
        the calls.

        Raises
        ------
        DataError
            If the columns differ, or the methods, or what they are centred about, or
            whether there is an intercept.
        InvalidArgumentError
            If it is no other accumulator.
        """
        if not isinstance(later, RowAccumulator):
            raise InvalidArgumentError(
                f"What is to be joined is {later!r}; it must be a RowAccumulator."
            )
        mine, its = self._factor, later._factor
        is_new, is_empty = self._shape is None, later._shape is None
        alike = self._kind == later._kind
        if not (is_new or is_empty):
            same = torch.equal(*map(torch.as_tensor, (self._shift, later._shift)))
            alike = alike and self._shape == later._shape and same
        if not alike:
            raise DataError(
                "Only rows of the same shape, summed by the same method about the same "
                "point, all with an intercept or all without, can be joined."
            )
        if is_empty:
            return
        if isinstance(mine, StreamedFactor) and isinstance(its, StreamedFactor):
            mine.join(its)
        else:
            assert isinstance(its, StreamedGram)
            mine = StreamedGram(its.lead) if is_new else mine
            assert isinstance(mine, StreamedGram)
            mine.join(its)
            self._factor = mine
        self._shift = later._shift
        self._found = None
        self._shape, self._unit = later._shape, max(self._unit, later._unit)
        self.rows += later.rows
        self.total_weight += later.total_weight

    @property
    def centre(self) -> Float[Array, " m"] | None:
        """What a Gram matrix is centred about; None where nothing is."""
        return self._shift if isinstance(self._shift, Array) else None

    def state(self) -> dict[str, np.ndarray]:
        """Return what all rows so far have left, as arrays; refused where none came."""
        if self._shape is None:
            raise DataError("No row was added, so nothing is left. Add some first.")
        factor = self._factor
        if isinstance(factor, StreamedGram):
            assert factor.total is not None
            held = [(0, factor.total)]
        else:
            held = factor.levels()
        shift = self._shift
        found = {
            "kind": np.array(self._kind),
            "shape": np.array([self._shape[0], *self._shape[1]]),
            "unit": np.array(self._unit),
            "rows": np.array(self.rows),
            "weight": np.array(self.total_weight),
            "shift": shift.cpu().numpy() if isinstance(shift, Array) else np.array([]),
            "seen": np.array([seen for seen, _ in held]),
        }
        return found | {
            f"level_{place}": part.cpu().numpy() for place, (_, part) in enumerate(held)
        }

    def resume(self, state: dict[str, np.ndarray]) -> None:
        """Go on from what `state` returned.

        Raises
        ------
        DataError
            If it is of another method, or with an intercept where there is none here.
        """
        if not np.array_equal(state.get("kind", ()), self._kind):
            raise DataError(
                "What is to be gone on with was not left by an accumulator of this "
                "method and with this intercept. Make one like it, or add the rows."
            )

        def there(values: np.ndarray) -> Array:
            found: Array = torch.from_numpy(values).to(self._device)
            return found

        m, *outputs = state["shape"].tolist()
        self._shape, self._unit = (m, tuple(outputs)), float(state["unit"])
        self.rows, self.total_weight = int(state["rows"]), float(state["weight"])
        held = [
            (seen, there(state[f"level_{place}"]))
            for place, seen in enumerate(state["seen"].tolist())
        ]
        if self._by_gram:
            factor = StreamedGram(m + self.intercept_is_free)
            factor.resume(held[0][1])
            self._factor = factor
            if len(state["shift"]):
                self._shift = there(state["shift"])
        else:
            factors = StreamedFactor()
            factors.resume(held)
            self._factor = factors
        self._found = None

    def solution(self, penalty: float | int = 0.0) -> Float[Array, "*m"]:
        """Return the weights at a penalty, of all rows so far; shape (m,) or (m, c)."""
        return self.reduced().solution(penalty).reshape(-1, *self._outputs)

    def intercept(self, penalty: float | int = 0.0) -> Float[Array, "*c"]:
        """Return the intercept, shape () or (c,)."""
        found = self.reduced()
        fitted = found.feature_mean @ found.solution(penalty)
        return (found.target_mean - fitted).reshape(self._outputs)

    def best(self, penalties: PointsLike | None = None) -> float:
        """Return the penalty of least generalized cross-validation.

        Parameters
        ----------
        penalties
            What to choose from; by default 0 and four a decade around the eigenvalues.
        """
        found = self.reduced().modes
        given = around(found.eigenvalues) if penalties is None else checked(penalties)
        if found.nullity == 0 and len(found.eigenvalues) == 0:
            return float(given[0])  # nothing is fitted but the intercept
        return float(given[int(self.generalized_cross_validation(given).argmin())])

    def generalized_cross_validation(self, penalties: PointsLike) -> Float[Array, " l"]:
        """Return an estimate of the error on rows left out, at each penalty.

        Raises
        ------
        DataError
            If there is a single row and an intercept, so nothing is left to fit.
        """
        modes = self.reduced().modes
        if modes.nullity == 0 and len(modes.eigenvalues) == 0:
            raise DataError(
                "There is a single row of positive weight, which the intercept fits. "
                "Add more."
            )
        found = modes.generalized(checked(penalties).to(self._device))
        return found.mean(1) * self.rows**2 / self.total_weight

    def reduced(self) -> Reduced:
        """Return the singular values and right vectors of all rows so far.

        Raises
        ------
        DataError
            If there was no row of positive weight.
        InvalidArgumentError
            If the squares of the features leave float64's range.
        """
        if self._found is None:
            self._found = self._reduced()
        return self._found

    def triangle(self) -> Float[Array, "p p"]:
        """Return R of the rows: of the intercept where it is free, features, targets.

        Raises
        ------
        DataError
            If there was no row of positive weight.
        """
        if self._shape is None or self.rows == 0:
            raise DataError("No row of positive weight was added. Add some first.")
        m, outputs = self._shape
        found = self._factor.factor()
        side = self.intercept_is_free + m + (outputs[0] if outputs else 1)
        triangle: Array = found.new_zeros(side, side)
        triangle[: len(found)] = found
        return triangle

    def _reduced(self) -> Reduced:
        triangle = self.triangle()
        assert self._shape is not None
        features, free = self._shape[0], int(self.intercept_is_free)
        relative = relative_rounding(self.rows, self._unit)
        weight, shift = self.total_weight, self._shift
        return reduced(triangle, features, free, self.rows, weight, relative, shift)

    @property
    def is_resolved(self) -> bool:
        """Whether the method holds the digits that a solution needs; Q R does."""
        if not isinstance(self._factor, StreamedGram):
            return True
        return self.rows > self._factor.lead and self._factor.is_resolved

    @property
    def _kind(self) -> tuple[bool, bool]:
        return self._by_gram, self.intercept_is_free

    @property
    def _outputs(self) -> tuple[int, ...]:
        return self._shape[1] if self._shape is not None else ()
