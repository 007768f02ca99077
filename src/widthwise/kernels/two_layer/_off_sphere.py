"""Kernel matrices between points of any norms."""

from dataclasses import dataclass

import numpy as np

from widthwise.activations import Activation, Scaled
from widthwise.errors import InvalidArgumentError, OutsideDomainError
from widthwise.kernels.duals import Dual, dual, dual_of_derivative
from widthwise.kernels.rules import require_domain
from widthwise.kernels.two_layer._common_norm import common_norm
from widthwise.kernels.two_layer._matrices import Kind, two_layer_matrices
from widthwise.kernels.two_layer._outputs import NEW, Outputs
from widthwise.kernels.two_layer._radial_matrices import radial_kernels
from widthwise.kernels.two_layer._rows import Rows
from widthwise.laws import Law

__all__ = ["Kernels", "kernels_of", "powers"]

_EPS = 2.0**-52
_LONGEST = 1e150


@dataclass(frozen=True, eq=False)
class Kernels:
    """Matrices of some kinds, their entries' errors, and the diagonals of one set.

    Attributes
    ----------
    matrices
        One for each kind; () where only diagonals were asked for.
    errors
        Absolute bounds on the error of an entry, one for each kind.
    diagonals
        Shape (N,) for each kind.
    """

    matrices: tuple[np.ndarray, ...]
    errors: tuple[float, ...]
    diagonals: tuple[np.ndarray, ...]


def kernels_of(
    rows: Rows,
    kinds: tuple[Kind, ...],
    activation: Activation,
    law: Law,
    outputs: Outputs | None = NEW,
) -> Kernels:
    """Return kernels of one kind, or of ("conjugate", "tangent_both").

    With `outputs` None the diagonals alone.

    Raises
    ------
    OutsideDomainError, InvalidArgumentError
        As for `conjugate_kernel`.
    """
    _require_domain(rows, activation, law)
    orders = {"conjugate": (0,), "tangent_inner": (1,)}.get(kinds[0], (0, 1))
    common = common_norm(rows, activation, law, orders if len(kinds) == 1 else (0, 1))
    factors = None
    if rows.norms is not None and common != 1.0:
        if activation.homogeneity is not None:
            _require_limit(rows, activation)
            factors = powers(rows.norms, activation.homogeneity)
        elif common is not None:
            activation = Scaled(activation, common)
        else:
            _require_limit(rows, activation)
            found = radial_kernels(rows, kinds, activation, law, outputs)
            matrices, errors, diagonals = found
            return Kernels(tuple(matrices), tuple(errors), tuple(diagonals))
    return _scaled_dual(rows, kinds, activation, law, factors, outputs)


def powers(norms: np.ndarray, exponent: float) -> np.ndarray:
    """Return what rows of these norms multiply a homogeneous kernel by.

    Raises
    ------
    InvalidArgumentError
        If a kernel of such rows is beyond the range of floats.
    """
    with np.errstate(over="ignore"):
        factors = norms**exponent
        largest = float(factors.max()) ** 2 if factors.max() < 1e150 else np.inf
    if not np.isfinite(largest):
        raise InvalidArgumentError(
            f"A row has norm {float(norms.max()):.3g}, and the kernel grows like the "
            f"power {2 * exponent:g} of it, beyond the range of floats. Scale the rows "
            "down."
        )
    return np.asarray(factors)


def _require_domain(rows: Rows, activation: Activation, law: Law) -> None:
    longest = 1.0 if rows.norms is None else float(rows.norms.max())
    if longest > _LONGEST and activation.homogeneity is None:
        raise InvalidArgumentError(
            f"A row has norm {longest:.3g}, and its square is beyond the range of "
            f"floats. Scale the rows down to norm {_LONGEST:g} at most."
        )
    low, high = activation.domain
    room = min(-low, high) * (1 + 4 * _EPS)
    if np.isinf(law.support_radius):
        require_domain(activation, law)
    elif law.support_radius * longest > room:
        raise OutsideDomainError(
            f"{activation.name} is defined on [{low:g}, {high:g}], and a row has norm "
            f"{longest:.6g}. Scale the rows down to norm {min(-low, high):g} at most."
        )


def _require_limit(rows: Rows, activation: Activation) -> None:
    if rows.norms is None:
        return
    zero = np.nonzero(rows.norms == 0)[0]
    if len(zero) and activation.smoothness == 0 and 0.0 in activation.breakpoints:
        raise InvalidArgumentError(
            f"Row {int(zero[0])} is zero, where {activation.name} jumps, so its kernel "
            "has no limit there. Leave zero rows out, or give the network a bias."
        )


def _scaled_dual(
    rows: Rows,
    kinds: tuple[Kind, ...],
    activation: Activation,
    law: Law,
    factors: np.ndarray | None,
    outputs: Outputs | None,
) -> Kernels:
    """Return what one function of the angle gives, times factors of the rows."""
    kappa = None if kinds == ("tangent_inner",) else dual(activation, law)
    slope = None if kinds == ("conjugate",) else dual_of_derivative(activation, law)
    matrices: list[np.ndarray] = []
    if outputs is not None:
        matrices = two_layer_matrices(rows, kinds, kappa, slope, factors, outputs)
    largest = 1.0 if factors is None else float(factors.max()) ** 2
    errors, diagonals = [], []
    squares = np.ones(len(rows.directions)) if factors is None else factors**2
    for kind in kinds:
        parts = _parts(kind, kappa, slope)
        at_one = sum(each.value_at_one for each in parts)
        error = sum(each.entry_error(rows.dimension) for each in parts)
        if kind != "conjugate" and slope is not None:
            # t times the slope: t is off by up to 4 √d units in the last place.
            error += 4 * np.sqrt(rows.dimension) * 1.2e-16 * slope.value_at_one
        if factors is not None:
            error = (error + 4 * _EPS * at_one) * largest
        errors.append(float(error))
        diagonals.append(squares * at_one)
    return Kernels(tuple(matrices), tuple(errors), tuple(diagonals))


def _parts(kind: Kind, kappa: Dual | None, slope: Dual | None) -> list[Dual]:
    chosen = {
        "conjugate": (kappa,),
        "tangent_inner": (slope,),
        "tangent_both": (kappa, slope),
    }[kind]
    return [each for each in chosen if each is not None]
