"""Activations: σ with its derivative, breakpoints, smoothness, bounds and parity.

To add one: write `_<name>.py` in this folder and add its class below. The command
line, the reports, the documentation and the contract tests all read `CATALOG`.
"""

from typing import Any

from widthwise.activations._definition import Activation, Parity
from widthwise.activations._relu import Relu
from widthwise.errors import unknown_name

CATALOG: dict[str, type[Activation]] = {each.name: each for each in (Relu,)}


def get(name: str, **parameters: Any) -> Activation:
    """Return the activation of this catalog name."""
    if name not in CATALOG:
        raise unknown_name("activation", name, CATALOG)
    return CATALOG[name](**parameters)


__all__ = ["CATALOG", "Activation", "Parity", "get"]
