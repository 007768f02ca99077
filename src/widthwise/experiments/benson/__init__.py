"""The experiments of Benson, Damle and Townsend (2020)."""

__all__ = ["SUBJECTS"]

SUBJECTS = (
    "conditioning",
    "eigenvalues",
    "gradient_descent",
    "joint_training",
)
"""Each is `EXPERIMENT` in the file of its name, and loads when it is asked for."""
