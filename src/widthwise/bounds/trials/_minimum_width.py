"""The width that suffices with a given probability, by experiment."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch

from widthwise import activations, arguments, laws
from widthwise.activations import Activation
from widthwise.arrays import Array, DeviceLike, Float, real_tensor
from widthwise.bounds.eigenvalues import check_deviation
from widthwise.bounds.trials._criteria import (
    Conditioned,
    ConditionNumber,
    Criterion,
    Deviation,
    FullRank,
    LeftOut,
    left_out_error,
)
from widthwise.bounds.trials._critical_width import first_width, settled_width
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.estimates import Estimate, observations_needed, quantile
from widthwise.features import RandomFeatures
from widthwise.features.two_layer import PointsLike, as_matrix
from widthwise.kernels import conjugate_kernel
from widthwise.kernels.two_layer import unit_points
from widthwise.laws import Law
from widthwise.prose import as_prose
from widthwise.seeds import derive
from widthwise.spectra import rank_verdict, spectrum

__all__ = ["MinimumWidth", "minimum_width"]

_WORK = 1e12
_FEWEST_TRIALS = 20
_MOST_TRIALS = 10**8  # A list of their widths fits into memory.
_CRITERIA = (
    "full_rank",
    "conditioning",
    "condition_number",
    "deviation",
    "leave_one_out",
)


@dataclass(frozen=True)
class MinimumWidth:
    """A width found by experiment, with a confidence interval.

    Attributes
    ----------
    estimate
        The empirical quantile of the critical widths.
    lower, upper
        The interval, free of assumptions on the distribution; `upper` is inf where
        there are fewer than `trials_needed` trials.
    probability, confidence
        Of one network meeting the criterion; of the interval covering.
    trials, trials_needed
        Networks drawn: those asked for, or fewer where so many failed that `lower` is
        infinite whatever the others do; those needed for a finite `upper`.
    critical_widths
        One for each trial, in order; inf where the widest network failed.
    criterion
        As in `minimum_width`.
    method
        What was done, in words.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> found = ww.bounds.minimum_width(points, "relu", probability=0.9, trials=30)
    >>> found.lower <= found.estimate <= found.upper
    True
    """

    estimate: float
    lower: float
    upper: float
    probability: float
    confidence: float
    trials: int
    trials_needed: int
    critical_widths: tuple[float, ...]
    criterion: str
    method: str


def minimum_width(
    points: PointsLike,
    act: Activation | str,
    law: Law | str = "sphere",
    probability: float | int = 0.99,
    seed: int = 0,
    *,
    trials: int | None = None,
    criterion: str = "full_rank",
    epsilon: float | int = 0.5,
    factor: float | int = 2.0,
    y: PointsLike | None = None,
    share: float | int = 0.01,
    confidence: float | int = 0.95,
    widest: int | None = None,
    device: DeviceLike | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> MinimumWidth:
    r"""Estimate the width at which a random network meets a criterion.

    Each trial draws one infinite stream of hidden units and finds the critical width of
    its prefixes; the answer is a quantile of those. The interval uses order statistics.

    Parameters
    ----------
    points
        Shape (n, d), rows of unit norm.
    act, law
        $\sigma$ and the law of the weights, or their names.
    probability
        Of meeting the criterion, in (0, 1).
    seed
        The result is a function of it.
    trials
        Networks to draw. By default as many as a finite upper limit needs (368 for
        0.99 at 95 % confidence), but on large data fewer, and never below 20.
    criterion
        "full_rank": the features fit any labels, $\Phi$ has full row rank numerically.
        The others hold at this and two more doublings of the width. "conditioning":
        $\lambda_{\min}(G) \ge (1 - \epsilon) \lambda_{\min}(G_\infty)$.
        "condition_number": $\kappa(G) \le c\,\kappa(G_\infty)$. "deviation":
        $\|G - G_\infty\| \le \epsilon \lambda_{\min}(G_\infty)$. "leave_one_out":
        the error of interpolating `y` on rows left out is within `share` of its limit.
    epsilon
        In (0, 1).
    factor
        c, above 1.
    y
        Targets, shape (n,) or (n, c), for "leave_one_out".
    share
        In (0, 1), of the limit.
    confidence
        Of the interval, in (0, 1).
    widest
        The widest network tried; by default the larger of 16 n and 65,536.
    device
        Where networks are drawn and judged; by default where the points are.
    progress
        Called with (trials done, trials) after each.

    Returns
    -------
    MinimumWidth
        Infinite, without any trial, where the rank verdict rules out every width.

    Raises
    ------
    DataError
        If the targets are not one row of finite numbers a point.
    InvalidArgumentError
        If a knob is outside its range.
    NotOnSphereError
        If a row is not of unit norm.

    Source
    ------
    Compare Benson, Damle and Townsend (2020), Section 4.1. Intervals: Hahn and Meeker
    (1991), Statistical intervals.

    Cost
    ----
    A trial takes a few passes of $2 n^2 m$ operations for critical width m.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> act = ww.activations.get("relu")
    >>> found = ww.bounds.minimum_width(points, act, probability=0.9, trials=30)
    >>> found.estimate >= 3, found.trials
    (True, 30)
    """
    given: Array = real_tensor(points, "The points", device)
    points = torch.from_numpy(unit_points(given.cpu()))
    count, placed = len(points), points.to(given.device)
    law = laws.get(law, points.shape[1])
    act = activations.for_dimension(act, points.shape[1])
    needed = observations_needed(probability, confidence)
    arguments.choice(criterion, "The criterion", _CRITERIA)
    epsilon = check_deviation(epsilon)
    factor = arguments.real_number(
        factor,
        "The factor",
        above=1.0,
        meaning="as a condition number tends to its limit",
    )
    share = arguments.probability(share, "The share", meaning="of the limit's error")
    seed = arguments.seed(seed)
    targets = placed
    if criterion == "leave_one_out":
        targets = _targets(y, count).to(placed.device)
    widest = max(16 * count, 65536) if widest is None else widest
    widest = arguments.whole_number(widest, "The widest network", least=1)
    if widest < count:
        raise InvalidArgumentError(
            f"The widest network has {widest} units and there are {count} points; no "
            f"width below {count} fits any labels. Use a larger one."
        )
    if trials is None:
        trials = max(_FEWEST_TRIALS, min(needed, int(_WORK / (60.0 * count**3 + 1e6))))
    trials = arguments.whole_number(trials, "trials", least=1, most=_MOST_TRIALS)
    verdict = rank_verdict(points, act, law)
    # Where the rank is not decided the networks tell what they can.
    reason = verdict.reason if verdict.can_fit_any_labels is False else None
    meets: Criterion = FullRank()
    if reason is None and criterion != "full_rank":
        kernel = conjugate_kernel(placed, act, law)
        infinite = spectrum(kernel)
        if infinite.is_singular:
            reason = "The infinite-width kernel is singular in this precision."
        elif criterion == "conditioning":
            meets = Conditioned((1 - epsilon) * infinite.smallest)
        elif criterion == "condition_number":
            meets = ConditionNumber(factor * infinite.condition_number)
        elif criterion == "deviation":
            meets = Deviation(kernel, epsilon * infinite.smallest)
        else:
            limit = left_out_error(kernel, targets)
            assert limit is not None  # The kernel is not singular.
            meets = LeftOut(targets, limit, share)
    if reason is not None:
        return _impossible(probability, confidence, needed, criterion, reason)
    search = first_width if criterion == "full_rank" else settled_width

    def at_best(found: list[float]) -> Estimate:
        """Return the quantile if all that are not drawn yet need no more than n."""
        rest = [float(count)] * (trials - len(found))
        return quantile([*found, *rest], probability, confidence, least=count)

    found: list[float] = []
    for trial in range(trials):
        features = RandomFeatures(
            act, width=widest, law=law, seed=derive(seed, "minimum-width", trial)
        )
        found.append(float(search(placed, features, meets, count)))
        if progress is not None:
            progress(trial + 1, trials)
        if math.isinf(found[-1]) and math.isinf(at_best(found).low):
            break
    interval = at_best(found)
    enough = "" if trials >= needed else f"; {needed} would give a finite upper limit"
    if math.isinf(interval.low):
        enough = ""
    drawn = f"{len(found)}" if len(found) == trials else f"{len(found)} of {trials}"
    return MinimumWidth(
        estimate=interval.value,
        lower=interval.low,
        upper=interval.high,
        probability=probability,
        confidence=confidence,
        trials=len(found),
        trials_needed=needed,
        critical_widths=tuple(found),
        criterion=criterion,
        method=f"critical widths of {drawn} random networks, up to {widest} units, "
        f"with an order-statistic interval{enough}",
    )


def _targets(y: PointsLike | None, count: int) -> Float[Array, "n c"]:
    if y is None:
        raise InvalidArgumentError(
            "The criterion 'leave_one_out' is about targets. Pass y, one row a point."
        )
    if count < 2:
        raise InvalidArgumentError(
            "The criterion 'leave_one_out' needs at least two points: of a single one "
            "nothing is left to fit. Pass more, or choose another criterion."
        )
    given: Array = real_tensor(y, "The targets")
    if given.ndim not in (1, 2) or len(given) != count:
        raise DataError(
            f"The targets have shape {tuple(given.shape)} and there are {count} "
            f"points; they must have shape ({count},) or ({count}, outputs)."
        )
    found: Array = as_matrix(given.reshape(count, -1), "targets")
    return found


def _impossible(
    probability: float | int,
    confidence: float | int,
    needed: int,
    criterion: str,
    reason: str,
) -> MinimumWidth:
    return MinimumWidth(
        estimate=math.inf,
        lower=math.inf,
        upper=math.inf,
        probability=probability,
        confidence=confidence,
        trials=0,
        trials_needed=needed,
        critical_widths=(),
        criterion=criterion,
        method="no network was drawn, as no width suffices: " + as_prose(reason),
    )
