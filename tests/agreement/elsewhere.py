"""A device that every machine has: its tensors are elsewhere, and their numbers here.

Tensors say that they are on "meta"; what is done to them is done on the CPU. Numbers of
two devices refuse to meet, and NumPy refuses such tensors, as on an accelerator.
"""

from contextlib import ExitStack, contextmanager

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten, tree_map

__all__ = ["Elsewhere", "a_device_elsewhere"]

aten = torch.ops.aten


class Elsewhere(torch.Tensor):
    """A tensor of that device."""

    __torch_function__ = torch._C._disabled_torch_function_impl

    @staticmethod
    def __new__(cls, here):
        return torch.Tensor._make_wrapper_subclass(
            cls,
            here.shape,
            strides=here.stride(),
            storage_offset=here.storage_offset(),
            dtype=here.dtype,
            device="meta",
        )

    def __init__(self, here):
        self.here = here

    def __repr__(self):
        return f"Elsewhere({self.here})"

    @classmethod
    def __torch_dispatch__(cls, function, types, given=(), named=None):
        return _done(function, given, named or {})


@contextmanager
def a_device_elsewhere():
    """Let "meta" be that device, and yield its name."""
    with ExitStack() as stack:
        stack.enter_context(_Rewritten())
        stack.enter_context(_Device())
        yield "meta"


class _Device(TorchDispatchMode):
    def __torch_dispatch__(self, function, types, given=(), named=None):
        return _done(function, given, named or {})


class _Rewritten(TorchFunctionMode):
    """What a subclass of tensors cannot do, by another way."""

    def __torch_function__(self, function, types, given=(), named=None):
        name = getattr(function, "__name__", "")
        first = given[0] if given else None
        is_product = name in ("matmul", "__matmul__")
        if is_product and first.ndim == 1 and given[1].ndim == 2:
            return function(given[1].T, first)
        if name == "tolist" and isinstance(first, Elsewhere):
            return first.here.tolist()
        return function(*given, **(named or {}))


def _done(function, given, named):
    flat, _ = tree_flatten((given, named))
    tensors = [each for each in flat if isinstance(each, torch.Tensor)]
    away = [each for each in tensors if isinstance(each, Elsewhere)]
    here = [each for each in tensors if not isinstance(each, Elsewhere) and each.ndim]
    if function is aten.copy_.default:
        _here(given[0]).copy_(_here(given[1]))
        return given[0]
    if away and here and function is not aten._to_copy.default:
        raise RuntimeError(f"{function}: the tensors are on two devices")
    device, named = named.get("device"), dict(named)
    wanted = bool(away) if device is None else torch.device(device).type == "meta"
    if device is not None:
        named["device"] = "cpu"
    found = function(*tree_map(_here, given), **tree_map(_here, named))
    if not wanted:
        return found
    known = {id(each.here): each for each in away}

    def wrapped(value):
        if not isinstance(value, torch.Tensor):
            return value
        same = known.get(id(value))
        is_same = same is not None and same.shape == value.shape
        return same if is_same else Elsewhere(value)

    return tree_map(wrapped, found)


def _here(value):
    return value.here if isinstance(value, Elsewhere) else value
