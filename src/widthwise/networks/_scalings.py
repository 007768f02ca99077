"""How each parametrization scales the weights, the layers and the learning rates."""

import math
from dataclasses import dataclass
from typing import Literal

from widthwise.errors import InvalidArgumentError, unknown_name

__all__ = ["PARAMETRIZATIONS", "Role", "Scaling", "scaling"]

Role = Literal["input", "hidden", "output"]

PARAMETRIZATIONS = ("standard", "ntk", "mean_field", "mup")
"""The names that the networks take."""


@dataclass(frozen=True)
class Scaling:
    r"""One layer's scaling: it computes $a\, \omega h$ with weights $\omega$.

    Attributes
    ----------
    initial
        What draws of unit variance (or of the law) are multiplied by to give $\omega$.
    multiplier
        a, a constant of the forward pass.
    rate
        What the step of gradient descent, with or without momentum, is multiplied by.
    adam_rate
        What the step of Adam is multiplied by.

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.networks.scaling("mup", "hidden", width=100)
    Scaling(initial=0.1, multiplier=1.0, rate=1.0, adam_rate=0.01)
    """

    initial: float
    multiplier: float
    rate: float
    adam_rate: float


def scaling(parametrization: str, role: Role, width: int, depth: int = 1) -> Scaling:
    r"""Return the scaling of one layer of a network of m hidden units a layer.

    ============ ======== ================ ============== ============= ============
    name         layer    initial          multiplier     rate (GD)     rate (Adam)
    ============ ======== ================ ============== ============= ============
    standard     input    1                1              1             1
    standard     others   m^(-1/2)         1              1             1
    ntk          input    1                1              1             1
    ntk          others   1                m^(-1/2)       1             1
    mean_field   input    1                1              m             1
    mean_field   output   1                1/m            m             1
    mup          input    m^(-1/2)         m^(1/2)        1             m^(-1/2)
    mup          hidden   m^(-1/2)         1              1             1/m
    mup          output   m^(-1/2)         m^(-1/2)       1             m^(-1/2)
    ============ ======== ================ ============== ============= ============

    For one hidden layer mup and mean_field are one network in two coordinates: the
    same function at initialization, and after any number of steps of gradient descent.

    Parameters
    ----------
    parametrization
        One of `PARAMETRIZATIONS`.
    role
        "input" (from the points), "hidden" (m to m units), "output".
    width
        m.
    depth
        Number of hidden layers.

    Raises
    ------
    UnknownNameError
        If there is no such parametrization.
    InvalidArgumentError
        For mean_field with more than one hidden layer.

    Source
    ------
    ntk: Jacot, Gabriel and Hongler (2018), arXiv:1806.07572. mean_field: Mei, Montanari
    and Nguyen (2018), arXiv:1804.06561. mup: Yang and Hu (2021), arXiv:2011.14522,
    Table 1; its rates for Adam: Yang et al. (2022), arXiv:2203.03466.

    Examples
    --------
    >>> import widthwise as ww
    >>> found = ww.networks.scaling("ntk", "output", width=100)
    >>> found.multiplier
    0.1
    """
    if parametrization not in PARAMETRIZATIONS:
        raise unknown_name("parametrization", str(parametrization), PARAMETRIZATIONS)
    root = math.sqrt(width)
    if parametrization == "standard":
        return Scaling(1.0 if role == "input" else 1.0 / root, 1.0, 1.0, 1.0)
    if parametrization == "ntk":
        return Scaling(1.0, 1.0 if role == "input" else 1.0 / root, 1.0, 1.0)
    if parametrization == "mean_field":
        if depth > 1:
            raise InvalidArgumentError(
                f"The mean-field parametrization has one hidden layer, not {depth}: "
                "with independent weights, an average over units makes every deeper "
                "layer constant as the width grows. Use 'mup', which is the same for "
                "one hidden layer and goes on to deeper ones."
            )
        multiplier = 1.0 if role == "input" else 1.0 / width
        return Scaling(1.0, multiplier, float(width), 1.0)
    if role == "hidden":
        return Scaling(1.0 / root, 1.0, 1.0, 1.0 / width)
    return Scaling(1.0 / root, root if role == "input" else 1.0 / root, 1.0, 1.0 / root)
