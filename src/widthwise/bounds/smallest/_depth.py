"""The depth at which correlations are so small that the kernel is well conditioned."""

from dataclasses import dataclass

from widthwise.activations import Activation, normalized
from widthwise.arguments import probability
from widthwise.arrays import PointsLike
from widthwise.bounds.rank import read_problem
from widthwise.bounds.smallest._row_sums import power_sums
from widthwise.errors import NotCoveredError
from widthwise.kernels import hermite_coefficients
from widthwise.kernels.enclosed import enclosed_coefficients
from widthwise.laws import Gaussian

__all__ = ["SufficientDepth", "sufficient_depth"]

_DEEPEST = 1_000_000


@dataclass(frozen=True)
class SufficientDepth:
    r"""A depth that makes the kernel's smallest eigenvalue at least `smallest`.

    Attributes
    ----------
    depth
        Hidden layers of the normalised activation.
    smallest
        What $\lambda_{\min}$ of the deep conjugate kernel, of unit diagonal, is then.
    contraction
        $1 - c_1^2$: how far the activation is from linear.
    correlation
        The largest $|x_i \cdot x_j|$ of the rows.
    is_certificate
        Whether it is proved: $c_1$ is enclosed in interval arithmetic.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> found = ww.bounds.sufficient_depth(points, "relu")
    >>> found.depth, found.is_certificate
    (0, True)
    """

    depth: int
    smallest: float
    contraction: float
    correlation: float
    is_certificate: bool


def sufficient_depth(
    points: PointsLike, act: Activation | str, smallest: float | int = 0.5
) -> SufficientDepth:
    r"""Return a depth from which $\lambda_{\min}$ of the conjugate kernel is large.

    With $E\varphi = 0$, $E\varphi^2 = 1$ a layer maps a correlation ρ to
    $\sum_{k \ge 1} c_k^2 \rho^k$, in size at most $|\rho| (c_1^2 + (1 - c_1^2)
    |\rho|)$; once all are below $(1 - s)/(n-1)$, Gershgorin gives $\lambda_{\min} \ge
    s$. The depth grows as $\log(n/\delta) / (1 - c_1^2)$ for correlations up to
    $1 - \delta$.

    Parameters
    ----------
    points
        Shape (n, d), rows of unit norm, no two parallel.
    act
        σ, normalised first: weights of variance 1, no biases.
    smallest
        s, in (0, 1).

    Raises
    ------
    NotCoveredError
        If two rows are parallel, or σ is affine.
    InvalidArgumentError
        If s is outside (0, 1).

    Source
    ------
    After Panigrahi, Shetty and Goyal (2020), their theorem on depth. Cost: n² d.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> ww.bounds.sufficient_depth(points, "relu").depth
    0
    """
    smallest = probability(smallest, "smallest")
    problem = read_problem(points, act, Gaussian())
    sums = power_sums(problem.points)
    linear, is_proved = _linear_share(problem.act)
    correlation = sums.correlation if problem.count > 1 else 0.0
    if correlation >= 1 - 1e-15 or linear >= 1:
        raise NotCoveredError(
            "sufficient_depth gives no depth: two rows are parallel, or the activation "
            "is affine."
        )
    level = (1 - smallest) / max(problem.count - 1, 1)
    size, depth = correlation, 0
    while size > level and depth < _DEEPEST:
        size *= (linear + (1 - linear) * size) * (1 + 1e-15)
        depth += 1
    if size > level:
        raise NotCoveredError(f"sufficient_depth found none up to {_DEEPEST} layers.")
    return SufficientDepth(
        depth=depth,
        smallest=smallest,
        contraction=1 - linear,
        correlation=correlation,
        is_certificate=is_proved,
    )


def _linear_share(act: Activation) -> tuple[float, bool]:
    r"""Return an upper end of $c_1^2$ of the normalised σ, and whether it is proved."""
    proved = enclosed_coefficients(act, Gaussian())
    if proved is None or len(proved.squares) < 2:
        return float(hermite_coefficients(normalized(act), 1)[1]) ** 2 + 1e-12, False
    rest = float((proved.total - proved.squares[0]).lower())
    if not rest > 0:
        return 1.0, True
    return float(proved.squares[1].upper()) / rest * (1 + 1e-14), True
