"""Rows whose pre-activations are zero: what a layer makes of them and of others."""

from dataclasses import dataclass

import numpy as np
import torch

from widthwise.activations import Activation
from widthwise.errors import InvalidArgumentError
from widthwise.kernels.duals import RadialDual, radial_dual
from widthwise.kernels.pairs import KinkedDual, SplineDual
from widthwise.kernels.rules import means
from widthwise.laws import Gaussian

__all__ = ["WithZeroRows", "with_zero_rows"]


@dataclass(frozen=True, eq=False)
class WithZeroRows:
    r"""A dual whose rows of scale zero give $\sigma(0)\,E\,\sigma(b v)$ with others.

    Attributes
    ----------
    of
        The dual, zero rows put at another's scale.
    zero
        Which rows are zero, shape (N,).
    at_zero
        σ(0).
    means
        E σ(b v), shape (N,).
    sizes
        As those of `RadialDual`.
    """

    of: RadialDual | SplineDual | KinkedDual
    zero: np.ndarray
    at_zero: float
    means: np.ndarray
    sizes: np.ndarray

    @property
    def relative_error(self) -> float:
        """Bound the error of a value over the product of its rows' sizes."""
        return self.of.relative_error

    def tile(
        self, top: slice, left: slice, chord: np.ndarray, is_near: np.ndarray
    ) -> np.ndarray:
        """Return the values between two slices of the rows."""
        found = self.of.tile(top, left, chord, is_near)
        rows, columns = self.zero[top], self.zero[left]
        found[rows] = self.at_zero * self.means[left]
        found[:, columns] = self.at_zero * self.means[top, None]
        return found


def with_zero_rows(
    act: Activation, scales: np.ndarray
) -> tuple[
    RadialDual | SplineDual | KinkedDual | WithZeroRows,
    RadialDual | SplineDual | KinkedDual,
]:
    """Return the Gaussian duals of σ and σ' for rows of scales that may be zero.

    What the second says of zero rows is multiplied by their tangent kernel, zero.

    Raises
    ------
    InvalidArgumentError
        As `radial_dual`, or if a row is zero where σ jumps.
    """
    zero, law = scales == 0, Gaussian()
    if not zero.any():
        return radial_dual(act, law, 0, scales), radial_dual(act, law, 1, scales)
    if act.smoothness == 0 and 0.0 in act.breakpoints:
        raise InvalidArgumentError(
            f"Row {int(np.argmax(zero))} is zero, where {act.name} jumps, so its "
            "kernel has no limit there. Leave zero rows out, or give them a bias."
        )
    at_zero = float(act(torch.zeros(1, dtype=torch.float64)))
    some = np.where(zero, 1.0 if zero.all() else scales[~zero].min(), scales)
    of = radial_dual(act, law, 0, some)
    values = np.where(zero, at_zero, means(act, law, some))
    sizes = np.where(zero, abs(at_zero), of.sizes)
    found = WithZeroRows(of, zero, at_zero, values, sizes)
    return found, radial_dual(act, law, 1, some)
