"""Checkpoints of a run: a state, its history, and which run they belong to."""

import hashlib
import re
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from widthwise.arrays import Array
from widthwise.dynamics.tracking import Trainee
from widthwise.dynamics.training._settings import TrainingSettings
from widthwise.errors import DataError, InvalidArgumentError, MissingDataError
from widthwise.records import SCHEMA, Record, plain, require_writable

__all__ = ["Checkpoint", "CheckpointFolder", "identity"]

_KIND = "training checkpoint"
_NAME = re.compile(r"epoch-\d{9}")


@dataclass(frozen=True)
class Checkpoint:
    """A state after `epoch` epochs, the step, and what was measured before it."""

    epoch: int
    step: float
    tensors: dict[str, Array]
    epochs: list[int]
    history: list[dict[str, Array]]


def identity(
    trained: Trainee, asked: TrainingSettings, test: Trainee | None = None
) -> dict[str, Any]:
    """Return what a checkpoint must agree with: settings, data, initial parameters.

    The number of epochs and the tolerance are left out: a finished run can go on.
    """
    settings = {
        key: value
        for key, value in asdict(asked).items()
        if key not in ("epochs", "tolerance")
    }
    data = {
        "points": _digest({"points": trained.points}),
        "targets": _digest({"targets": trained.targets}),
        "initial parameters": _digest(dict(trained.model.state_dict())),
    }
    if test is not None:
        data["test points"] = _digest({"points": test.points})
        data["test targets"] = _digest({"targets": test.targets})
    found: dict[str, Any] = plain({"settings": settings, **data})
    return found


class CheckpointFolder:
    """One run's checkpoints: the newest is kept, written whole before the last goes."""

    def __init__(self, folder: Path, owner: dict[str, Any]) -> None:
        if folder.exists() and not folder.is_dir():
            raise DataError(f"{folder} is a file; name a folder for the checkpoints.")
        require_writable(folder)
        self._folder = folder
        self._owner = owner

    def load(self) -> Checkpoint | None:
        """Return the newest checkpoint, or None where there is none yet."""
        if not self._folder.exists():
            return None
        entries = [
            each for each in self._folder.iterdir() if not each.name.startswith(".")
        ]
        for each in entries:
            if not _NAME.fullmatch(each.name):
                raise DataError(
                    f"{self._folder} holds {each.name}, which is no checkpoint. Name "
                    "an empty folder, or one that a training run made."
                )
        # A process killed while writing leaves a folder without its last file.
        whole = sorted(each for each in entries if (each / "record.json").exists())
        return self._read(whole[-1]) if whole else None

    def save(self, checkpoint: Checkpoint) -> None:
        """Write a checkpoint, then remove the ones before it."""
        arrays = _arrays(checkpoint)
        content = {
            "kind": _KIND,
            "schema": SCHEMA,
            "owner": self._owner,
            "epoch": checkpoint.epoch,
            "step": checkpoint.step.hex(),
        }
        target = self._folder / f"epoch-{checkpoint.epoch:09d}"
        if (target / "record.json").exists():
            return  # the same run at the same epoch has the same bits
        Record(content, arrays).save(target)
        for each in self._folder.iterdir():
            if _NAME.fullmatch(each.name) and each.name < target.name:
                shutil.rmtree(each)

    def _read(self, folder: Path) -> Checkpoint:
        try:
            record = Record.load(folder)
            content = record.content
            if content.get("kind") != _KIND:
                raise DataError(f"it is a {content.get('kind')}, no checkpoint")
            epoch, step = int(content["epoch"]), float.fromhex(content["step"])
            found = _checkpoint(record.arrays, epoch, step)
        except (DataError, MissingDataError, KeyError, TypeError, ValueError) as error:
            raise DataError(
                f"The checkpoint {folder} is damaged: {str(error).rstrip('.')}. Delete "
                f"{self._folder} to start the training again."
            ) from error
        self._require_owner(content.get("owner"), folder)
        return found

    def _require_owner(self, found: Any, folder: Path) -> None:
        given = found if isinstance(found, Mapping) else {}
        mine, theirs = _flat(self._owner), _flat(given)
        hidden = self._owner.keys() - {"settings"}  # digests
        for name, value in mine.items():
            if theirs.get(name) != value:
                shown = (
                    f": {theirs.get(name)!r} there, {value!r} here"
                    if name not in hidden
                    else ""
                )
                raise DataError(
                    f"The checkpoint {folder} belongs to another run, which differs in "
                    f"{name}{shown}. Name another folder, or delete this one."
                )


def _flat(owner: Mapping[str, Any]) -> dict[str, Any]:
    found = {key: value for key, value in owner.items() if key != "settings"}
    settings = owner.get("settings")
    return {**(settings if isinstance(settings, Mapping) else {}), **found}


def _arrays(checkpoint: Checkpoint) -> dict[str, np.ndarray]:
    tensors = {f"state/{name}": each for name, each in checkpoint.tensors.items()}
    arrays = {name: _array(name, each) for name, each in tensors.items()}
    arrays["epochs"] = np.array(checkpoint.epochs, dtype=np.int64)
    for name in checkpoint.history[0] if checkpoint.history else ():
        column = torch.stack([each[name] for each in checkpoint.history])
        arrays[f"history/{name}"] = column.numpy()
    return arrays


def _array(name: str, values: Array) -> np.ndarray:
    try:
        found: np.ndarray = values.detach().cpu().numpy()
    except TypeError as error:
        raise InvalidArgumentError(
            f"{name} is {values.dtype}, which a checkpoint cannot hold. Train in "
            "float32 or float64, or without checkpoints."
        ) from error
    return found


def _checkpoint(
    arrays: Mapping[str, np.ndarray], epoch: int, step: float
) -> Checkpoint:
    tensors, columns = {}, {}
    for name, values in arrays.items():
        kind, _, rest = name.partition("/")
        if kind == "state":
            tensors[rest] = torch.from_numpy(values)
        elif kind == "history":
            columns[rest] = torch.from_numpy(values)
    epochs = [int(each) for each in arrays["epochs"]]
    history = [
        {name: column[row] for name, column in columns.items()}
        for row in range(len(epochs))
    ]
    return Checkpoint(epoch, step, tensors, epochs, history)


def _digest(tensors: Mapping[str, Array]) -> str:
    total = hashlib.sha256()
    for name in sorted(tensors):
        values = np.ascontiguousarray(_array(name, tensors[name]))
        total.update(f"{name}|{values.dtype.str}|{values.shape}|".encode())
        total.update(values.tobytes())
    return total.hexdigest()
