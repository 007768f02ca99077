"""What a diagnosis tells while it runs, and what is left when it is stopped."""

from collections.abc import Callable

from widthwise.diagnosis.study._diagnosis import Diagnosis

__all__ = ["InterruptedDiagnosis", "Progress"]

Progress = Callable[[float, str], None]
"""Told the fraction of the whole diagnosis that is done, and what is being done."""


class InterruptedDiagnosis(KeyboardInterrupt):
    """Ctrl-C came; `partial` holds what was finished, or is None.

    Like every KeyboardInterrupt, it passes through `except Exception`.
    """

    def __init__(self, partial: Diagnosis | None) -> None:
        done = 0 if partial is None else len(partial.activations)
        what = f"after {done} finished activations"
        if partial is not None and partial.is_of_module:
            what = "before the real run was finished"
        if partial is not None and partial.is_of_landscape:
            done = len(partial.record.content["probability"]["widths"])
            what = f"after {done} finished widths"
        super().__init__(f"Interrupted {what}.")
        self.partial = partial
