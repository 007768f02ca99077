r"""How a parameter was used on a batch, and its gradient for each sample.

A parameter is seen as a matrix (rows, row_size): a weight of shape (b, ...) has b rows.
For sample i and direction k of the outputs, its gradient is a sum over its uses. A use
keeps what the gradient is made from, and forms it for some rows only when asked: for a
linear map at positions p it is $\sum_p B_{ikp} A_{ip}^\top$, with A the inputs and B
the derivatives of the outputs in what the map returns.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, replace

import torch
from torch.nn import functional

from widthwise.arrays import Array

__all__ = [
    "ConvolutionUse",
    "EmbeddingUse",
    "GradientUse",
    "LinearUse",
    "PositionsUse",
    "Use",
    "padded_images",
]

_UNFOLDED = 2**21
"""Bytes of unfolded images at a time: what stays in a core's reach."""
_KEPT = 2**23
"""Bytes of unfolded images that are kept while directions follow one another."""
_NARROW = 32
"""Fewer columns than this, and than rows: the transposed product is faster."""


class Use(ABC):
    """One use of a parameter, or its whole gradient."""

    @property
    @abstractmethod
    def row_step(self) -> int:
        """Slices of rows must begin and end at multiples of this."""

    @abstractmethod
    def gradients(self, start: int, stop: int) -> Array:
        """Return the gradient in rows start..stop-1, (samples, k, rows, row_size)."""

    @abstractmethod
    def at(self, sample: int, direction: int) -> "Use":
        """Return the use of one sample in one direction."""

    @property
    @abstractmethod
    def nbytes(self) -> tuple[int, int]:
        """Bytes kept whatever the number of directions, and in all directions."""

    def joined(self, others: "Iterable[Use]") -> "Use":
        """Return the use of the samples of all, one after the other."""
        uses = (self, *others)
        if len(uses) == 1:
            return self
        kept = vars(self).items()
        tensors = [name for name, value in kept if isinstance(value, torch.Tensor)]
        return replace(
            self,  # type: ignore[type-var]
            **{
                name: torch.cat([getattr(each, name) for each in uses])
                for name in tensors
            },
        )

    def is_larger_than_gradient(self, entries: int, directions: int) -> bool:
        """Whether as many directions like its own take more memory than gradients."""
        fixed, slopes = self.nbytes
        samples, own = self.sizes
        return 8 * samples * directions * entries <= fixed + slopes // own * directions

    @property
    @abstractmethod
    def sizes(self) -> tuple[int, int]:
        """The numbers of samples and of directions."""


class PositionsUse(Use):
    """A linear map of each position, so that a kernel needs no gradient."""

    @property
    @abstractmethod
    def positions_count(self) -> int:
        """P, the positions of a sample."""

    @abstractmethod
    def inputs_at_positions(self, start: int, stop: int) -> Array:
        """Return A of some samples, (samples, P, a)."""

    @abstractmethod
    def slopes_at_positions(self, start: int, stop: int) -> Array:
        """Return B of some samples, (samples, k, P, b)."""


@dataclass(frozen=True)
class GradientUse(Use):
    """The gradient itself, shape (samples, k, rows, row_size)."""

    values: Array

    @property
    def sizes(self) -> tuple[int, int]:
        return self.values.shape[0], self.values.shape[1]

    @property
    def row_step(self) -> int:
        return 1

    def gradients(self, start: int, stop: int) -> Array:
        return self.values[:, :, start:stop]

    def at(self, sample: int, direction: int) -> "Use":
        return replace(self, values=_one(self.values, sample, direction))

    @property
    def nbytes(self) -> tuple[int, int]:
        return 0, self.values.nbytes


