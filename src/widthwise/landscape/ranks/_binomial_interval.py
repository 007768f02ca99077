"""Confidence limits for the probability behind a number of successes."""

from scipy.stats import beta

from widthwise.errors import InvalidArgumentError

__all__ = ["binomial_interval"]


def binomial_interval(
    successes: int, trials: int, confidence: float | int = 0.95
) -> tuple[float, float]:
    r"""Return the Clopper-Pearson interval of a binomial proportion.

    It holds the true probability at least as often as its confidence says, for every
    probability and every number of trials.

    Parameters
    ----------
    successes, trials
        From 0 to `trials`; at least one trial.
    confidence
        In (0, 1).

    Returns
    -------
    Lower and upper limit, in [0, 1].

    Source
    ------
    Clopper and Pearson (1934), The use of confidence or fiducial limits.
    """
    if not 0 <= successes <= trials or trials < 1:
        raise InvalidArgumentError(
            f"There are {successes} successes in {trials} trials; there must be from 0 "
            "to as many as trials, and one trial or more."
        )
    if not 0 < confidence < 1:
        raise InvalidArgumentError(
            f"The confidence is {confidence!r}; it must lie strictly between 0 and 1."
        )
    outside = (1 - confidence) / 2
    failures = trials - successes
    lower = beta.ppf(outside, successes, failures + 1) if successes else 0.0
    upper = beta.ppf(1 - outside, successes + 1, failures) if failures else 1.0
    return float(lower), float(upper)
