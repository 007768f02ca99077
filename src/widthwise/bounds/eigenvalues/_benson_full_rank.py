"""The width at which the features fit any labels, and what training makes of it."""

from abc import abstractmethod

from widthwise.bounds.eigenvalues._feature_norm import FeatureNormBound
from widthwise.spectra import Spectrum
from widthwise.theorems import Width

__all__ = ["benson_full_rank", "benson_theorem_4_5"]


class _FullRank(FeatureNormBound):
    r"""The limit $\epsilon \to 1$ of the lower tail of Lemma 2.8.

    $P(G \text{ is singular}) \le n e^{-m \lambda_{\min} / B} \le \delta$ at this width.
    """

    promise = "rank"
    formula = r"\frac{n C^2}{\lambda_{\min}} \log\frac{n}{\delta}"

    @abstractmethod
    def _training(self) -> tuple[str, ...]: ...

    def width(
        self,
        spectrum: Spectrum,
        failure_probability: float | int = 0.01,
        *,
        activation_bound: float | int | None = None,
        squared_norm_bound: float | int | None = None,
    ) -> Width:
        r"""Return the width, rounded up.

        Parameters
        ----------
        activation_bound
            C, with $|\sigma| \le C$ on [-1, 1].
        squared_norm_bound
            B, with $\|\sigma(Xw)\|^2 \le B$ for every w; replaces $n C^2$.
        """
        base, norm, said = self._premises(
            spectrum, failure_probability, activation_bound, squared_norm_bound
        )
        units = base.over_smallest(norm) * (base.log_count - base.log_failure)
        return base.certified(units, said, *self._training())


class _BensonFullRank(_FullRank):
    """Section 4.1: the feature matrix has full row rank."""

    name = "benson_full_rank"
    title = "Section 4.1: the feature matrix has full row rank"

    def _training(self) -> tuple[str, ...]:
        return ()


class _BensonTheorem45(_FullRank):
    r"""Theorem 4.5: zero loss, by gradient descent on the last layer from zero.

    With full row rank every step $0 < \eta < 2 / \lambda_{\max}(G)$ converges to the
    least-norm solution.
    """

    name = "benson_theorem_4_5"
    title = "Theorem 4.5: gradient descent finds the least-norm exact fit"

    def _training(self) -> tuple[str, ...]:
        return (
            "only the last layer is trained, from zero, on ½‖Φv - y‖² with Φ scaled by "
            "1/√m, and the step is below 2/λ_max(G)",
        )


benson_full_rank = _BensonFullRank()
benson_theorem_4_5 = _BensonTheorem45()
