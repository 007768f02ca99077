"""At which widths the landscape of one data set is benign."""

from typing import Any

from widthwise.activations import Activation
from widthwise.diagnosis._carry_out import carry_out
from widthwise.diagnosis._diagnosis import Diagnosis
from widthwise.diagnosis.landscape import LandscapeKnobs, LandscapeStudy
from widthwise.diagnosis.study import Budget, knobs_among
from widthwise.progress import Progress

__all__ = ["diagnose_landscape", "plan_landscape"]


def diagnose_landscape(
    X: Any,
    y: Any = None,
    *,
    widths: Any = None,
    trials: Any = 100,
    initialization: str = "pytorch",
    biases: bool = True,
    activation: str | Activation = "relu",
    seed: Any = 0,
    probability: float | int = 0.95,
    confidence: float | int = 0.95,
    subsets: bool = True,
    standardize: bool | None = None,
    budget: Budget | None = None,
    progress: Progress | None = None,
    **reading: Any,
) -> Diagnosis:
    r"""Tell at which widths the Jacobian has full rank, and which rows prevent it.

    Of a two-layer network whose inner weights are trained. Where its Jacobian at the n
    points has rank n, every differentiable critical point of the region of the weights
    has zero loss. The probability is over initial weights, at these points.

    Parameters
    ----------
    X
        The points, as for `diagnose`. Repeated rows, and rows that units without biases
        cannot tell apart, are named and left out but for the first.
    y
        The labels, as for `diagnose`, or None. Only the question whether regions hold a
        global minimum, and the slice of the loss, need them.
    widths
        Numbers of hidden units; by default some fifteen around the threshold, found by
        doubling from $\lceil n/d \rceil$ and bisection, and up to twice it.
    trials
        Networks drawn for each width.
    initialization
        Of the inner weights, one of `landscape.INITIALIZATIONS`.
    biases
        Whether units have biases, and these are trained.
    activation
        A piecewise-linear activation of two slopes.
    seed
        Every random number follows from it.
    probability
        Of full rank that counts as enough: the lower limit of the interval at the width
        named has to reach it.
    confidence
        Of the Clopper-Pearson intervals.
    subsets
        Whether random subsets of the rows are studied too, for a heat map.
    standardize
        Whether each column is brought to mean 0 and deviation 1 first. By default,
        unless every row has norm 1 or the columns share a unit. Points are not
        projected.
    budget
        Memory, nominal time and rows; a larger table is studied on a random sample.
    progress
        Called with (fraction, what is being done).
    reading
        Passed to `datasets.read` or `datasets.load`.

    Returns
    -------
    Diagnosis
        Its record has the kind "landscape"; see the page "The record".

    Raises
    ------
    WidthwiseError
        For anything in the data or the arguments that has no meaning, in one sentence.
    InterruptedDiagnosis
        On Ctrl-C, with the widths that were finished.

    Source
    ------
    Karhadkar, Murray, Tseran and Montúfar (2024), arXiv:2305.19510.

    Cost
    ----
    $n^3$ operations a network and width at most: 8 s for 442 rows of 10 columns. The
    minima of 20 regions take up to 10 s more where they are looked for.

    Examples
    --------
    >>> import widthwise as ww
    >>> data = ww.datasets.uniform_sphere(12, 3)
    >>> found = ww.diagnosis.diagnose_landscape(data, widths=(4,), trials=3)
    >>> [each.question for each in found.verdicts]
    ['full_rank', 'obstacle', 'theorem']
    """
    asked = LandscapeKnobs(
        widths=widths,
        trials=trials,
        initialization=initialization,
        biases=biases,
        activation=activation,
        seed=seed,
        probability=probability,
        confidence=confidence,
        subsets=subsets,
        standardize=standardize,
    )
    study = plan_landscape(X, y, asked, budget=budget, **reading)
    return carry_out(study, progress=progress)


def plan_landscape(
    X: Any,
    y: Any = None,
    asked: LandscapeKnobs | None = None,
    *,
    budget: Budget | None = None,
    **options: Any,
) -> LandscapeStudy:
    """Read and check everything, and predict the cost, without computing.

    Takes what `diagnose_landscape` takes; the settings may be one object.

    Examples
    --------
    >>> import widthwise as ww
    >>> data = ww.datasets.uniform_sphere(12, 3)
    >>> ww.diagnosis.plan_landscape(data, widths=(4,), trials=3).cost.rows
    12
    """
    knobs, reading = knobs_among(LandscapeKnobs, asked, options)
    return LandscapeStudy(X, y, knobs, budget or Budget(), reading)
