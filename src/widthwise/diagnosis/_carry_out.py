"""Carry out a study: threads, progress, Ctrl-C and the record's opening, for all."""

from typing import Any

from widthwise.diagnosis._diagnosis import Diagnosis, InterruptedDiagnosis
from widthwise.diagnosis.study import Study
from widthwise.machine import limited_threads
from widthwise.progress import Progress, silent
from widthwise.records import Record, opening, write

__all__ = ["carry_out"]


def carry_out(
    study: Study[Any], *, progress: Progress | None = None, command: str | None = None
) -> Diagnosis:
    """Compute what was planned.

    Raises
    ------
    InterruptedDiagnosis
        On Ctrl-C; `partial` holds what was finished, or is None.

    Examples
    --------
    >>> import widthwise as ww
    >>> data = ww.datasets.uniform_sphere(12, 3)
    >>> plan = ww.diagnosis.plan_landscape(data, widths=(4,), trials=3)
    >>> len(ww.diagnosis.carry_out(plan).verdicts)
    3
    """
    found = study.begin()

    def finished() -> Diagnosis:
        record = study.record(opening(study.kind, study.seed, command), found)
        return Diagnosis(Record(write(record), dict(found.arrays)))

    try:
        with limited_threads(study.threads):
            study.gather(found, progress or silent)
        found.is_complete = True
    except KeyboardInterrupt as interrupt:
        partial = finished() if found.is_worth_keeping else None
        raise InterruptedDiagnosis(partial) from interrupt
    return finished()
