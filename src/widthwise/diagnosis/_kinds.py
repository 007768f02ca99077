"""The kinds of record that a study writes, and the classes that read them."""

from widthwise.diagnosis.activations import ActivationsRecord
from widthwise.diagnosis.landscape import LandscapeRecord
from widthwise.diagnosis.module import ModuleRecord
from widthwise.diagnosis.study import StudyRecord
from widthwise.errors import DataError
from widthwise.records import Record, read

__all__ = ["KINDS", "evidence_of"]

KINDS: dict[str, type[StudyRecord]] = {
    "diagnosis": ActivationsRecord,
    "module-diagnosis": ModuleRecord,
    "landscape": LandscapeRecord,
}
"""A further study adds its line here."""


def evidence_of(record: Record) -> StudyRecord:
    """Return what a record holds as a frozen object of its kind.

    Raises
    ------
    DataError
        If it is of no study's kind, or a part is absent or of another type.

    Examples
    --------
    >>> import widthwise as ww
    >>> data = ww.datasets.uniform_sphere(12, 3)
    >>> found = ww.diagnosis.diagnose_landscape(data, widths=(4,), trials=3)
    >>> type(ww.diagnosis.evidence_of(found.record)).__name__
    'LandscapeRecord'
    """
    kind = record.content.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise DataError(
            f"The record is of kind {kind!r}; a study writes {', '.join(KINDS)}. Name "
            "a folder that `widthwise diagnose … --out` or `widthwise landscape … "
            "--out` wrote."
        )
    return read(KINDS[kind], record.content)
