"""The file of a fitted estimator: arrays and JSON, one hash over all, no pickle.

The first line is `widthwise-estimator FORMAT SHA256`; an NPZ archive follows, whose
array "content" is JSON in UTF-8. The hash is of the first line without it, and of all
that follows. What is not plain in JSON is an object with one name that begins with `$`;
classes come from a list, so nothing in a file is ever executed.
"""

import hashlib
import io
import json
import math
import zipfile
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from widthwise import activations, datasets, features, spectra
from widthwise.activations import Activation, Normalized
from widthwise.arrays import Provenance
from widthwise.errors import DataError, InvalidArgumentError, MissingDataError
from widthwise.estimators.layer import Calibration, FitVerdict, LeftOut
from widthwise.estimators.maps import (
    GivenFeatures,
    HiddenLayer,
    InfiniteNetwork,
    KernelMachine,
    Preparation,
)
from widthwise.files import write_bytes

__all__ = ["FORMAT", "read_file", "write_file"]

FORMAT = 1
"""Counts changes that an earlier version cannot read."""

_MAGIC = b"widthwise-estimator"
_CONTENT = "content"
_CLASSES = {
    each.__name__: each
    for each in (
        Calibration,
        datasets.FeatureRecipe,
        datasets.Recipe,
        FitVerdict,
        GivenFeatures,
        HiddenLayer,
        InfiniteNetwork,
        KernelMachine,
        LeftOut,
        Preparation,
        Provenance,
        features.RandomFeatures,
        spectra.Spectrum,
    )
}


def write_file(path: Path, content: Mapping[str, Any]) -> None:
    """Write a mapping of what estimators hold, whole or not at all.

    Raises
    ------
    InvalidArgumentError
        If it holds a function of the user's or another thing that has no place in it.
    OutputError
        If the file cannot be written.
    """
    arrays: dict[str, Any] = {}
    text = json.dumps(_encoded(dict(content), arrays), allow_nan=False)
    arrays[_CONTENT] = np.frombuffer(text.encode(), dtype=np.uint8)
    packed = io.BytesIO()
    np.savez(packed, **arrays)
    head = b"%s %d" % (_MAGIC, FORMAT)
    digest = _digest(head, packed.getvalue()).encode()
    write_bytes(path, b"%s %s\n%s" % (head, digest, packed.getvalue()))


def read_file(path: Path) -> dict[str, Any]:
    """Read what `write_file` wrote.

    Raises
    ------
    MissingDataError
        If there is no such file.
    DataError
        If it is none of these files, was altered, or is of a newer version.
    """
    try:
        whole = path.read_bytes()
    except FileNotFoundError as error:
        raise MissingDataError(f"There is no file {path}. Check the path.") from error
    except OSError as error:
        reason = error.strerror or error
        raise DataError(f"{path} cannot be read ({reason}). Name a file.") from error
    first, _, packed = whole.partition(b"\n")
    parts = first.split(b" ")
    if len(parts) != 3 or parts[0] != _MAGIC or not parts[1].isdigit():
        raise DataError(
            f"{path} is no estimator that widthwise saved, or its first line was "
            "altered. Name a file that save or `widthwise fit` wrote."
        )
    if int(parts[1]) > FORMAT:
        raise DataError(
            f"{path} has format {int(parts[1])}; this version reads up to {FORMAT}. "
            "Update widthwise, or fit the model again."
        )
    if parts[2].decode("ascii", "replace") != _digest(b" ".join(parts[:2]), packed):
        raise DataError(
            f"{path} was altered after it was written: its hash differs. Fit the model "
            "again, or take a good copy."
        )
    try:
        return _content(packed)
    except Exception as error:  # A forged file: NumPy and json let all through.
        raise DataError(
            f"{path} does not hold an estimator ({error}). Fit the model again."
        ) from error


def _digest(head: bytes, packed: bytes) -> str:
    return hashlib.sha256(b"%s\n%s" % (head, packed)).hexdigest()


def _content(packed: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        if sum(each.file_size for each in archive.infolist()) > len(packed):
            raise ValueError("its arrays are packed")
    with np.load(io.BytesIO(packed), allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    text = arrays.pop(_CONTENT).tobytes().decode()
    found: dict[str, Any] = _decoded(json.loads(text), arrays)
    return found


def _encoded(value: Any, arrays: dict[str, Any]) -> Any:
    """Return a value as JSON; its arrays go into `arrays`."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, float | int) and not isinstance(value, np.generic):
        finite = isinstance(value, int) or math.isfinite(value)
        return value if finite else {"$float": str(value)}
    if isinstance(value, torch.Tensor):
        return {"$tensor": _kept(value.detach().cpu().numpy(), arrays)}
    if isinstance(value, np.ndarray | np.generic):
        if value.dtype.kind != "O":
            return {"$array": _kept(np.asarray(value), arrays)}
        shape, items = list(np.shape(value)), np.ravel(value).tolist()
        return {"$objects": [shape, [_encoded(each, arrays) for each in items]]}
    if isinstance(value, list | tuple):
        items = [_encoded(each, arrays) for each in value]
        return items if isinstance(value, list) else {"$tuple": items}
    if isinstance(value, Mapping):
        pairs = [[_encoded(k, arrays), _encoded(v, arrays)] for k, v in value.items()]
        return {"$dict": pairs}
    if isinstance(value, Normalized):
        return {"$normalized": _encoded(value.base, arrays)}
    if activations.CATALOG.get(getattr(value, "name", "")) is type(value):
        return {"$activation": [value.name, _encoded(_parts(value), arrays)]}
    if _CLASSES.get(type(value).__name__) is type(value):
        return {f"${type(value).__name__}": _encoded(_parts(value), arrays)}
    if isinstance(value, Activation) or callable(value):
        name = getattr(value, "name", getattr(value, "__name__", type(value).__name__))
        raise InvalidArgumentError(
            f"The activation {name!r} is a function of yours, and a file holds no "
            "code. Use an activation of the catalog to save the model."
        )
    raise InvalidArgumentError(
        f"A {type(value).__name__} has no place in the file of an estimator. Use plain "
        "numbers, text and arrays."
    )


def _parts(value: Any) -> dict[str, Any]:
    assert is_dataclass(value)
    return {each.name: getattr(value, each.name) for each in fields(value) if each.init}


def _kept(array: np.ndarray, arrays: dict[str, Any]) -> str:
    name = f"a{len(arrays)}"
    arrays[name] = array
    return name


def _decoded(value: Any, arrays: Mapping[str, np.ndarray]) -> Any:
    if isinstance(value, list):
        return [_decoded(each, arrays) for each in value]
    if not isinstance(value, dict):
        return value
    ((mark, inner),) = value.items()
    if mark == "$float":
        return float(inner)
    if mark == "$tensor":
        return torch.from_numpy(arrays[inner])
    if mark == "$array":
        found = arrays[inner]
        return found if found.ndim else found[()]
    inner = _decoded(inner, arrays)
    if mark == "$objects":
        flat = np.empty(len(inner[1]), dtype=object)
        flat[:] = inner[1]
        return flat.reshape(inner[0])
    if mark == "$tuple":
        return tuple(inner)
    if mark == "$dict":
        return {key: each for key, each in inner}
    if mark == "$normalized":
        return activations.normalized(inner)
    if mark == "$activation":
        return activations.get(inner[0], **inner[1])
    return _CLASSES[mark[1:]](**inner)
