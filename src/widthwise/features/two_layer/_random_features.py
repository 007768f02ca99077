"""Random features: the hidden layer of a network of width m at initialization."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import torch

from widthwise import activations, arguments, laws
from widthwise.activations import Activation
from widthwise.arguments import whole_number
from widthwise.arrays import (
    Array,
    DeviceLike,
    Float,
    Provenance,
    device_of,
    label,
    real_tensor,
    rounding_unit,
)
from widthwise.errors import KernelUnderflowError
from widthwise.features.two_layer._blocks import (
    MEMORY_BUDGET,
    block_width,
    feature_blocks,
)
from widthwise.features.two_layer._check import (
    UNITS,
    as_widths,
    require_domain,
    require_representable,
    tiny_rows,
)
from widthwise.features.two_layer._entry_error import entry_error
from widthwise.features.two_layer._points import PointsLike, as_matrix
from widthwise.features.two_layer._sums import running_sums
from widthwise.laws import Law
from widthwise.machine import limited_threads
from widthwise.numerics import require
from widthwise.numerics.aligned import aligned_beside
from widthwise.numerics.linear_algebra import complete_symmetric

__all__ = ["RandomFeatures"]

_EPS = torch.finfo(torch.float64).eps
_SAMPLED = 64  # Rows and units from which the error of σ is estimated.


@dataclass(frozen=True)
class RandomFeatures:
    r"""The feature map $\phi(x) = \sigma(W x) / \sqrt m$ of a random hidden layer.

    The m rows of W are drawn from `law`. The same seed gives the same weights for any
    chunk size, thread count and device, and those of a narrower layer are the first
    rows of a wider one's.

    Parameters
    ----------
    act
        $\sigma$, an activation or its catalog name.
    width
        m, at least 1.
    law
        The law of one unit's weights, or its catalog name ("sphere", "gaussian").
    seed
        Any integer from 0 to 2**64 - 1.

    Raises
    ------
    InvalidArgumentError
        If the width or the seed is no such integer.
    UnknownNameError
        If a name is in no catalog.
    OutsideDomainError
        If the law draws arguments w·x where the activation is not defined.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> features = ww.features.RandomFeatures("relu", 50, "gaussian", seed=0)
    >>> phi, gram = features.matrix(points), features.gram(points)
    >>> phi.shape, bool(torch.allclose(phi @ phi.T, gram, rtol=1e-14))
    (torch.Size([3, 50]), True)
    >>> narrow = ww.features.RandomFeatures("relu", 20, "gaussian", seed=0)
    >>> bool((narrow.weights(3) == features.weights(3)[:20]).all())
    True
    """

    act: Activation | str
    width: int
    law: Law | str
    seed: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "width", whole_number(self.width, "The width", least=1, meaning=UNITS)
        )
        object.__setattr__(self, "seed", arguments.seed(self.seed))
        # Names that need a dimension are resolved again with the points' own.
        dimension = getattr(self.law, "dimension", 3)
        act, law = self.resolve(dimension)
        if math.isinf(law.support_radius):
            require_domain(act, law, None)

    def resolve(self, dimension: int) -> tuple[Activation, Law]:
        """Return the activation and the law for points of this dimension."""
        act = activations.for_dimension(self.act, dimension)
        return act, laws.get(self.law, dimension)

    def weights(
        self, dimension: int, *, device: DeviceLike = "cpu"
    ) -> Float[Array, "m d"]:
        """Return W, shape (m, d), one unit a row, for points of this dimension.

        Cost: m d normal variates, about 10 ns each, and 8 m d bytes.
        """
        _, law = self.resolve(dimension)
        return law.weights(self.seed, dimension, 0, self.width).to(device_of(device))

    def matrix(
        self, points: PointsLike, *, device: DeviceLike | None = None
    ) -> Float[Array, "n m"]:
        r"""Return $\Phi$ with $\Phi_{ir} = \sigma(w_r \cdot x_i) / \sqrt m$.

        Parameters
        ----------
        points
            Shape (n, d), tensor or array.
        device
            Where to compute, such as "cuda"; by default where the points are.

        Returns
        -------
        Shape (n, m), float64, with $\Phi \Phi^\top = G$; labelled "feature_matrix"
        with the error of its entries, which counts in what is made of them.

        Raises
        ------
        DataError
            If an entry of the points is NaN or infinite (the row is named).
        OutsideDomainError
            If an argument w·x can leave the activation's domain.
        InvalidArgumentError
            If a feature overflows.
        MemoryBudgetError
            If the matrix does not fit in memory; `gram` needs no such matrix.

        Cost
        ----
        2 n m d operations; 8 m (n + d) bytes.
        """
        data = as_matrix(points, device=device)
        n, d = data.shape
        require(
            8 * self.width * (n + d),
            f"The features of {n} points at width {self.width}",
            "Use gram, grams or feature_spectrum: they stream over the width.",
        )
        found = aligned_beside(data, (n, self.width))
        for start, stop, block in self.blocks(data):
            torch.mul(block, 1.0 / math.sqrt(self.width), out=found[:, start:stop])
        require_representable(found)
        act, law = self.resolve(d)
        error = self.rounding(points) / math.sqrt(self.width)
        origin = Provenance("feature_matrix", act, law, d, error, self.width)
        return label(found, origin)

    def rounding(self, points: PointsLike) -> float:
        r"""Estimate the root mean square error of $\sigma(w \cdot x)$ over Φ.

        From 64 rows and 64 units at most. Times $\sqrt n$ it bounds the spectral norm
        of the error of Φ. Points of float32 count as rounded to it.

        Parameters
        ----------
        points
            Shape (n, d), tensor or array.

        Cost: 140,000 values of σ.
        """
        given = real_tensor(points, "The points")
        rows = as_matrix(given[:: -(-max(len(given), 1) // _SAMPLED)].cpu())
        dimension = rows.shape[1]
        act, law = self.resolve(dimension)
        units = law.weights(self.seed, dimension, 0, min(self.width, _SAMPLED))
        sizes = rows.norm(dim=1)[:, None] * units.norm(dim=1)
        # w·x is rounded, and so were the points where their type is a short one.
        sizes *= 2.0 + (rounding_unit(points) / _EPS - 1.0) / 2.0
        return activations.typical_noise(
            act, (rows @ units.T).reshape(-1), act.domain, sizes.reshape(-1)
        )

    def blocks(
        self,
        points: PointsLike,
        *,
        stops: Iterable[int] = (),
        columns: int | None = None,
        memory_budget: int = MEMORY_BUDGET,
        device: DeviceLike | None = None,
    ) -> Iterator[tuple[int, int, Float[Array, "n b"]]]:
        r"""Yield (start, stop, $\sigma(X W_{start:stop}^\top)$) over the width.

        Parameters
        ----------
        points
            Shape (n, d).
        stops
            Widths at which a block must end.
        columns
            The most units in a block; chosen from `memory_budget` when None.
        memory_budget
            Bytes that the blocks may take.
        device
            Where to compute, such as "cuda"; by default where the points are.

        Yields
        ------
        Blocks of shape (n, stop - start), C-contiguous and NOT scaled by
        $1/\sqrt m$. The memory of a block is used again for the next: copy what must
        stay; writing into it is allowed.
        """
        data = as_matrix(points, device=device)
        act, law = self.resolve(data.shape[1])
        require_domain(act, law, data)
        size = columns or block_width(data.shape[0], data.shape[1], memory_budget)
        ends = sorted({*stops, self.width})
        yield from feature_blocks(data, act, law, self.seed, ends, size)

    def gram(
        self,
        points: PointsLike,
        *,
        memory_budget: int = MEMORY_BUDGET,
        device: DeviceLike | None = None,
    ) -> Float[Array, "n n"]:
        r"""Return $G = \Phi \Phi^\top$, streamed over the width.

        .. math:: G = \frac1m \sum_{r=1}^m \sigma(X w_r)\, \sigma(X w_r)^\top

        Parameters
        ----------
        points
            Shape (n, d), tensor or array.
        memory_budget
            Bytes for the blocks of features, beside the 8 n² of G.
        device
            Where to compute, such as "cuda"; by default where the points are.

        Returns
        -------
        Shape (n, n), float64, exactly symmetric, labelled "features" with this width.

        Raises
        ------
        DataError, OutsideDomainError, InvalidArgumentError
            As `matrix`; also if a feature is so small that its square underflows.
        MemoryBudgetError
            If G itself does not fit in memory.

        Source
        ------
        Benson, Damle, Townsend (2021), arXiv:2010.15959, eq. (6).

        Cost
        ----
        n² m + 2 n m d operations; memory does not depend on m.
        """
        grams = self.grams(
            points, (self.width,), memory_budget=memory_budget, device=device
        )
        ((_, found),) = grams
        return found

    def grams(
        self,
        points: PointsLike,
        widths: Iterable[int],
        *,
        memory_budget: int = MEMORY_BUDGET,
        device: DeviceLike | None = None,
    ) -> Iterator[tuple[int, Float[Array, "n n"]]]:
        """Yield (width, G) for each width, ascending, from one pass over the widest.

        Parameters
        ----------
        points
            Shape (n, d), tensor or array.
        widths
            Each from 1 to this layer's width; repeated ones are given once.
        memory_budget
            Bytes for the blocks of features.
        device
            Where to compute, such as "cuda"; by default where the points are.

        Yields
        ------
        What `gram` of a layer of that width returns, up to rounding.
        """
        ends = as_widths(widths, self.width)
        threads = torch.get_num_threads()
        with limited_threads(1):  # Little work, for which others would be woken.
            data = as_matrix(points, device=device)
            n, d = data.shape
            require(
                16 * n * n + memory_budget,
                f"A Gram matrix of {n} points",
                "Take a sample of the rows.",
            )
            act, law = self.resolve(d)
            require_domain(act, law, data)
            rounding = self.rounding(points)
        # NumPy asks for large pages: new memory takes a tenth of the time.
        total = torch.from_numpy(np.zeros((n, n))).to(data.device)
        for stop, columns in running_sums(
            total, data, act, law, self.seed, ends, memory_budget, threads
        ):
            found = total if stop == ends[-1] else total.clone()
            if not math.isfinite(complete_symmetric(found, 1.0 / stop)):
                require_representable(found)
            self._require_no_underflow(data, tiny_rows(found), stop)
            error = entry_error(found, d, stop, columns, rounding)
            yield stop, label(found, Provenance("features", act, law, d, error, stop))

    def _require_no_underflow(self, data: Array, rows: Array, width: int) -> None:
        """Refuse rows whose features are not 0 and whose squares are, or nearly."""
        if not len(rows):
            return
        for _, _, block in self.blocks(data[rows], stops=(min(width, 512),)):
            sizes = block.abs().amax(dim=1)
            lost = torch.nonzero((sizes > 0.0) & (sizes < 1e-140))
            if len(lost):
                at = int(lost[0])
                raise KernelUnderflowError(
                    f"The features of row {int(rows[at])} are as small as "
                    f"{float(sizes[at]):.3g}, and their squares underflow. Scale the "
                    "points up; where their norm is 1, leave this activation out, "
                    "which is too small in this dimension."
                )
            return