@dataclass(frozen=True)
class LinearUse(PositionsUse):
    """Inputs (samples, P, a) and slopes (samples, k, P, b) of x ↦ W x."""

    inputs: Array
    slopes: Array

    @property
    def sizes(self) -> tuple[int, int]:
        return self.slopes.shape[0], self.slopes.shape[1]

    @property
    def row_step(self) -> int:
        return 1

    @property
    def positions_count(self) -> int:
        return self.inputs.shape[1]

    def inputs_at_positions(self, start: int, stop: int) -> Array:
        return self.inputs[start:stop]

    def slopes_at_positions(self, start: int, stop: int) -> Array:
        return self.slopes[start:stop]

    def gradients(self, start: int, stop: int) -> Array:
        some = self.slopes[:, :, :, start:stop].transpose(2, 3)  # (t, k, r, P)
        samples, directions, rows, positions = some.shape
        if positions == 1:
            return some * self.inputs[:, None]
        product = some.reshape(samples, -1, positions) @ self.inputs
        return product.view(samples, directions, rows, -1)

    def at(self, sample: int, direction: int) -> "Use":
        return replace(
            self,
            inputs=self.inputs[sample : sample + 1],
            slopes=_one(self.slopes, sample, direction),
        )

    @property
    def nbytes(self) -> tuple[int, int]:
        return self.inputs.nbytes, self.slopes.nbytes


