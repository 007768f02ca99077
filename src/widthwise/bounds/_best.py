"""The smallest width that some theorem certifies for given rows."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import torch

from widthwise.activations import Activation
from widthwise.arguments import choice
from widthwise.arrays import PointsLike
from widthwise.bounds._catalog import CATALOG, RANK_CATALOG
from widthwise.bounds.eigenvalues import WidthBound, squared_feature_norm_bound
from widthwise.bounds.rank import Problem, read_problem
from widthwise.bounds.trials import MinimumWidth, minimum_width
from widthwise.errors import NotCoveredError
from widthwise.kernels import conjugate_kernel, tangent_kernel
from widthwise.laws import Law
from widthwise.spectra import Spectrum, spectrum
from widthwise.theorems import Theorem, Width
from widthwise.theorems import failure_probability as check_failure_probability

__all__ = ["Best", "Promise", "best"]

_TAKE_POINTS = ("gaussian_truncation", "truncated_smallest", "inner_layer")

Promise = Literal["rank", "smallest", "condition", "convergence"]


@dataclass(frozen=True)
class Best:
    """The smallest certificate, and what else was found.

    Attributes
    ----------
    promise
        What is promised.
    name, title
        The theorem; None where none applies.
    certificate
        The width; None where none applies.
    least
        n: no fewer units fit any labels.
    looseness
        The certificate over what is needed: measured where networks were drawn, else
        over n, which is at least as much; None without a certificate, and for
        convergence, which fewer units than rows may reach.
    measured
        Where `trials` was given, the width that random networks need, for the rank and
        the smallest eigenvalue.
    others
        The other theorems that apply, by ascending width; orders of magnitude last.
    refused
        The theorems that do not apply, each with the reason.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> found = ww.bounds.best(points, "relu")
    >>> found.promise, found.certificate.is_certificate
    ('rank', True)
    """

    promise: Promise
    name: str | None
    title: str | None
    certificate: Width | None
    least: int
    looseness: float | None
    measured: MinimumWidth | None
    others: tuple[tuple[str, Width], ...]
    refused: tuple[tuple[str, str], ...]


def best(
    points: PointsLike,
    act: Activation | str,
    law: Law | str = "sphere",
    promise: Promise = "rank",
    *,
    failure_probability: float | int = 0.01,
    largest_matrix: int = 3000,
    trials: int | None = None,
    seed: int = 0,
) -> Best:
    r"""Return the smallest width that a theorem certifies for these rows.

    Parameters
    ----------
    points
        Shape (n, d), rows of unit norm.
    act, law
        σ and the law of the weights, or their names.
    promise
        "rank": the features fit any labels. "condition": the condition number is at
        most three times that of infinite width, as its eigenvalues are within a half.
        "smallest": so is the smallest alone. "convergence": training ends at zero loss.
    failure_probability
        $\delta$, strictly between 0 and 1.
    largest_matrix
        Rows up to which theorems that need the eigenvalues of a kernel are asked; 0
        for those alone that need none.
    trials
        Networks to draw, to see how much smaller a width does; by default none.
    seed
        Of those networks.

    Returns
    -------
    Best
        Without a certificate where no theorem applies; `refused` says why of each.

    Raises
    ------
    InvalidArgumentError
        If $\delta$ or the promise is outside its range.
    NotOnSphereError
        If a row is not of unit norm.

    Cost: $O(n^2 \log n)$ for the rank, and $O(n^3)$ up to 3,000 rows.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> found = ww.bounds.best(points, "relu")
    >>> found.certificate.is_certificate, found.certificate.value >= 3
    (True, True)
    """
    choice(promise, "The promise", ("rank", "smallest", "condition", "convergence"))
    delta = check_failure_probability(failure_probability)
    problem = read_problem(points, act, law)
    found: list[tuple[Theorem, Width]] = []
    refused: list[tuple[str, str]] = []
    for theorem, ask in _asked(problem, promise, delta, largest_matrix):
        try:
            found.append((theorem, ask()))
        except NotCoveredError as error:
            refused.append((theorem.name, str(error)))
    found.sort(key=lambda each: (not each[1].is_certificate, each[1].value))
    first = found[0] if found and found[0][1].is_certificate else None
    measured = None
    criterion = _MEASURED.get(promise)
    if trials is not None and criterion is not None:
        measured = minimum_width(
            problem.points,
            problem.act,
            problem.law,
            1 - delta,
            seed,
            trials=trials,
            criterion=criterion,
            factor=3.0,
        )
    needed = float(problem.count)
    if measured is not None and math.isfinite(measured.estimate):
        needed = measured.estimate
    return Best(
        promise=promise,
        name=first[0].name if first else None,
        title=first[0].title if first else None,
        certificate=first[1] if first else None,
        least=problem.count,
        looseness=None
        if first is None or promise == "convergence"
        else first[1].value / needed,
        measured=measured,
        others=tuple((each.name, width) for each, width in found[bool(first) :]),
        refused=tuple(refused),
    )


def _asked(
    problem: Problem, promise: Promise, delta: float, largest: int
) -> Iterator[tuple[Theorem, Callable[[], Width]]]:
    """Yield each theorem of this promise with the call that asks it."""
    if promise == "rank":
        for theorem in RANK_CATALOG.values():
            yield theorem, partial(theorem.of, problem, delta)
    ask = _FromSpectrum(problem, delta, largest)
    for bound in CATALOG.values():
        if bound.promise == promise:
            yield bound, partial(ask, bound)


_MEASURED = {
    "rank": "full_rank",
    "smallest": "conditioning",
    "condition": "condition_number",
}


class _FromSpectrum:
    """Asks theorems that need an eigenvalue; the kernel is made once, when asked."""

    def __init__(self, problem: Problem, delta: float, largest: int) -> None:
        self.problem, self.delta, self.largest = problem, delta, largest
        self.spectra: dict[str, Spectrum] = {}

    def __call__(self, bound: WidthBound) -> Width:
        problem = self.problem
        if bound.law != problem.law.name:
            raise NotCoveredError(
                f"{bound.name} gives no width: it is about weights of the law "
                f"{bound.law!r}, not {problem.law.name!r}."
            )
        if problem.count > self.largest:
            raise NotCoveredError(
                f"{bound.name} needs the eigenvalues of a matrix of {problem.count} "
                f"rows; they are sought up to {self.largest} rows."
            )
        reason = self._unfit(bound) or bound.mismatch(self._spectrum(bound.kernel))
        if reason is not None:
            raise NotCoveredError(f"{bound.name} gives no width: {reason}.")
        knobs: dict[str, Any] = {}
        if bound.uses_feature_norm:
            knobs["squared_norm_bound"] = squared_feature_norm_bound(
                problem.points, problem.act, problem.law
            )
        if bound.name in _TAKE_POINTS:
            knobs["points"] = problem.points
        caller: Any = bound
        found: Width = caller.width(self._spectrum(bound.kernel), self.delta, **knobs)
        if math.isinf(found.value):
            raise NotCoveredError(
                f"{bound.name} gives no width: {found.assumptions[-1].rstrip('.')}."
            )
        return found

    def _unfit(self, bound: WidthBound) -> str | None:
        act = self.problem.act
        if bound.kernel == "tangent_inner" and (
            math.isinf(act.lipschitz) or act.smoothness < 1
        ):
            return f"{act.name} has no finite tangent kernel, or a zero one"
        return None

    def _spectrum(self, kernel: str) -> Spectrum:
        if kernel not in self.spectra:
            act, law = self.problem.act, self.problem.law
            rows = torch.from_numpy(self.problem.points)
            matrix = (
                conjugate_kernel(rows, act, law)
                if kernel == "conjugate"
                else tangent_kernel(rows, act, law, trained="inner")
            )
            self.spectra[kernel] = spectrum(matrix)
        return self.spectra[kernel]
