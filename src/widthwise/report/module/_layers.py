"""How the tangent kernel's trace is shared among a module's layers."""

from collections.abc import Sequence
from dataclasses import dataclass

from widthwise.diagnosis.module import LayerShare
from widthwise.report.parts import count, percent

__all__ = ["LayerRow", "layer_rows"]


@dataclass(frozen=True)
class LayerRow:
    """One layer; `length` in [0, 1] is that of its bar."""

    name: str
    parameters: str
    share: str
    length: float


def layer_rows(layers: Sequence[LayerShare], *, most: int) -> list[LayerRow]:
    """Return a row for each layer, in order; beyond `most`, small shares as one row.

    The longest bar is that of a share of 1, so that bars compare across modules.
    """
    kept = set(range(len(layers)))
    if len(layers) > most:
        largest = sorted(kept, key=lambda place: -(layers[place].share or 0.0))
        kept = set(largest[: most - 1])
    rows = [_row(layers[place].name, [layers[place]]) for place in sorted(kept)]
    others = [layer for place, layer in enumerate(layers) if place not in kept]
    if others:
        rows.append(_row(f"{count(len(others))} other layers", others))
    return rows


def _row(name: str, layers: Sequence[LayerShare]) -> LayerRow:
    shares = [layer.share for layer in layers if layer.share is not None]
    share = float(sum(shares)) if shares else None
    return LayerRow(
        name=name or "(the module itself)",
        parameters=count(sum(layer.parameters for layer in layers)),
        share=percent(share),
        length=min(1.0, max(0.0, share or 0.0)),
    )
