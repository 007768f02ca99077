"""The heat map of P(full rank) over rows and width."""

from widthwise.diagnosis.landscape import LandscapeRecord
from widthwise.report.parts import DataTable, Drawn, Figure, count, percent

__all__ = ["heat_figure"]

_ARRAYS = ("heat/probability", "heat/points_counts", "heat/widths")


def heat_figure(record: Drawn[LandscapeRecord]) -> Figure | None:
    """Draw P(full rank) for random subsets of the rows; None where it was not asked."""
    found = record.numbers(*_ARRAYS)
    if found is None:
        return None
    chance, counts, widths = found
    if chance.shape != (counts.size, widths.size):
        return None
    rows = [[float(each) for each in row] for row in chance]
    first, last = rows[0], rows[-1]
    return Figure(
        identifier="heat",
        title="With fewer rows",
        summary=(
            f"Heat map of P(full rank) for {count(counts[0])} to {count(counts[-1])} "
            f"rows and widths {count(widths[0])} to {count(widths[-1])}. With "
            f"{count(counts[0])} rows it goes from {percent(first[0])} to "
            f"{percent(first[-1])}, with {count(counts[-1])} rows from "
            f"{percent(last[0])} to {percent(last[-1])}."
        ),
        reading=(
            "Each cell is the share of random networks of full rank, in percent, on a "
            "random subset of the rows. Where the boundary moves to the right as rows "
            "are added, more rows need more units."
        ),
        table=DataTable(
            ("rows \\ width", *(count(each) for each in widths)),
            tuple(
                (count(number), *(percent(each) for each in row))
                for number, row in zip(counts, rows, strict=True)
            ),
        ),
        curves=[
            {
                "counts": [int(each) for each in counts],
                "widths": [int(each) for each in widths],
                "chance": rows,
            }
        ],
        layout={},
    )
