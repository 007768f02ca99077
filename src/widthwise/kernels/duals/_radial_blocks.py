"""Tables of duals between two octaves: polynomials in both norms and the angle."""

from dataclasses import dataclass

import numpy as np
from numpy.polynomial import chebyshev

__all__ = ["Block", "Half", "basis", "is_whole"]


@dataclass(frozen=True, eq=False)
class Half:
    """One half of a block, in sin(θ/2) or in cos(θ/2)."""

    edges: np.ndarray
    coefficients: np.ndarray  # (pieces, DEGREE + 1, R, R')

    def __call__(
        self, left: np.ndarray, right: np.ndarray, chord: np.ndarray
    ) -> np.ndarray:
        """Evaluate for bases (h, R) and (w, R') and half chords (h, w)."""
        found = np.zeros(chord.shape)
        for piece, (low, high) in enumerate(
            zip(self.edges[:-1], self.edges[1:], strict=True)
        ):
            is_last = piece == len(self.edges) - 2
            inside = chord >= low if is_last else (chord >= low) & (chord < high)
            if not inside.any():
                continue
            y = (2 * chord - low - high) / (high - low)
            one, two = np.zeros_like(y), np.zeros_like(y)
            for each in self.coefficients[piece][:0:-1]:
                one, two = (left @ each) @ right.T + 2 * y * one - two, one
            value = (left @ self.coefficients[piece][0]) @ right.T + y * one - two
            found = np.where(inside, value, found)
        return found


@dataclass(frozen=True, eq=False)
class Block:
    """Both halves, and a bound on what they err over the rows' sizes."""

    near: Half
    far: Half
    error: float

    @property
    def counts(self) -> tuple[int, int]:
        """The polynomials in either norm."""
        one, two = self.near.coefficients.shape[2:]
        return one, two

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """All of it, by name."""
        return {
            "near_edges": self.near.edges,
            "near": self.near.coefficients,
            "far_edges": self.far.edges,
            "far": self.far.coefficients,
            "error": np.array(self.error),
        }

    @classmethod
    def read(cls, held: dict[str, np.ndarray]) -> "Block":
        """Return the block whose `arrays` these are."""
        near, far = (
            Half(held[f"{each}_edges"], held[each]) for each in ("near", "far")
        )
        return cls(near, far, float(held["error"]))


def is_whole(held: dict[str, np.ndarray]) -> bool:
    """Return whether these are the arrays of a block."""
    if not {"near_edges", "near", "far_edges", "far", "error"} <= set(held):
        return False
    return held["error"].shape == () and all(
        held[each].ndim == 4
        and held[f"{each}_edges"].shape == (len(held[each]) + 1,)
        and held[each].shape[2:] == held["near"].shape[2:]
        and np.isfinite(held[each]).all()
        for each in ("near", "far")
    )


def basis(norms: np.ndarray, index: int, count: int) -> np.ndarray:
    """Return T_0 to T_{count-1} at norms of an octave, shape (n, count)."""
    return np.asarray(chebyshev.chebvander(_place(norms, index), count - 1))


def _place(norms: np.ndarray, index: int) -> np.ndarray:
    """Return where norms lie in an octave, from -1 to 1."""
    return np.asarray(2 * (np.log2(norms) - index) - 1)
