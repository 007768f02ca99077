"""The experiments of Panigrahi, Shetty and Goyal (2019)."""

__all__ = ["SUBJECTS"]

SUBJECTS = (
    "depth",
    "dimension",
    "eigenvalues",
    "orders",
    "photographs",
    "training",
    "wide_training",
)
"""Each is `EXPERIMENT` in the file of its name, and loads when it is asked for."""