@dataclass(frozen=True)
class ConvolutionUse(PositionsUse):
    """Padded images (samples, q, channels, ...), slopes (samples, k, q, b, ...)."""

    images: Array
    slopes: Array
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    groups: int
    patches: Array | None = None  # (samples, groups, row_size, P)

    def unfolded_ahead(self) -> "ConvolutionUse":
        """Return the use with its patches kept, if they are few."""
        row_size = self.images.shape[2] * math.prod(self.kernel)
        if 8 * len(self.images) * self.positions_count * row_size > _KEPT:
            return self
        patches = self._unfolded(0, len(self.images), 0, self.groups)
        return replace(self, patches=patches)

    @property
    def sizes(self) -> tuple[int, int]:
        return self.slopes.shape[0], self.slopes.shape[1]

    @property
    def row_step(self) -> int:
        # A slice of rows takes whole groups, so that they go in one product.
        return self.slopes.shape[3] // self.groups if self.groups > 1 else 1

    @property
    def positions_count(self) -> int:
        return self.slopes.shape[2] * math.prod(self.slopes.shape[4:])

    def inputs_at_positions(self, start: int, stop: int) -> Array:
        return self._unfolded(start, stop, 0, self.groups)[:, 0].mT

    def slopes_at_positions(self, start: int, stop: int) -> Array:
        some = self.slopes[start:stop].flatten(4)  # (t, k, q, b, L)
        return some.transpose(3, 4).flatten(2, 3)

    def gradients(self, start: int, stop: int) -> Array:
        samples, directions, _, maps = self.slopes.shape[:4]
        per_group = maps // self.groups
        first, last = start // per_group, -(-stop // per_group)
        # (t, g, k, r, q, L): the rows of whole groups, or part of the only one.
        slopes = self.slopes[:, :, :, start:stop].flatten(4)
        slopes = _split(slopes, 3, last - first).permute(0, 3, 1, 4, 2, 5)
        row_size = self.images.shape[2] // self.groups * math.prod(self.kernel)
        each = 8 * self.positions_count * row_size * (last - first)
        size = samples if self.patches is not None else max(_UNFOLDED // each, 1)
        found: Array | None = None
        for top in range(0, samples, size):
            some = slopes[top : top + size]
            flat = some.reshape(*some.shape[:2], -1, self.positions_count)
            patches = self._unfolded(top, top + size, first, last)
            if row_size < min(_NARROW, flat.shape[2]):
                product = (patches @ flat.mT).mT
            else:
                product = flat @ patches.mT
            ordered = _split(product, 2, directions).transpose(1, 2)  # (t, k, g, r, a)
            if size >= samples and last - first == 1:
                return ordered[:, :, 0]
            if found is None:
                found = ordered.new_empty(samples, *ordered.shape[1:])
            found[top : top + size] = ordered
        assert found is not None
        return found.flatten(2, 3)

    def at(self, sample: int, direction: int) -> "Use":
        return replace(
            self,
            images=self.images[sample : sample + 1],
            slopes=_one(self.slopes, sample, direction),
        )

    @property
    def nbytes(self) -> tuple[int, int]:
        return self.images.nbytes, self.slopes.nbytes

    def _unfolded(self, start: int, stop: int, first: int, last: int) -> Array:
        """Return the patches of some groups, (samples, groups, row_size, P).

        Positions come last, so that a copy moves whole rows of an image; the other
        order moves a row of the kernel at a time and takes eight times as long.
        """
        if self.patches is not None:
            return self.patches[start:stop, first:last]
        channels = self.images.shape[2] // self.groups
        patches = self.images[start:stop, :, first * channels : last * channels]
        axes = len(self.kernel)
        for axis, (width, stride, dilation) in enumerate(
            zip(self.kernel, self.stride, self.dilation, strict=True)
        ):
            patches = patches.unfold(3 + axis, (width - 1) * dilation + 1, stride)
            patches = patches[..., ::dilation]
        # (t, q, channels, L..., kernel...) -> (t, g, channels of one, kernel, q, L...)
        patches = _split(patches, 2, last - first)
        lengths = [4 + axis for axis in range(axes)]
        kernels = [4 + axes + axis for axis in range(axes)]
        ordered = patches.permute(0, 2, 3, *kernels, 1, *lengths)
        row_size = channels * math.prod(self.kernel)
        return ordered.reshape(len(patches), last - first, row_size, -1)


@dataclass(frozen=True)
class EmbeddingUse(Use):
    """Indices (samples, P), -1 for none, and slopes (samples, k, P, row_size)."""

    indices: Array
    slopes: Array

    @property
    def sizes(self) -> tuple[int, int]:
        return self.slopes.shape[0], self.slopes.shape[1]

    @property
    def row_step(self) -> int:
        return 1

    def gradients(self, start: int, stop: int) -> Array:
        samples, directions, _, width = self.slopes.shape
        inside = (self.indices >= start) & (self.indices < stop)
        at = torch.where(inside, self.indices - start, stop - start)
        # One row more takes what belongs to other slices.
        found = self.slopes.new_zeros(samples, directions, stop - start + 1, width)
        found.scatter_add_(2, at[:, None, :, None].expand_as(self.slopes), self.slopes)
        return found[:, :, :-1]

    def at(self, sample: int, direction: int) -> "Use":
        return replace(
            self,
            indices=self.indices[sample : sample + 1],
            slopes=_one(self.slopes, sample, direction),
        )

    @property
    def nbytes(self) -> tuple[int, int]:
        return self.indices.nbytes, self.slopes.nbytes

    def used(self) -> Array:
        """Return the rows that occur, ascending."""
        rows: Array = torch.unique(self.indices[self.indices >= 0])
        return rows

    def renumbered(self, rows: Array) -> "Use":
        """Return the use with the ascending `rows` numbered 0, 1, ..., others -1."""
        at = torch.searchsorted(rows, self.indices).clamp_(max=len(rows) - 1)
        known = rows[at] == self.indices
        return replace(self, indices=torch.where(known, at, -1))


def _split(values: Array, axis: int, parts: int) -> Array:
    """Return a view with an axis cut in equal parts: (parts, rest) in its place."""
    return torch.unflatten(values, axis, (parts, -1))


def _one(values: Array, sample: int, direction: int) -> Array:
    return values[sample : sample + 1, direction : direction + 1]


def padded_images(
    images: Array,
    kernel: tuple[int, ...],
    padding: str | tuple[int, ...],
    dilation: tuple[int, ...],
) -> Array:
    """Return (samples, channels, ...) with the zeros that a convolution adds."""
    if padding == "valid":
        return images
    sides: list[int] = []
    for axis in reversed(range(len(kernel))):
        if padding == "same":
            total = dilation[axis] * (kernel[axis] - 1)
            sides += [total // 2, total - total // 2]
        else:
            sides += [int(padding[axis])] * 2
    return functional.pad(images, sides) if any(sides) else images
