"""The experiments of Oymak and Soltanolkotabi (2019)."""

from widthwise.experiments.oymak._phase_diagram import OYMAK_PHASE_DIAGRAM
from widthwise.experiments.oymak._rate import OYMAK_RATE

__all__ = ["OYMAK_PHASE_DIAGRAM", "OYMAK_RATE"]
