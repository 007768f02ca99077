"""The method by which every estimator is saved."""

import os
from pathlib import Path
from typing import Any

from sklearn.utils.validation import check_is_fitted

from widthwise.estimators.files._file_format import write_file
from widthwise.records import environment

__all__ = ["HELD", "Saved", "saved_content"]

HELD = "_held"
"""The attribute that holds the triangle of rows that came by `partial_fit`."""

# That, and what a pipeline asks for: not what was learned.
_LEFT_OUT = {"_metadata_request", HELD}


class Saved:
    """An estimator that can be written to a file."""

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the fitted estimator to one file, which `load` reads.

        Arrays and JSON with one hash over all, and no pickle: a file that was altered
        is refused, and nothing in it is ever executed. Requests for metadata routing
        are not kept, nor is what `partial_fit` needs to take more rows.

        Parameters
        ----------
        path
            The file; one that is there is replaced.

        Raises
        ------
        NotFittedError
            If it is not fitted.
        InvalidArgumentError
            If its activation is a function of the user's.
        OutputError
            If the file cannot be written.
        """
        write_file(Path(path), saved_content(self))


def saved_content(estimator: Any) -> dict[str, Any]:
    """Return what the file of a fitted estimator holds.

    Raises
    ------
    NotFittedError
        If it is not fitted.
    """
    check_is_fitted(estimator)
    state = {k: v for k, v in vars(estimator).items() if k not in _LEFT_OUT}
    return {
        "estimator": type(estimator).__name__,
        "environment": environment(),
        "state": state,
    }
