"""Sections through the landscape of one network: a line, a plane, a path of weights."""

from widthwise.landscape.sections._line import LinePieces, line_pieces
from widthwise.landscape.sections._loss import LossSection, loss_section
from widthwise.landscape.sections._plane import PlaneRegions, plane_regions

__all__ = [
    "LinePieces",
    "LossSection",
    "PlaneRegions",
    "line_pieces",
    "loss_section",
    "plane_regions",
]
