"""The method by which every estimator is saved."""

import os
from pathlib import Path

from sklearn.utils.validation import check_is_fitted

from widthwise.estimators._file_format import write_file
from widthwise.records import environment

__all__ = ["Saved"]

_LEFT_OUT = "_metadata_request"  # What a pipeline asks for, not what was learned.


class Saved:
    """An estimator that can be written to a file."""

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the fitted estimator to one file, which `load` reads.

        Arrays and JSON with one hash over all, and no pickle: a file that was altered
        is refused, and nothing in it is ever executed. Requests for metadata routing
        are not kept.

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
        check_is_fitted(self)
        state = {k: v for k, v in vars(self).items() if k != _LEFT_OUT}
        content = {
            "estimator": type(self).__name__,
            "environment": environment(),
            "state": state,
        }
        write_file(Path(path), content)
