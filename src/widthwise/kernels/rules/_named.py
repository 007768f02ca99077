"""Activations and laws by their names, where no points tell the dimension."""

from typing import Any

from widthwise import activations, laws
from widthwise.activations import Activation, for_dimension
from widthwise.errors import InvalidArgumentError
from widthwise.laws import Law, Sphere

__all__ = ["everywhere", "named"]


def named(activation: Activation | str, law: Law | str) -> tuple[Activation, Law]:
    """Return the objects that the names stand for.

    Raises
    ------
    UnknownNameError
        If a catalog has no such name.
    InvalidArgumentError
        If the law is the sphere's without its dimension, or neither is what it must be.
    """
    law = _law(law)
    if isinstance(law, Sphere):
        return for_dimension(activation, law.dimension), law
    return everywhere(activation), law


def everywhere(activation: Activation | str) -> Activation:
    """Return the activation of a law that no dimension is known of."""
    # `get` says that a family needs its dimension, `for_dimension` what is no name.
    if isinstance(activation, str):
        return activations.get(activation)
    return for_dimension(activation, 1)


def _law(law: Any) -> Law:
    if isinstance(law, Law):
        return law
    if law == Sphere.name:
        raise InvalidArgumentError(
            "The law is 'sphere', and without points its dimension is not known. Pass "
            "laws.Sphere(d), d the number of coordinates of a point."
        )
    if not isinstance(law, str):
        raise InvalidArgumentError(
            f"The law is {law!r}; it must be a Law, such as laws.Sphere(5), or "
            "'gaussian'."
        )
    return laws.get(law, 1)
