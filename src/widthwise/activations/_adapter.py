"""Anyone's function of one variable, made callable on torch tensors."""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import torch

from widthwise.arrays import Array
from widthwise.errors import InvalidArgumentError

__all__ = ["Adapter", "adapted"]

Kind = Literal["torch", "numpy", "scalar"]


class Adapter:
    """A function that takes torch tensors, NumPy arrays or plain numbers.

    Parameters
    ----------
    fn
        The function.
    kind
        What it takes.
    """

    def __init__(self, fn: Callable[[Any], Any], kind: Kind) -> None:
        self.fn = fn
        self.kind = kind

    def raw(self, z: Array) -> Any:
        """Return what the function returns; a list of numbers if it takes numbers."""
        if self.kind == "torch":
            if z.requires_grad:
                return self.fn(z)
            with torch.no_grad():
                return self.fn(z)
        # NumPy has no bfloat16; `values` returns to it.
        wide = z.float() if z.dtype == torch.bfloat16 else z
        array = wide.detach().cpu().numpy()
        if self.kind == "numpy":
            return self.fn(array)
        return np.array([self.fn(float(x)) for x in array.flat]).reshape(array.shape)

    def values(self, z: Array) -> Array:
        """Evaluate on a tensor, with its dtype and on its device."""
        found = torch.as_tensor(self.raw(z))
        if found.shape != z.shape:
            raise InvalidArgumentError(
                f"The function returned {tuple(found.shape)} numbers for "
                f"{tuple(z.shape)}; it must act on each element alone."
            )
        return found.to(z.device, z.dtype)

    def on_arrays(self, x: np.ndarray) -> np.ndarray:
        """Evaluate on a float64 array."""
        found: np.ndarray = self.values(torch.from_numpy(x)).numpy()
        return found

    def slopes(self, z: Array) -> Array | None:
        """Differentiate by torch's autograd, or return None where it cannot."""
        if self.kind != "torch":
            return None
        with torch.enable_grad():
            x = z.detach().clone().requires_grad_()
            try:
                (slope,) = torch.autograd.grad(self.fn(x).sum(), x)
            except (RuntimeError, TypeError, AttributeError):
                return None  # it leaves torch on the way, or does not depend on x
        return slope.detach()


def adapted(fn: Callable[[Any], Any], what: str) -> Adapter:
    """Find out what a function takes, and refuse it if it is not elementwise.

    Raises
    ------
    InvalidArgumentError
        If it fails on tensors, arrays and numbers alike; if its output has another
        shape, is complex, of reduced precision or passes through it; if a value
        depends on other elements; or if it overwrites its input.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> fn = ww.activations.adapted(torch.relu, "my activation")
    >>> type(fn).__name__
    'Adapter'
    """
    if not callable(fn):
        raise InvalidArgumentError(
            f"{what} is {fn!r}, which cannot be called; it must be a function of a "
            "tensor, such as torch.tanh."
        )
    probe = torch.tensor(
        [
            [-0.93, -0.71, -0.52, -0.33],
            [-0.14, 0.05, 0.17, 0.36],
            [0.55, 0.68, 0.81, 0.97],
        ],
        dtype=torch.float64,
    )
    adapter, returned = _first_that_works(fn, probe, what)
    values = _checked(returned, probe, what)
    order = torch.tensor([7, 2, 11, 0, 5, 9, 1])
    some = probe.reshape(-1)[order]
    shuffled = _checked(adapter.raw(some), some, what)
    apart = torch.abs(shuffled - values.reshape(-1)[order])
    # Many elements, so that a dropout of few of them is seen too, whatever its seed.
    crowd = torch.linspace(-0.99, 0.99, 256, dtype=torch.float64)
    again = _checked(adapter.raw(crowd.flip(0)), crowd, what).flip(0)
    differ = torch.abs(_checked(adapter.raw(crowd), crowd, what) - again)
    allowed = 1e-9 * (1 + values.abs().max())
    if bool((apart > allowed).any()) or bool((differ > allowed).any()):
        raise InvalidArgumentError(
            f"{what} gives an element another value when the other elements of its "
            "input change; it must act on each element alone and not be random."
        )
    _refuse_single_precision(adapter, what)
    return adapter


def _refuse_single_precision(adapter: Adapter, what: str) -> None:
    """Refuse a function that rounds to float32 and returns float64.

    All its values, or all arguments that count, are float32 numbers. So it may be with
    steps and beside a large constant, but these do not move either when the argument
    does by what float32 tells apart, or use fewer digits than float32 has.
    """
    z = torch.linspace(-0.99, 0.99, 256, dtype=torch.float64)
    values = adapter.values(z)
    moves = adapter.values(z * (1 + 2.0**-19)) != values
    if float(moves.double().mean()) < 0.5:
        return
    single = values.float()
    last_digits = (single.view(torch.int32) & 1).double()
    of_single = (values == single.double()) & (last_digits.mean() > 0.25)
    for found, is_rounded in (
        ("its values are float32 numbers", of_single),
        (
            "a change of its argument below float32's precision changes nothing",
            values == adapter.values(z.float().double()),
        ),
    ):
        if bool(is_rounded.all()):
            raise InvalidArgumentError(
                f"{what} computes in float32 and returns float64 ({found}), and "
                "verdicts need float64. Keep the input's dtype inside it: no .float() "
                "or float32 constants, and .double() for a module."
            )


def _first_that_works(
    fn: Callable[[Any], Any], probe: Array, what: str
) -> tuple[Adapter, Any]:
    complaints = []
    for kind in ("torch", "numpy", "scalar"):
        adapter = Adapter(fn, kind)
        given = probe.clone()
        try:
            returned = adapter.raw(given)
        except Exception as complaint:  # whatever the caller's code raises
            complaints.append(f"{kind}: {type(complaint).__name__}: {complaint}")
            continue
        if not torch.equal(given, probe):
            raise InvalidArgumentError(
                f"{what} overwrites its input; it must return a new tensor "
                "(clamp instead of clamp_, for example)."
            )
        if kind == "torch" and isinstance(returned, np.ndarray):
            continue  # a NumPy function that swallowed a tensor
        return adapter, returned
    raise InvalidArgumentError(
        f"{what} failed on a float64 tensor, on an array and on a number. "
        + " | ".join(complaints)
    )


def _checked(returned: Any, probe: Array, what: str) -> Array:
    """Return the output as float64 after checking its type, shape and dtype."""
    if not isinstance(returned, torch.Tensor | np.ndarray | np.generic):
        raise InvalidArgumentError(
            f"{what} returned {type(returned).__name__} for a tensor; it must return "
            "a tensor (or array) of its input's shape."
        )
    found = torch.as_tensor(returned) if _is_numeric(returned) else None
    if found is None or found.is_complex():
        raise InvalidArgumentError(
            f"{what} returned {returned.dtype} values; they must be real numbers."
        )
    if found.shape != probe.shape:
        raise InvalidArgumentError(
            f"{what} returned shape {tuple(found.shape)} for input of shape "
            f"{tuple(probe.shape)}; the shapes must agree."
        )
    if found.is_floating_point() and found.dtype != torch.float64:
        raise InvalidArgumentError(
            f"{what} returned {found.dtype} for float64 input, and verdicts need "
            "float64. Keep the input's dtype inside it (torch.ones_like, z.new_tensor, "
            ".to(z.dtype))."
        )
    return found.detach().to(torch.float64)


def _is_numeric(returned: Any) -> bool:
    if isinstance(returned, torch.Tensor):
        return True
    return bool(returned.dtype.kind in "fiubc")
