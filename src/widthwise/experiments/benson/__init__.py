"""The experiments of Benson, Damle and Townsend (2020)."""

__all__ = ["SUBJECTS"]

SUBJECTS = (
    "bad_points",
    "conditioning",
    "eigenvalues",
    "gradient_descent",
    "iterations",
    "joint_training",
    "limits",
    "pretrained",
    "widths",
)
"""Each is `EXPERIMENT` in the file of its name, and loads when it is asked for."""
