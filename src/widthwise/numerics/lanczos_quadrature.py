"""Gauss's rules of a symmetric matrix seen from random vectors, by Lanczos's method."""

from collections.abc import Callable

import numpy as np

from widthwise.progress import Progress
from widthwise.seeds import stream

__all__ = ["lanczos_rules"]

_ENDED = 1e-12  # Of the matrix's norm: what is left of a vector is rounding.


def lanczos_rules(
    product: Callable[[np.ndarray], np.ndarray],
    size: int,
    probes: int,
    steps: int,
    *,
    seed: int,
    progress: Progress,
) -> tuple[np.ndarray, np.ndarray]:
    r"""Return nodes and weights, shape (probes, steps), of $z^\top f(A) z$.

    Each z is a unit vector, uniform on the sphere, so the mean of the rules is
    $\frac1n \mathrm{tr} f(A)$ exactly for polynomials of degree 2 `steps` - 1. Vectors
    are held orthogonal; all probes share a product.

    Parameters
    ----------
    product
        A's, of a block of vectors.
    size, probes, steps
        n, and how many vectors and products.
    seed
        Of the vectors.
    progress
        Told after each product.

    Source
    ------
    Golub and Meurant (2010), Matrices, Moments and Quadrature, chapter 6.

    Cost
    ----
    4 n `steps`² `probes` operations beside the products, and 8 n `steps` `probes`
    bytes.
    """
    steps = min(steps, size)
    start = stream(seed, "lanczos rules").standard_normal((size, probes))
    held = np.empty((steps, size, probes))
    held[0] = start / np.linalg.norm(start, axis=0)
    diagonal = np.zeros((probes, steps))
    beside = np.zeros((probes, steps))
    norms = np.zeros(probes)
    for step in range(steps):
        rest = product(np.ascontiguousarray(held[step]))
        diagonal[:, step] = np.einsum("np,np->p", held[step], rest)
        for _ in range(2):  # The second pass removes the first one's rounding.
            inner = np.einsum("snp,np->sp", held[: step + 1], rest)
            rest = rest - np.einsum("snp,sp->np", held[: step + 1], inner)
        sizes = np.linalg.norm(rest, axis=0)
        norms = np.maximum(norms, np.abs(diagonal[:, step]) + sizes)
        progress((step + 1) / steps, f"product {step + 1} of {steps}")
        if step + 1 < steps:
            # What is invariant is left: nodes of weight 0 follow.
            goes_on = sizes > _ENDED * norms
            beside[:, step] = np.where(goes_on, sizes, 0.0)
            held[step + 1] = np.where(goes_on, rest / np.maximum(sizes, 1e-300), 0.0)
    nodes, weights = np.empty((probes, steps)), np.empty((probes, steps))
    for place in range(probes):
        along, across = diagonal[place], beside[place, : steps - 1]
        inner = np.diag(along) + np.diag(across, 1) + np.diag(across, -1)
        values, vectors = np.linalg.eigh(inner)
        nodes[place], weights[place] = values, np.square(vectors[0])
    return nodes, weights
