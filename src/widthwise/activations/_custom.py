"""An activation made from anyone's function."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
import torch

from widthwise.activations._adapter import Adapter, adapted
from widthwise.activations._definition import Activation, floating
from widthwise.activations._domain import inside_domain, read_interval
from widthwise.activations._narrow import narrow_places, slopes_by_differences
from widthwise.activations._numerical import (
    largest_magnitude,
    linear_growth,
    reliable_slopes,
    slope_is_unbounded,
)
from widthwise.activations._polynomial_part import polynomial_part
from widthwise.activations._singularities import smoothness, undeclared_kinks
from widthwise.activations._spline_pieces import Splines, spline_pieces
from widthwise.arrays import Array, Float, Real
from widthwise.errors import InvalidArgumentError
from widthwise.sources import Source

__all__ = ["Custom", "from_callable"]


@dataclass(frozen=True)
class Custom(Activation):
    r"""A caller's own $\sigma$; made by `from_callable`, which checks it.

    Its properties are found by sampling, so they are estimates: `parity_is_exact` is
    False and `constants_are_sampled` is True, and no width that rests on them is called
    a certificate. Two of them are equal if they hold the same function object, name,
    breakpoints, domain and derivative.

    Attributes
    ----------
    fn, given_derivative
        The caller's functions.
    kinks, interval
        What `breakpoints` and `domain` return.
    derivative_method
        "given", "autograd" or "numerical".
    derivative_error
        For "numerical", the largest difference, on [-1, 1], between windows of several
        lengths and degrees; 0 otherwise.

    Examples
    --------
    >>> import widthwise as ww
    >>> act = ww.activations.from_callable(lambda z: z * z, name="mine")
    >>> type(act).__name__, act.name, act.derivative_method
    ('Custom', 'mine', 'autograd')
    """

    fn: Callable[[Any], Any]
    name: str  # type: ignore[misc]  # a class attribute in the catalog
    kinks: tuple[float, ...]
    interval: tuple[float, float]
    given_derivative: Callable[[Any], Any] | None
    derivative_method: Literal["given", "autograd", "numerical"] = field(compare=False)
    derivative_error: float = field(compare=False)
    adapter: Adapter = field(compare=False, repr=False)
    derivative_adapter: Adapter | None = field(compare=False, repr=False)

    formula = r"\text{given by the caller}"
    source = Source("given by the caller", None, "widthwise.activations.from_callable")

    @property
    def breakpoints(self) -> tuple[float, ...]:
        return self.kinks

    @property
    def domain(self) -> tuple[float, float]:
        return self.interval

    @property
    def parity_is_exact(self) -> bool:
        return False

    @property
    def constants_are_sampled(self) -> bool:
        return True

    @cached_property
    def smoothness(self) -> float:
        return smoothness(self.adapter.on_arrays, self.kinks, self.interval)

    @cached_property
    def bound(self) -> float:
        return largest_magnitude(self.adapter.on_arrays, self.kinks, self.narrow)

    @cached_property
    def lipschitz(self) -> float:
        f = self.adapter.on_arrays
        for point in self.kinks:
            if -1.0 < point < 1.0:
                beside = np.nextafter(point, [-math.inf, point, math.inf])
                left, at, right = f(beside)
                jump = max(abs(left - at), abs(right - at))
                if jump > 1e-9 * max(1.0, self.bound):
                    return math.inf
        for point in (-1.0, *self.kinks, 1.0):
            for side in (-1, 1):
                inside = -1.0 <= point <= 1.0 and -1.0 <= point + side * 1e-3 <= 1.0
                if inside and slope_is_unbounded(f, point, side):
                    return math.inf
        return largest_magnitude(self._slopes_on_arrays, self.kinks, self.narrow)

    @cached_property
    def linear_growth(self) -> float:
        f = self.adapter.on_arrays
        return linear_growth(f, self.interval, self.kinks, self.narrow)

    @cached_property
    def narrow(self) -> tuple[tuple[float, float], ...]:
        """Intervals of [-8, 8] where the function bends on a scale below 1e-2."""
        return narrow_places(self.adapter.on_arrays, self.kinks, self.interval)

    @cached_property
    def splines(self) -> Splines | None:
        f = self.adapter.on_arrays
        return None if self.narrow else spline_pieces(f, self.kinks, self.interval)

    def __call__(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        return self.adapter.values(inside_domain(floating(z), self))

    def derivative(self, z: Real[Array, "..."]) -> Float[Array, "..."]:
        z = inside_domain(floating(z), self)
        if self.derivative_method == "given" and self.derivative_adapter is not None:
            return self.derivative_adapter.values(z)
        if self.derivative_method == "autograd":
            return _autograd(self.adapter, z, self.kinks, self.interval[1])
        x = z.detach().cpu().to(torch.float64).numpy()
        f = self.adapter.on_arrays
        slopes = slopes_by_differences(f, x, self.kinks, self.interval, self.narrow)
        return torch.from_numpy(np.asarray(slopes)).to(z.device, z.dtype)

    def even_part(self, radius: float) -> tuple[float, ...] | None:
        f = self.adapter.on_arrays
        return polynomial_part(f, 0, radius, self.kinks, self.interval)

    def odd_part(self, radius: float) -> tuple[float, ...] | None:
        f = self.adapter.on_arrays
        return polynomial_part(f, 1, radius, self.kinks, self.interval)

    def _slopes_on_arrays(self, x: np.ndarray) -> np.ndarray:
        found: np.ndarray = self.derivative(torch.from_numpy(x)).numpy()
        return found


def from_callable(
    fn: Callable[[Any], Any],
    name: str | None = None,
    breakpoints: Iterable[float | int] = (),
    derivative: Callable[[Any], Any] | None = None,
    domain: tuple[float | int, float | int] = (-math.inf, math.inf),
) -> Custom:
    r"""Make an activation from a function of one real variable.

    Parameters
    ----------
    fn
        $\sigma$, elementwise: takes a float64 torch tensor and returns a new one of its
        shape. NumPy functions and functions of one number work too, more slowly.
    name
        What reports call it; the function's own name when left out.
    breakpoints
        Where $\sigma$ or one of its derivatives jumps; the kernels integrate between
        them. Jumps of $\sigma$ or $\sigma'$ on [-8, 8] that are missing are refused; a
        missing jump of a higher derivative can cost digits that the error bounds of
        the kernels do not know of.
    derivative
        $\sigma'$, checked against $\sigma$. When left out, torch's autograd is used
        where it agrees with finite differences, else a Chebyshev window (see
        `derivative_error`), which costs twelve evaluations.
    domain
        The closed interval where $\sigma$ is defined; it must contain [-1, 1].

    Returns
    -------
    An activation whose `bound` and `lipschitz` are 1e-11 above the true ones where
    the function has a second derivative between its breakpoints and the 100,000 samples
    show every place where it bends: a bump wider than 1e-4 on [-1, 1] is seen, a
    narrower one may be missed. So `constants_are_sampled` is True. Its parity parts are
    decided numerically (`parity_is_exact` is False).

    Raises
    ------
    InvalidArgumentError
        If fn is not such a function, is not finite on [-1, 1], has an undeclared jump,
        or does not have the given derivative; the message says where.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> act = ww.activations.from_callable(torch.sin, name="sine")
    >>> act(torch.tensor([0.0])).tolist(), act.name
    ([0.0], 'sine')
    """
    label = str(name or getattr(fn, "__name__", type(fn).__name__))
    adapter = adapted(fn, f"The function {label!r}")
    interval = read_interval(domain, label)
    kinks = _kinks(breakpoints, interval, label)
    _refuse_not_finite(adapter, label)
    _refuse_undeclared(adapter, kinks, interval, label)
    points, slopes, errors = _sampled_slopes(adapter, kinks, interval)
    given = adapted(derivative, f"The derivative of {label!r}") if derivative else None
    method: Literal["given", "autograd", "numerical"] = "numerical"
    if given is not None:
        method = "given"
        wrong = _disagreement(given.on_arrays(points), slopes, errors)
        if wrong is not None:
            raise InvalidArgumentError(
                f"The derivative given for {label!r} is "
                f"{given.on_arrays(points)[wrong]:.6g} at z = {points[wrong]:.6g}, and "
                f"differences of the function give {slopes[wrong]:.6g}. Correct it, or "
                "leave it out."
            )
    else:
        by_torch = adapter.slopes(torch.from_numpy(points))
        if (
            by_torch is not None
            and _disagreement(by_torch.numpy(), slopes, errors) is None
        ):
            method = "autograd"
    claimed = slopes_by_differences(
        adapter.on_arrays,
        points,
        kinks,
        interval,
        narrow_places(adapter.on_arrays, kinks, interval),
    )
    errors = (errors + np.abs(claimed - slopes))[np.abs(points) <= 1.0]
    return Custom(
        fn=fn,
        name=label,
        kinks=kinks,
        interval=interval,
        given_derivative=derivative,
        derivative_method=method,
        derivative_error=float(errors.max()) if method == "numerical" else 0.0,
        adapter=adapter,
        derivative_adapter=given,
    )


def _autograd(
    adapter: Adapter, z: Array, kinks: tuple[float, ...], end: float
) -> Array:
    # One float to the right of a kink is the right derivative; at the domain's end,
    # one float to the left is the only one there is.
    for kink in kinks:
        toward = -math.inf if kink >= end else math.inf
        beside = torch.nextafter(z, torch.full_like(z, toward))
        z = torch.where(z == kink, beside, z)
    slopes = adapter.slopes(z)
    return torch.zeros_like(z) if slopes is None else slopes.to(z.dtype)


def _kinks(
    breakpoints: Iterable[float | int], interval: tuple[float, float], label: str
) -> tuple[float, ...]:
    try:
        found = sorted({float(point) + 0.0 for point in breakpoints})
    except (TypeError, ValueError):
        found = [math.nan]
    for point in found:
        if not (math.isfinite(point) and interval[0] <= point <= interval[1]):
            raise InvalidArgumentError(
                f"The breakpoints of {label!r} are {breakpoints!r}; they must be "
                f"finite numbers inside its domain [{interval[0]:g}, {interval[1]:g}]."
            )
    return tuple(found)


def _refuse_not_finite(adapter: Adapter, label: str) -> None:
    x = np.concatenate([[-1.0, 0.0, 1.0], np.linspace(-1.0, 1.0, 2002)])
    with np.errstate(all="ignore"):
        y = adapter.on_arrays(x)
    wrong = np.flatnonzero(~np.isfinite(y))
    if wrong.size:
        raise InvalidArgumentError(
            f"The function {label!r} is {y[wrong[0]]} at z = {x[wrong[0]]:.6g}; "
            "it must be finite on all of [-1, 1]."
        )


def _refuse_undeclared(
    adapter: Adapter,
    kinks: tuple[float, ...],
    interval: tuple[float, float],
    label: str,
) -> None:
    missing = undeclared_kinks(adapter.on_arrays, kinks, interval)
    if missing:
        together = sorted({*kinks, *(round(point, 5) + 0.0 for point in missing)})
        listed = ", ".join(f"{point:g}" for point in together)
        raise InvalidArgumentError(
            f"The function {label!r} or its slope jumps near z = "
            f"{round(missing[0], 6) + 0.0:g}, which is not among its breakpoints. "
            f"Pass breakpoints=({listed},), with the exact values."
        )


def _sampled_slopes(
    adapter: Adapter, kinks: tuple[float, ...], interval: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return points, slopes there by differences, and the slopes' estimated errors."""
    spread = np.cos((np.arange(400) + 0.5) * math.pi / 400)
    f = adapter.on_arrays
    narrow = [
        np.linspace(low, high, 23) for low, high in narrow_places(f, kinks, interval)
    ]
    points = np.concatenate([spread, 4.0 * spread, *narrow])
    points = points[(points > interval[0]) & (points < interval[1])]
    far = np.array([all(abs(x - kink) > 1e-3 for kink in kinks) for x in points])
    points = points[far]
    slopes, errors = reliable_slopes(f, points, kinks, interval)
    return points, slopes, errors


def _disagreement(
    claimed: np.ndarray, slopes: np.ndarray, errors: np.ndarray
) -> int | None:
    """Return where a claimed derivative is wrong beyond the differences' own error."""
    apart = np.abs(claimed - slopes)
    allowed = 1e-6 * (1 + np.abs(slopes)) + 100 * errors
    wrong = ~(apart <= allowed)
    return (
        int(np.argmax(np.where(np.isnan(apart), np.inf, apart) * wrong))
        if wrong.any()
        else None
    )
