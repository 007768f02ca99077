"""The experiments of Oymak and Soltanolkotabi (2019)."""

__all__ = ["SUBJECTS"]

SUBJECTS = (
    "crossing",
    "phase_diagram",
    "rate",
    "stochastic",
    "widths",
)
"""Each is `EXPERIMENT` in the file of its name, and loads when it is asked for."""
