"""Recording, in one batched pass, what per-sample gradients are made from.

While a module runs, each call of a linear map, convolution, embedding or normalisation
that is given a trainable parameter gets a stand-in for it instead. What the parameter's
gradient through that call is made from is recorded; any other use of the parameter
still reaches the graph of the outputs, where it is found. So a parameter is either
covered by the record or known not to be.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from widthwise.arrays import Array
from widthwise.features.modules._record import Record, by_rows
from widthwise.features.modules._uses import (
    ConvolutionUse,
    EmbeddingUse,
    GradientUse,
    LinearUse,
    Use,
    padded_images,
)

__all__ = ["Taps"]


class Taps(Record, TorchFunctionMode):
    """Records the calls on a batch of `samples` that use the named parameters."""

    def __init__(
        self,
        names: dict[int, str],
        samples: int,
        within: tuple[int, int, dict[str, Array]] | None = None,
    ) -> None:
        TorchFunctionMode.__init__(self)
        Record.__init__(self, names, samples, within)

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        handler = _HANDLERS.get(func)
        if handler is None:
            return func(*args, **(kwargs or {}))
        return handler(self, func, *args, **(kwargs or {}))


def _linear(
    taps: Record, func: Any, input: Array, weight: Array, bias: Array | None = None
) -> Array:
    # A vector of weights makes one number a point, without an axis for it.
    if weight.ndim != 2 or not taps.is_covered(input, weight, bias):
        return func(input, weight, bias)  # type: ignore[no-any-return]

    def use(inputs: Array, slopes: Array) -> Use:
        return LinearUse(inputs.flatten(1, -2), slopes.flatten(2, -2))

    return taps.record(
        func(input, taps.stand_in(weight), taps.stand_in(bias)),
        input,
        weight,
        bias,
        use,
        lambda slopes: slopes.flatten(2, -2).sum(dim=2),
    )


def _convolution(
    taps: Record,
    func: Any,
    input: Array,
    weight: Array,
    bias: Array | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Array:
    rest = (stride, padding, dilation, groups)
    axes = weight.ndim - 2
    if input.ndim != axes + 2 or not taps.is_covered(input, weight, bias):
        return func(input, weight, bias, *rest)  # type: ignore[no-any-return]
    kernel = tuple(weight.shape[2:])
    spread = _each_axis(dilation, axes)
    border = padding if isinstance(padding, str) else _each_axis(padding, axes)

    def use(images: Array, slopes: Array) -> Use:
        padded = padded_images(images.flatten(0, 1), kernel, border, spread)
        return ConvolutionUse(
            padded.reshape(*images.shape[:2], *padded.shape[1:]),
            slopes,
            kernel,
            _each_axis(stride, axes),
            spread,
            groups,
        )

    return taps.record(
        func(input, taps.stand_in(weight), taps.stand_in(bias), *rest),
        input,
        weight,
        bias,
        use,
        lambda slopes: slopes.flatten(4).sum(dim=(2, 4)),
    )


def _embedding(
    taps: Record,
    func: Any,
    input: Array,
    weight: Array,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Array:
    rest = (padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse)
    name = taps.name(weight)
    plain = max_norm is None and not scale_grad_by_freq and input.ndim >= 1
    if name is None or not plain or input.shape[0] % taps.samples:
        return func(input, weight, *rest)  # type: ignore[no-any-return]

    def use(indices: Array, slopes: Array) -> Use:
        flat = indices.flatten(1).to(torch.int64)
        if padding_idx is not None:
            ignored = padding_idx % weight.shape[0]
            flat = torch.where(flat == ignored, -1, flat)
        return EmbeddingUse(flat, slopes.flatten(2, -2))

    output = func(input, taps.stand_in(weight), *rest[:4], False)
    return taps.record(output, input, weight, None, use, lambda slopes: slopes)


def _over_last_axes(
    taps: Record,
    func: Any,
    input: Array,
    normalized_shape: Any,
    weight: Array | None = None,
    *rest: Any,
    **named: Any,
) -> Array:
    """Layer normalisation (then `bias`, `eps` follow) or the root-mean-square one."""
    bias = named.get("bias")
    if func is functional.layer_norm and rest:
        bias, rest = rest[0], rest[1:]
    named = {key: value for key, value in named.items() if key != "bias"}
    axes = len(normalized_shape)
    shift = (taps.stand_in(bias),) if func is functional.layer_norm else ()
    none = (None,) if func is functional.layer_norm else ()
    if input.ndim <= axes or not taps.is_covered(input, weight, bias):
        shift = (bias,) if func is functional.layer_norm else ()
        return func(input, normalized_shape, weight, *shift, *rest, **named)  # type: ignore[no-any-return]
    with torch.no_grad():
        scaled = func(input, normalized_shape, None, *none, *rest, **named)

    def summed(slopes: Array) -> Array:
        return slopes.flatten(-axes).flatten(2, -2).sum(dim=2)

    output = func(
        input, normalized_shape, taps.stand_in(weight), *shift, *rest, **named
    )
    return taps.record(
        output, input, weight, bias, _scaling(taps, scaled, weight, summed), summed
    )


def _over_channels(
    taps: Record,
    func: Any,
    input: Array,
    before: tuple[Any, ...],
    weight: Array | None,
    bias: Array | None,
    after: tuple[Any, ...],
) -> Array:
    """Scale and shift the second axis after a normalisation."""
    if not taps.is_covered(input, weight, bias):
        return func(input, *before, weight, bias, *after)  # type: ignore[no-any-return]
    with torch.no_grad():
        scaled = func(input, *before, None, None, *after)

    def summed(slopes: Array) -> Array:
        return slopes.flatten(4).sum(dim=(2, 4)) if slopes.ndim > 4 else slopes.sum(2)

    output = func(input, *before, taps.stand_in(weight), taps.stand_in(bias), *after)
    return taps.record(
        output, input, weight, bias, _scaling(taps, scaled, weight, summed), summed
    )


def _batch_norm(
    taps: Record,
    func: Any,
    input: Array,
    running_mean: Array | None,
    running_var: Array | None,
    weight: Array | None = None,
    bias: Array | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Array:
    before, after = (running_mean, running_var), (training, momentum, eps)
    if training:
        return func(input, *before, weight, bias, *after)  # type: ignore[no-any-return]
    return _over_channels(taps, func, input, before, weight, bias, after)


def _group_norm(
    taps: Record,
    func: Any,
    input: Array,
    num_groups: int,
    weight: Array | None = None,
    bias: Array | None = None,
    eps: float = 1e-5,
) -> Array:
    return _over_channels(taps, func, input, (num_groups,), weight, bias, (eps,))


def _scaling(
    taps: Record, scaled: Array, weight: Array | None, summed: Callable[[Array], Array]
) -> Callable[[Array, Array], Use]:
    """Return how slopes become the gradient of an entrywise factor of `scaled`."""

    def use(_: Array, slopes: Array) -> Use:
        assert weight is not None
        whole = scaled.reshape(taps.samples, 1, -1, *scaled.shape[1:])
        return GradientUse(by_rows(summed(slopes * whole), weight.shape))

    return use


def _each_axis(value: Any, axes: int) -> tuple[int, ...]:
    if isinstance(value, int):
        return (value,) * axes
    return tuple(value) * (axes if len(value) == 1 else 1)


_HANDLERS: dict[Any, Callable[..., Array]] = {
    functional.linear: _linear,
    functional.conv1d: _convolution,
    functional.conv2d: _convolution,
    functional.conv3d: _convolution,
    functional.embedding: _embedding,
    functional.layer_norm: _over_last_axes,
    functional.batch_norm: _batch_norm,
    functional.group_norm: _group_norm,
}
if hasattr(functional, "rms_norm"):
    _HANDLERS[functional.rms_norm] = _over_last_axes
