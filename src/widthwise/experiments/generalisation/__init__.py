"""The lab of generalisation: test error, spectral bias, feature learning."""

__all__ = ["SUBJECTS"]

SUBJECTS = (
    "double_descent",
    "feature_learning",
    "learning_curves",
    "spectral_bias",
)
"""Each is `EXPERIMENT` in the file of its name, and loads when it is asked for."""
