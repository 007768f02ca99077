"""The experiments of Karhadkar, Murray, Tseran and Montufar (2023)."""

__all__ = ["SUBJECTS"]

SUBJECTS = (
    "function_space",
    "heat_maps",
    "minima",
    "regions",
    "sign_matrices",
    "training",
    "volumes",
)
"""Each is `EXPERIMENT` in the file of its name, and loads when it is asked for."""
