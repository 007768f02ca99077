"""A plan: which trials a sweep has, from a grid, repetitions and one seed."""

import hashlib
import itertools
import math
import os
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from widthwise.arguments import seed as valid_seed
from widthwise.arguments import whole_number
from widthwise.errors import InvalidArgumentError
from widthwise.seeds import derive
from widthwise.sweeps.plan._codec import canonical, loads
from widthwise.sweeps.plan._grid import grid_values
from widthwise.sweeps.plan._plan_file import read_plan
from widthwise.sweeps.plan._quantities import bytes_of, seconds_of
from widthwise.sweeps.plan._signature import function_read
from widthwise.sweeps.plan._target import (
    experiment_named,
    function_named,
    name_below,
    name_of,
    require_arguments,
    require_no_import,
    require_version,
    takes_seed,
)
from widthwise.sweeps.plan._trial import Trial

__all__ = ["MOST_TRIALS", "Plan"]

MOST_TRIALS = 10**7
"""The longest plan: each trial becomes a file."""


class Plan:
    """The trials of a function, or the cells of an experiment, over a grid.

    Making a plan checks all of it: names, types, ranges, and that the function can be
    imported and takes these arguments.

    Parameters
    ----------
    experiment
        A name of `experiments.CATALOG`; the grid is then over its settings.
    function
        `package.module:function` or `path/file.py:function`, or the function itself if
        it can be imported. One of the two is given.
    grid
        For each name a list of values, or a range
        `{"from": 1, "to": 1000, "count": 4, "scale": "log"}`; all combinations are
        taken, the last name varying fastest.
    fixed
        Values that all trials share.
    trials
        Repetitions of each combination with different seeds, for a function that takes
        a `seed`. (An experiment has a setting for it.)
    seed
        Every random number follows from it; 0 to 2**64 - 1.
    quick
        Whether the settings of an experiment that are not named take the values of a
        first look.
    timeout
        Seconds that a trial may take, or None.
    memory
        Bytes that a trial may take, or a text such as "2 GB", or None.
    threads
        Threads of one trial.
    version
        Of the function; change it when its numbers change. An experiment has its own.
    folder
        Where a function's file or module is looked for first; by default the current
        folder.
    is_looked_at
        Whether a function given by name is read instead of imported, so that nothing of
        it runs. Where its text does not tell its arguments, they are not checked, and
        `trials` are not known.

    Attributes
    ----------
    target
        What each trial names: "experiment:NAME@VERSION" or "function:NAME@VERSION".
    repetitions
        The number `trials`.
    memory
        In bytes.
    is_known
        Whether the function's arguments are known, and so the trials.

    Raises
    ------
    UnknownNameError
        If there is no such experiment or setting, with the nearest ones.
    InvalidArgumentError
        If anything else is wrong, with what was needed.

    Examples
    --------
    >>> import widthwise as ww
    >>> plan = ww.sweeps.Plan(experiment="panigrahi_depth", quick=True)
    >>> plan.count
    14
    """

    def __init__(
        self,
        *,
        experiment: str | None = None,
        function: str | Callable[..., Any] | None = None,
        grid: Mapping[str, Any] | None = None,
        fixed: Mapping[str, Any] | None = None,
        trials: Any = 1,
        seed: Any = 0,
        quick: Any = False,
        timeout: Any = None,
        memory: Any = None,
        threads: Any = 1,
        version: Any = "1",
        folder: str | os.PathLike[str] | None = None,
        is_looked_at: bool = False,
    ) -> None:
        require_no_import()
        self._is_looked_at = is_looked_at
        self.grid = grid_values(grid or {})
        self.fixed: dict[str, Any] = _plain(fixed or {})
        self.repetitions = whole_number(
            trials, "The plan's trials", least=1, most=MOST_TRIALS
        )
        self.seed = valid_seed(seed, "The plan's seed")
        self.timeout = seconds_of(timeout)
        self.memory = bytes_of(memory)
        self.threads = whole_number(threads, "The plan's threads", least=1, most=1024)
        # Kept with each trial: a process elsewhere has another current folder.
        self.folder = os.path.abspath("." if folder is None else folder)
        if not isinstance(quick, bool):
            raise InvalidArgumentError(
                f"The plan's quick is {quick!r}; it must be true or false."
            )
        self.quick = quick
        if not isinstance(version, str):
            raise InvalidArgumentError(
                f'The plan\'s version is {version!r}; it must be a text such as "2".'
            )
        self.version = require_version(version)
        if (experiment is None) == (function is None):
            found = "neither" if experiment is None else "both"
            raise InvalidArgumentError(
                f"The plan names {found} of experiment and function; one was needed."
            )
        self._require_apart()
        self.experiment = experiment
        self.function: str | None = None
        self.is_known = True
        if experiment is not None:
            self._check_experiment(experiment)
        else:
            self._check_function(function)

    @classmethod
    def from_toml(
        cls, path: str | os.PathLike[str], *, is_looked_at: bool = False
    ) -> "Plan":
        """Read a plan; the paths in it start at its folder.

        The keys are the parameters above but the last two; [settings] may be written
        for [fixed].

        Raises
        ------
        MissingDataError
            If there is no such file.
        UnknownNameError, InvalidArgumentError
            If it is not TOML, with the line; or as for the plan itself.
        """
        place = Path(path).expanduser()
        return cls(
            **read_plan(place),
            folder=place.absolute().parent,
            is_looked_at=is_looked_at,
        )

    @cached_property
    def count(self) -> int:
        """How many trials there are; an experiment's cells are made to count them.

        Raises
        ------
        InvalidArgumentError
            If there are more than ten million.
        """
        if self.experiment is None:
            return math.prod(map(len, self.grid.values())) * self.repetitions
        return sum(1 for _ in self.trials())

    def trials(self) -> Iterator[Trial]:
        """Yield the trials, one at a time and none twice, always in the same order."""
        if not self.is_known:
            raise InvalidArgumentError(
                f"The text of {self.target} does not tell its arguments, so its trials "
                "are not known. Make the plan without is_looked_at."
            )
        return self._of_experiment() if self.experiment else self._of_function()

    def points(self) -> Iterator[dict[str, Any]]:
        """Yield the combinations of the grid, with the fixed values."""
        for values in itertools.product(*self.grid.values()):
            yield {**self.fixed, **dict(zip(self.grid, values, strict=True))}

    def __repr__(self) -> str:
        grid = " x ".join(f"{name}: {len(each)}" for name, each in self.grid.items())
        return f"Plan({self.target}, grid {grid or 'of one point'}, seed {self.seed})"

    def _of_function(self) -> Iterator[Trial]:
        for point in self.points():
            text = canonical(point)
            for index in range(self.repetitions):
                # From content alone: a larger grid keeps the seeds of a smaller one.
                name = f"sweeps/{self.target}/{text}"
                seed = derive(self.seed, name, index) if self._takes_seed else 0
                yield Trial(self.target, point, seed, folder=self.folder)

    def _of_experiment(self) -> Iterator[Trial]:
        study = experiment_named(str(self.experiment))
        seen: set[bytes] = set()
        for point in self.points():
            settings = study.resolved(point, self.seed, quick=self.quick)
            for cell in study.cells(settings):
                trial = Trial(self.target, cell, self.seed)
                digest = hashlib.blake2b(trial.key.encode(), digest_size=16).digest()
                if digest not in seen:
                    seen.add(digest)
                    _require_few(len(seen))
                    yield trial

    def _check_experiment(self, name: str) -> None:
        study = experiment_named(name)
        if self.repetitions != 1:
            raise InvalidArgumentError(
                f"The plan has trials = {self.repetitions}, and the repetitions of an "
                "experiment are one of its settings. Write it under [fixed]: "
                f"{name} has {', '.join(study.settings)}."
            )
        if self.version != "1":
            raise InvalidArgumentError(
                f"The plan has version = {self.version!r}, and {name} brings its own. "
                "Leave it out."
            )
        _require_few(math.prod(map(len, self.grid.values())))
        study.resolved(self.fixed, self.seed, quick=self.quick)
        for key, values in self.grid.items():
            for value in values:
                study.resolved({key: value}, self.seed, quick=self.quick)
        self.target = f"experiment:{name}@{study.version}"

    def _check_function(self, function: Any) -> None:
        if callable(function):
            name, place = name_of(function)
            self.folder = self.folder if place is None else place
            if place is None and function_named(name, self.folder) is not function:
                raise InvalidArgumentError(
                    f"{name} is not the function that was given. Give one that other "
                    "processes can import by its name."
                )
        else:
            name = name_below(str(function), self.folder)
            look = function_read if self._is_looked_at else function_named
            function = look(name, self.folder)
        self.is_known = function is not None
        self._takes_seed = self.is_known and takes_seed(function)
        if "seed" in {*self.grid, *self.fixed}:
            raise InvalidArgumentError(
                "The plan gives an argument named seed, which each trial gets from "
                "the plan's own seed. Use trials = … for repetitions."
            )
        if self.quick:
            raise InvalidArgumentError(
                "The plan has quick = true, which is for experiments. Leave it out."
            )
        if self.is_known:
            require_arguments(function, name, [*self.fixed, *self.grid])
        if self.repetitions > 1 and self.is_known and not self._takes_seed:
            raise InvalidArgumentError(
                f"The plan has trials = {self.repetitions}, and {name} takes no seed, "
                "so they would all be the same. Give it an argument named seed, or "
                "leave trials out."
            )
        _require_few(math.prod(map(len, self.grid.values())) * self.repetitions)
        self.function = name
        self.target = f"function:{name}@{self.version}"

    def _require_apart(self) -> None:
        for name in self.grid:
            if name in self.fixed:
                raise InvalidArgumentError(
                    f"{name!r} is both in the plan's grid and fixed. Keep one."
                )


def _plain(fixed: Any) -> dict[str, Any]:
    if not isinstance(fixed, Mapping):
        raise InvalidArgumentError(
            f"The plan's fixed is of type {type(fixed).__name__}; a table of names "
            "and values was needed."
        )
    found: dict[str, Any] = loads(canonical(fixed, "The plan's fixed"))
    return found


def _require_few(count: int) -> None:
    if count > MOST_TRIALS:
        raise InvalidArgumentError(
            f"The plan has {count if count < 10**15 else 'more than 10**15'} trials; "
            f"at most {MOST_TRIALS} are run. Take values out of the grid, or split it."
        )
