"""Every error the library raises on purpose.

Each derives from `WidthwiseError`, and from the built-in a caller would expect.
A message says what was found, what was needed, and what to do next.
"""

import difflib
from collections.abc import Iterable

__all__ = [
    "DataError",
    "InvalidArgumentError",
    "KernelMismatchError",
    "KernelUnderflowError",
    "MemoryBudgetError",
    "MissingDataError",
    "NotCoveredError",
    "NotOnSphereError",
    "NotPositiveDefiniteError",
    "OutputError",
    "OutsideDomainError",
    "PrecisionLimitError",
    "UnknownNameError",
    "WidthwiseError",
    "WorkersLostError",
    "unknown_name",
]


class WidthwiseError(Exception):
    """Base of every error raised on purpose.

    Examples
    --------
    >>> import widthwise as ww
    >>> try:
    ...     ww.laws.get("gauss", 3)
    ... except ww.errors.WidthwiseError as error:
    ...     print(type(error).__name__)
    UnknownNameError
    """


class InvalidArgumentError(WidthwiseError, ValueError):
    """An argument is outside the range that has a meaning.

    Examples
    --------
    >>> import widthwise as ww
    >>> try:
    ...     ww.networks.TwoLayer(3, 0)
    ... except ww.errors.InvalidArgumentError as error:
    ...     print(error)
    The width is 0; it must be a whole number of at least 1.
    """


class UnknownNameError(WidthwiseError, ValueError):
    """A catalog has no entry of that name.

    Examples
    --------
    >>> import widthwise as ww
    >>> try:
    ...     ww.activations.get("rleu")
    ... except ww.errors.UnknownNameError as error:
    ...     print("relu" in str(error))
    True
    """


class DataError(WidthwiseError, ValueError):
    """A table or array cannot be used as points and targets.

    Examples
    --------
    >>> import widthwise as ww
    >>> try:
    ...     ww.datasets.read([[1.0, float("nan")], [1.0, 2.0]])
    ... except ww.errors.DataError as error:
    ...     print(str(error).partition(".")[0])
    X has missing values (empty or NaN): 'x1' in row 0
    """


class MissingDataError(WidthwiseError, FileNotFoundError):
    """A data file is not where it was looked for.

    Examples
    --------
    >>> import widthwise as ww
    >>> try:
    ...     ww.datasets.read("no-such-file.csv")
    ... except ww.errors.MissingDataError as error:
    ...     print("no-such-file.csv" in str(error))
    True
    """


class NotCoveredError(InvalidArgumentError):
    """A theorem does not speak of this activation, this law or these points.

    Examples
    --------
    >>> import widthwise as ww
    >>> issubclass(ww.errors.NotCoveredError, ww.errors.WidthwiseError)
    True
    """


class NotOnSphereError(WidthwiseError, ValueError):
    """A row has a norm other than one.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> try:
    ...     ww.bounds.best(torch.tensor([[3.0, 4.0], [1.0, 0.0]]), "relu")
    ... except ww.errors.NotOnSphereError as error:
    ...     print(str(error).partition(";")[0])
    Row 0 has norm 5
    """


class NotPositiveDefiniteError(WidthwiseError, ValueError):
    """A kernel matrix has an eigenvalue below the rounding error.

    Examples
    --------
    >>> import widthwise as ww
    >>> issubclass(ww.errors.NotPositiveDefiniteError, ww.errors.WidthwiseError)
    True
    """


class OutsideDomainError(WidthwiseError, ValueError):
    """An activation was asked for a value where it is not defined.

    Examples
    --------
    >>> import widthwise as ww
    >>> try:
    ...     ww.networks.TwoLayer(3, 5, "wendland0", law="gaussian")
    ... except ww.errors.OutsideDomainError as error:
    ...     print("wendland0" in str(error))
    True
    """


class PrecisionLimitError(InvalidArgumentError):
    """A proof to so many digits would need a longer series than is tried.

    Examples
    --------
    >>> import widthwise as ww
    >>> issubclass(ww.errors.PrecisionLimitError, ww.errors.WidthwiseError)
    True
    """


class KernelMismatchError(WidthwiseError, ValueError):
    """A bound was given the spectrum of a kernel that its theorem is not about.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> tangent = ww.kernels.tangent_kernel(points, "relu", "sphere", trained="inner")
    >>> spectrum = ww.spectra.spectrum(tangent)
    >>> try:
    ...     ww.bounds.CATALOG["benson_chernoff_simplified"].width(spectrum)
    ... except ww.errors.KernelMismatchError as error:
    ...     print("conjugate" in str(error))
    True
    """


class KernelUnderflowError(InvalidArgumentError):
    """An activation is so small in this dimension that its kernel leaves float64.

    Examples
    --------
    >>> import widthwise as ww
    >>> issubclass(ww.errors.KernelUnderflowError, ww.errors.WidthwiseError)
    True
    """


class MemoryBudgetError(WidthwiseError, MemoryError):
    """A computation would need more memory than its budget.

    Examples
    --------
    >>> import widthwise as ww
    >>> try:
    ...     ww.numerics.require(10**18, "A large kernel", "Take fewer rows.")
    ... except ww.errors.MemoryBudgetError as error:
    ...     print("Take fewer rows." in str(error))
    True
    """


class OutputError(WidthwiseError, OSError):
    """A result cannot be written where it was asked for.

    Examples
    --------
    >>> import widthwise as ww
    >>> try:
    ...     ww.sweeps.Store("no-such-folder", create=False)
    ... except (ww.errors.OutputError, ww.errors.MissingDataError) as error:
    ...     print("no-such-folder" in str(error))
    True
    """


class WorkersLostError(WidthwiseError, ConnectionError):
    """The processes that run trials cannot be started, or have gone for good.

    Examples
    --------
    >>> import widthwise as ww
    >>> issubclass(ww.errors.WorkersLostError, ww.errors.WidthwiseError)
    True
    """


def unknown_name(kind: str, name: str, known: Iterable[str]) -> UnknownNameError:
    """Build the error for a name that is in no catalog, with the nearest ones.

    Examples
    --------
    >>> import widthwise as ww
    >>> print(ww.errors.unknown_name("law", "gausian", ["gaussian", "sphere"]))
    There is no law named 'gausian'. Did you mean 'gaussian'? Known: gaussian, sphere.
    """
    names = sorted(known)
    near = difflib.get_close_matches(name.lower(), names, n=3, cutoff=0.5)
    hint = f"Did you mean {' or '.join(map(repr, near))}? " if near else ""
    return UnknownNameError(
        f"There is no {kind} named {name!r}. {hint}Known: {', '.join(names)}."
    )
