"""Features that grow like a power: what is lost where one pre-activation is large."""

import math
from dataclasses import dataclass

import torch
from scipy.special import gammaincc

from widthwise.activations import Activation, get
from widthwise.prose import Prose, say

__all__ = ["PowerGrowth", "power_growth"]

_AFFINE = {
    "softplus": (math.log(2) * (1 + 1e-15), 1.0),
    "sigmoid": (1.0, 0.0),
    "cos": (1.0, 0.0),
    "gaussian": (1.0, 0.0),
}


@dataclass(frozen=True)
class PowerGrowth:
    r"""$|\sigma(z)| \le a + b |z|^q$ for every z, with the sentence that says so."""

    offset: float
    factor: float
    power: float
    said: Prose

    def at(self, reach: float) -> float:
        r"""Return $h(t)^2$, $h(t) = a + b t^q$."""
        return float((self.offset + self.factor * reach**self.power) ** 2)

    def tail(self, reach: float) -> float:
        r"""Return $E[h(|g|)^2; |g| > t]$ of a normal g, rounded up."""
        a, b, q = self.offset, self.factor, self.power
        terms = ((a * a, 0.0), (2 * a * b, q), (b * b, 2 * q))
        return (1 + 1e-10) * sum(
            weight * _moment(power, reach) for weight, power in terms if weight
        )


def power_growth(act: Activation | None) -> PowerGrowth | None:
    """Return how σ grows, like |z| where there is no label; None if it is not known."""
    if act is None:
        plain = "|σ(z)| ≤ |z| for every z (no label says otherwise)"
        return PowerGrowth(0.0, 1.0, 1.0, Prose(plain))
    degree = None if act.constants_are_sampled else act.homogeneity
    if degree is not None and degree >= 0:
        ends = act(torch.tensor([1.0, -1.0], dtype=torch.float64)).abs()
        factor = float(ends.max()) * (1 + 1e-14)
        said = say("|{}(z)| ≤ {}·|z|^{:2} for every z", act.name, factor, degree)
        return PowerGrowth(0.0, factor, degree, said)
    if math.isfinite(act.linear_growth):
        factor = float(act.linear_growth)
        said = say("|{}(z)| ≤ {}·|z| for every z", act.name, factor)
        return PowerGrowth(0.0, factor, 1.0, said)
    if act.name in _AFFINE and act == get(act.name):
        a, b = _AFFINE[act.name]
        said = say("|{}(z)| ≤ {} + {}·|z| for every z", act.name, a, b)
        return PowerGrowth(a, b, 1.0, said)
    return None


def _moment(power: float, reach: float) -> float:
    r"""Return $E[|g|^p; |g| > t]$."""
    half = (power + 1) / 2
    size = 2 ** (power / 2) * math.gamma(half) / math.sqrt(math.pi)
    return size * float(gammaincc(half, reach**2 / 2))
