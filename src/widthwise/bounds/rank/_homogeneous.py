"""What the two theorems on activations with one kink at zero refuse."""

from widthwise.bounds.rank._problem import Problem

__all__ = ["kink_refusal"]


def kink_refusal(problem: Problem) -> str | None:
    """Return why σ is no analytic function plus one power kink at zero, or None."""
    if problem.kink_degree is None and not problem.act.constants_are_sampled:
        return (
            "it is about relu, leaky_relu, abs, step and rectified powers, which have "
            f"one kink, at zero, and are powers on either side, not {problem.act.name}"
        )
    return problem.obstacle
