"""Activations: σ with its derivative, breakpoints, smoothness, bounds and parity.

To add one: write the class of its name in `_<name>.py` in this folder, and add the
name to `NAMES`. The command line, the reports, the documentation and the contract tests
all read them.
"""

from dataclasses import fields
from importlib import import_module
from typing import Any

from widthwise.activations._custom import Custom, from_callable
from widthwise.activations._definition import Activation, Parity
from widthwise.activations._description import Description, Parameter, described
from widthwise.activations._evaluation_noise import evaluation_noise
from widthwise.activations._scaled import Scaled
from widthwise.errors import InvalidArgumentError, unknown_name

NAMES = (
    "relu",
    "leaky_relu",
    "abs",
    "step",
    "elu",
    "selu",
    "celu",
    "gelu",
    "gelu_tanh",
    "swish",
    "hard_swish",
    "mish",
    "softplus",
    "sigmoid",
    "hard_tanh",
    "tanh",
    "erf",
    "sin",
    "cos",
    "exp",
    "gaussian",
    "square",
    "cubic",
    "polynomial",
    "hermite",
    "rectified_monomial",
    "wendland0",
    "wendland2",
)
"""The catalog's names, plain text that the command line reads without PyTorch."""

CATALOG: dict[str, type[Activation]] = {
    name: getattr(import_module(f"{__name__}._{name}"), name.title().replace("_", ""))
    for name in NAMES
}

ALIASES: dict[str, str] = {"silu": "swish"}


def get(name: str, **parameters: Any) -> Activation:
    """Return the activation of this catalog name or alias.

    Parameters
    ----------
    name
        A key of `CATALOG` or `ALIASES`.
    parameters
        The activation's own, by name; `describe(name)` lists them.

    Raises
    ------
    UnknownNameError
        If there is no such name; the message has the nearest ones.
    InvalidArgumentError
        If a parameter is unknown, missing, or outside its range.
    """
    family = _family(name)
    known = {each.name: each for each in described(family).parameters}
    unknown = [key for key in parameters if key not in known]
    missing = [
        key for key, each in known.items() if each.is_required and key not in parameters
    ]
    if unknown:
        listed = ", ".join(map(str, known.values())) or "none"
        raise InvalidArgumentError(
            f"{family.name} has no parameter {unknown[0]!r}. Its parameters: {listed}."
        )
    if missing:
        first = known[missing[0]]
        example = ", ".join(f"{k}={v!r}" for k, v in family.example.items())
        hint = "; for_dimension fills it in from the data" if first.is_dimension else ""
        raise InvalidArgumentError(
            f"{family.name} needs {first.name} ({first.meaning}). "
            f"Write get({family.name!r}, {example}){hint}."
        )
    return family(**parameters)


def for_dimension(activation: str | Activation, dimension: int) -> Activation:
    """Return the activation, a family that depends on d made for this dimension.

    Parameters
    ----------
    activation
        A catalog name or alias, or an activation, which is returned as it is.
    dimension
        d, the number of coordinates of a point.

    Raises
    ------
    UnknownNameError
        If there is no such name.
    InvalidArgumentError
        If the activation needs other parameters, or the dimension is refused.
    """
    if isinstance(activation, Activation):
        return activation
    if not isinstance(activation, str):
        raise InvalidArgumentError(
            f"The activation is {activation!r}; it must be a name of the catalog or an "
            "Activation. Make one of a function by activations.from_callable."
        )
    needs_it = any(each.name == "dimension" for each in fields(_family(activation)))
    return get(activation, dimension=dimension) if needs_it else get(activation)


def describe(name: str) -> Description:
    """Return what the catalog knows about this name, for tables and help texts.

    Raises
    ------
    UnknownNameError
        If there is no such name; the message has the nearest ones.
    """
    return described(_family(name))


def _family(name: str) -> type[Activation]:
    resolved = ALIASES.get(name, name)
    if resolved not in CATALOG:
        raise unknown_name("activation", str(name), [*CATALOG, *ALIASES])
    return CATALOG[resolved]


__all__ = [
    "ALIASES",
    "CATALOG",
    "NAMES",
    "Activation",
    "Custom",
    "Description",
    "Parameter",
    "Parity",
    "Scaled",
    "describe",
    "evaluation_noise",
    "for_dimension",
    "from_callable",
    "get",
]
