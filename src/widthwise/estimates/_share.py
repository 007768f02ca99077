"""The probability behind a number of successes."""

from typing import Literal

from scipy.stats import beta, binomtest

from widthwise.arguments import probability
from widthwise.errors import InvalidArgumentError
from widthwise.estimates._estimate import Estimate

__all__ = ["share"]


def share(
    successes: int,
    trials: int,
    confidence: float | int = 0.95,
    *,
    method: Literal["exact", "wilson"] = "exact",
) -> Estimate:
    r"""Return a binomial proportion with its interval.

    Parameters
    ----------
    successes, trials
        From 0 to `trials`; at least one trial.
    confidence
        In (0, 1).
    method
        "exact", Clopper and Pearson's: it holds the true probability at least as often
        as its confidence says, for every probability and number of trials. "wilson" is
        shorter and holds it so often on average.

    Raises
    ------
    InvalidArgumentError
        If a number is outside its range.

    Source
    ------
    Clopper and Pearson (1934), The use of confidence or fiducial limits. Wilson (1927),
    J. American Statistical Association 22, 209.
    """
    if not 0 <= successes <= trials or trials < 1:
        raise InvalidArgumentError(
            f"There are {successes} successes in {trials} trials; there must be from 0 "
            "to as many as trials, and one trial or more."
        )
    confidence = probability(confidence, "The confidence")
    if method == "wilson":
        test = binomtest(successes, trials)
        found = test.proportion_ci(confidence, method="wilson")
        low, high = float(found.low), float(found.high)
    else:
        low, high = _clopper_pearson(successes, trials, confidence)
    return Estimate(successes / trials, low, high, confidence)


def _clopper_pearson(
    successes: int, trials: int, confidence: float
) -> tuple[float, float]:
    # SciPy's binomtest finds these limits by bisection to 2e-12: of one success in 1e9
    # trials the lower one is off by 0.1 %. Quantiles of beta keep all digits.
    outside = (1 - confidence) / 2
    failures = trials - successes
    low = beta.ppf(outside, successes, failures + 1) if successes else 0.0
    high = beta.ppf(1 - outside, successes + 1, failures) if failures else 1.0
    return float(low), float(high)
