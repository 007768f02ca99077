"""Activations: σ with its derivative, breakpoints, smoothness, bounds and parity.

To add one: write the class of its name in `_<name>.py` in this folder, and add the
name to `NAMES`. The command line, the reports, the documentation and the contract tests
all read them.
"""

from dataclasses import replace
from importlib import import_module
from typing import Any

from widthwise.activations._adapter import adapted
from widthwise.activations._custom import Custom, from_callable
from widthwise.activations._definition import Activation, Parity
from widthwise.activations._description import Description, Parameter, described
from widthwise.activations._evaluation_noise import evaluation_noise, typical_noise
from widthwise.activations._normalized import PREFIX, Normalized
from widthwise.activations._scaled import Scaled
from widthwise.activations._zonal import Zonal, from_kernel
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
    "wendland4",
    "wendland6",
)
"""The catalog's names, plain text that the command line reads without PyTorch."""

CATALOG: dict[str, type[Activation]] = {
    name: getattr(import_module(f"{__name__}._{name}"), name.title().replace("_", ""))
    for name in NAMES
}

ALIASES: dict[str, str] = {"silu": "swish"}


def get(name: str | Activation, **parameters: Any) -> Activation:
    """Return the activation of this catalog name or alias.

    Parameters
    ----------
    name
        A key of `CATALOG` or `ALIASES`; with ``normalized_`` before it, what
        `normalized` makes of that. An activation is returned as it is.
    parameters
        The activation's own, by name; `describe(name)` lists them.

    Raises
    ------
    UnknownNameError
        If there is no such name; the message has the nearest ones.
    InvalidArgumentError
        If a parameter is unknown, missing, or outside its range.

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.activations.get("leaky_relu", negative_slope=0.1).name
    'leaky_relu'
    """
    if isinstance(name, Activation):
        if parameters:
            raise InvalidArgumentError(
                f"{name.name} is made already, and {next(iter(parameters))!r} was "
                "given beside it. Pass the catalog name with its parameters."
            )
        return name
    base = _normalized_one(name)
    if base is not None:
        return normalized(get(base, **parameters))
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
        A name that `get` knows, or an activation, which is returned as it is.
    dimension
        d, the number of coordinates of a point.

    Raises
    ------
    UnknownNameError
        If there is no such name.
    InvalidArgumentError
        If the activation needs other parameters, or the dimension is refused.

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.activations.for_dimension("wendland2", 5).name
    'wendland2'
    """
    if isinstance(activation, Activation):
        return activation
    family = _family(_normalized_one(activation) or activation)
    needs_it = any(each.is_dimension for each in described(family).parameters)
    return get(activation, dimension=dimension) if needs_it else get(activation)


def normalized(act: str | Activation) -> Activation:
    r"""Shift and scale an activation so that a standard normal input gives unit size.

    $$\varphi(z) = \frac{\sigma(z) - \mu}{s}, \qquad \mu = E\,\sigma(g), \qquad
      s^2 = E\,(\sigma(g) - \mu)^2, \qquad g \sim N(0, 1),$$

    so that $E\,\varphi(g) = 0$ and $E\,\varphi(g)^2 = 1$: the assumption under which
    depth makes kernels well conditioned. Correlations then keep 0 and 1 as fixed
    points, and inputs of norm $\sqrt d$ keep their variance through every layer.

    Parameters
    ----------
    act
        σ, a name that `get` knows or an activation; defined for every real number.

    Returns
    -------
    An activation named ``normalized_`` and the name of σ, by which `get` makes it anew.
    μ and s have errors of at most $10^{-14} (E\,\sigma(g)^2)^{1/2}$; its `bound` is
    found as that of `from_callable`. What is normalised is returned as it is.

    Raises
    ------
    OutsideDomainError
        If σ is not defined everywhere.
    InvalidArgumentError
        If σ is constant, or $E\,\sigma(g)^2$ is not finite.

    Source
    ------
    Panigrahi, Shetty and Goyal (2020), arXiv:1908.05660, Section 4. Cost: some
    milliseconds.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> act = ww.activations.normalized("relu")
    >>> round(float(ww.kernels.dual(act, "gaussian")(1.0)), 6)
    1.0
    """
    base = get(act)
    return base if isinstance(base, Normalized) else Normalized(base)


def describe(name: str | Activation) -> Description:
    """Return what the catalog knows about this name, for tables and help texts.

    Parameters
    ----------
    name
        A name that `get` knows, or an activation.

    Raises
    ------
    UnknownNameError
        If there is no such name; the message has the nearest ones.

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.activations.describe("relu").smoothness
    1.0
    """
    if isinstance(name, Activation):
        return described(name)
    base = _normalized_one(name)
    if base is None:
        return described(_family(name))
    family = _family(base)
    of_example = described(normalized(family(**family.example)))
    return replace(of_example, parameters=described(family).parameters)


def _normalized_one(name: object) -> str | None:
    """Return the name of σ if this is the name of its normalised form."""
    if isinstance(name, str) and name.startswith(PREFIX):
        return name.removeprefix(PREFIX)
    return None


def _family(name: object) -> type[Activation]:
    if not isinstance(name, str):
        raise InvalidArgumentError(
            f"The activation is {name!r}; it must be a name of the catalog or an "
            "Activation. Make one of a function by activations.from_callable."
        )
    resolved = ALIASES.get(name, name)
    if resolved not in CATALOG:
        raise unknown_name("activation", name, [*CATALOG, *ALIASES])
    return CATALOG[resolved]


__all__ = [
    "ALIASES",
    "CATALOG",
    "NAMES",
    "Activation",
    "Custom",
    "Description",
    "Normalized",
    "Parameter",
    "Parity",
    "Scaled",
    "Zonal",
    "adapted",
    "describe",
    "evaluation_noise",
    "for_dimension",
    "from_callable",
    "from_kernel",
    "get",
    "normalized",
    "typical_noise",
]
