"""The page and the terminal's tables on a landscape."""

from widthwise.diagnosis.landscape import LandscapeRecord
from widthwise.report.landscape._page import landscape_page
from widthwise.report.landscape._terminal import landscape_tables
from widthwise.report.parts import Rendering

__all__ = ["RENDERING"]

RENDERING = Rendering(
    kind="landscape",
    evidence=LandscapeRecord,
    page=landscape_page,
    terminal=landscape_tables,
    made_by="widthwise landscape … --out",
)
