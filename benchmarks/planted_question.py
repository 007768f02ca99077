"""One planted question, and every rank that may be its answer."""

from collections.abc import Callable
from dataclasses import dataclass, field

import planted_truth as truth
import torch
from planted_truth import Kernel

ONE_ROUNDING = 2.5e-15
"""Radians: nearer rows may be read as one, whatever the truth."""


@dataclass
class Case:
    """One question and its answers.

    Attributes
    ----------
    rows, metric
        Integers, and what divides the squares of their coordinates.
    kernel, act, law
        The truth's kernel, the library's activation, the law's name.
    blurred, rounded
        Rows, and a kernel, that the given ones cannot be told from; None if they can.
    table
        A function that returns the points as the library prepares them.
    """

    kind: str
    rows: list
    kernel: Kernel
    act: object
    law: str
    metric: list | None = None
    blurred: list | None = None
    rounded: Kernel | None = None
    table: Callable | None = field(default=None, repr=False)

    def points(self):
        if self.table is not None:
            return self.table()
        return torch.tensor(
            truth.unit_rows(self.rows, self.metric), dtype=torch.float64
        )

    def ranks(self):
        sets = [self.rows, *([self.blurred] if self.blurred else [])]
        near = truth.merged(self.rows, self.metric, 4 * ONE_ROUNDING)
        sets += [near] if near != self.rows else []
        return {
            truth.rank(rows, self.metric, kernel, self.law)
            for rows in sets
            for kernel in (self.kernel, self.rounded or self.kernel)
        }
