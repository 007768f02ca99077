r"""Dense linear algebra on float64 tensors; products and Cholesky on float32 too.

On the CPU the work goes to SciPy's BLAS and LAPACK through views that share the
tensor's memory. On an accelerator it goes to `torch.linalg`; the answer is checked
by its residual, and a failed one is computed again on the CPU (`accelerator`).

A C-ordered tensor A is LAPACK's Fortran-ordered $A^\top$, without a copy: every routine
here is chosen so that this is what it needs.
"""

import numpy as np
import torch
from scipy.linalg import blas, lapack

from widthwise.arrays import Array, Float
from widthwise.numerics.accelerator import (
    checked,
    gap,
    is_elsewhere,
    lost,
    missed,
    probes,
    sums_missed,
    tolerance,
)
from widthwise.numerics.largest import largest_entry
from widthwise.numerics.one_thread import on_one_thread
from widthwise.numerics.symmetric import (
    add_symmetric_product,
    complete_symmetric,
    lower_factor,
)

__all__ = [
    "add_outer_products",
    "cholesky",
    "cholesky_solve",
    "complete_symmetric",
    "eigenvalues",
    "eigh",
    "multiply_transposed",
    "power_of_two_scale",
    "reflect",
    "reflectors",
    "singular_values",
    "stack_triangles",
    "svd",
    "triangular_factor",
]


def power_of_two_scale(matrix: Float[Array, "..."]) -> float:
    """Return the power of two s with max |matrix| / s in [1, 2); 1 for zeros.

    Dividing by it is exact, and keeps squares and LAPACK away from overflow.
    """
    largest = largest_entry(matrix)
    if largest == 0.0 or not np.isfinite(largest):
        return 1.0
    return float(2.0 ** (np.frexp(largest)[1] - 1))


def add_outer_products(
    gram: Float[Array, "n n"], block: Float[Array, "n b"], scale: float = 1.0
) -> None:
    r"""Add `scale` times $B B^\top$ to the upper triangle of `gram`, in place.

    Parameters
    ----------
    gram
        Shape (n, n), C-contiguous; the part below the diagonal keeps its values.
    block
        B, shape (n, b), C-contiguous.
    """
    add_symmetric_product(gram, block, scale)


def multiply_transposed(
    left: Float[Array, "n d"],
    right: Float[Array, "b d"],
    out: Float[Array, "n b"],
    scale: float = 1.0,
    kept: float = 0.0,
) -> None:
    r"""Write `scale` $A B^\top$ and `kept` times `out` into it; all C-contiguous."""
    if is_elsewhere(out):
        torch.addmm(out, left, right.T, beta=kept, alpha=scale, out=out)
        return
    # For LAPACK the views are Aᵀ, Bᵀ and outᵀ = (Bᵀ)ᵀ Aᵀ.
    first, second, target = right.numpy().T, left.numpy().T, out.numpy().T
    gemm = blas.sgemm if target.dtype == np.float32 else blas.dgemm
    gemm(scale, first, second, beta=kept, c=target, trans_a=1, overwrite_c=1)


@on_one_thread
def eigenvalues(matrix: Float[Array, "n n"]) -> Float[Array, " n"]:
    """Return the eigenvalues of a symmetric matrix, ascending.

    Cost: (4/3) n³ operations and one copy of the matrix.
    """
    if is_elsewhere(matrix):
        return checked(  # type: ignore[no-any-return]
            "symmetric eigenvalues",
            matrix,
            torch.linalg.eigvalsh,
            lambda found: sums_missed(matrix, found),
            eigenvalues,
        )
    if matrix.shape[0] > _TORCH_EIGENVALUES_ABOVE:
        large: Array = torch.linalg.eigvalsh(matrix)
        return large
    driver = lapack.dsyevd if matrix.shape[0] <= 32 else lapack.dsyevr
    found = driver(matrix.numpy().T, compute_v=0, lower=1, overwrite_a=0)
    _succeeded("symmetric eigenvalues", found[-1])
    return _tensor(found[0])


@on_one_thread
def eigh(
    matrix: Float[Array, "n n"],
) -> tuple[Float[Array, " n"], Float[Array, "n n"]]:
    """Return eigenvalues, ascending, and eigenvectors as columns.

    Cost: about 9 n³ operations and three copies of the matrix.
    """
    if is_elsewhere(matrix):
        x = probes(matrix)
        return checked(  # type: ignore[no-any-return]
            "symmetric eigenvectors",
            matrix,
            lambda given: tuple(torch.linalg.eigh(given)),
            lambda got: max(
                gap(matrix @ (got[1] @ x), got[1] @ (got[0][:, None] * x)),
                _crooked(matrix, got[1]),
            ),
            eigh,
        )
    found = lapack.dsyevd(matrix.numpy().T, compute_v=1, lower=1, overwrite_a=0)
    _succeeded("symmetric eigenvectors", found[-1])
    return _tensor(found[0]), _tensor(found[1])


def cholesky(matrix: Float[Array, "n n"]) -> Float[Array, "n n"] | None:
    r"""Return the lower L with $L L^\top = A$, or None if A is not positive definite.

    Cost: n³/3 operations and one copy of the matrix.
    """
    if is_elsewhere(matrix):
        factor: Array
        factor, failed = torch.linalg.cholesky_ex(matrix)
        if int(failed):
            return None
        x = probes(matrix)
        return checked(  # type: ignore[no-any-return]
            "Cholesky factors",
            matrix,
            lambda _: factor,
            lambda found: gap(found @ (found.T @ x), matrix @ x),
            cholesky,
        )
    return lower_factor(matrix)


def cholesky_solve(
    factor: Float[Array, "n n"], right: Float[Array, "n c"]
) -> Float[Array, "n c"]:
    r"""Return x with $L L^\top x = $ `right`."""
    if is_elsewhere(factor):
        return torch.cholesky_solve(right, factor)
    upper = factor.numpy().T
    if right.shape[1] == 1:  # As a matrix it takes twice as long.
        solve = blas.strsv if upper.dtype == np.float32 else blas.dtrsv
        inner = solve(upper, right.numpy()[:, 0], trans=1)
        return _tensor(solve(upper, inner)[:, None])
    potrs = lapack.spotrs if upper.dtype == np.float32 else lapack.dpotrs
    solution, info = potrs(upper, right.numpy(), lower=0)
    _succeeded("Cholesky solve", info)
    return _tensor(solution)


@on_one_thread
def triangular_factor(block: Float[Array, "n b"]) -> Float[Array, "r n"]:
    r"""Return the R of $B^\top = Q R$, shape (min(n, b), n); destroys `block`.

    Cost: 2 n² b operations, in the memory of `block`.
    """
    if is_elsewhere(block):
        return checked(  # type: ignore[no-any-return]
            "Q R factors",
            block,
            lambda given: torch.linalg.qr(given.T, mode="r").R,
            lambda found: missed(found, block.T),
            triangular_factor,
        )
    return _tensor(np.triu(reflectors(block)[0].numpy().T[: min(block.shape)]))


@on_one_thread
def reflectors(
    block: Float[Array, "n b"],
) -> tuple[Float[Array, "n b"], Float[Array, " r"]]:
    r"""Return Householder's form of the Q R of $B^\top$, in the memory of `block`.

    The transpose of the first result holds R in its upper triangle and the reflectors
    below; the second result their factors. `reflect` applies Q.
    """
    n, b = block.shape
    if is_elsewhere(block):
        return checked(  # type: ignore[no-any-return]
            "Q R factors",
            block,
            lambda given: _transposed_first(*torch.geqrf(given.T)),
            lambda found: missed(found[0].T[: min(n, b)].triu(), block.T),
            reflectors,
        )
    view = block.numpy().T
    work = int(lapack.dgeqrf_lwork(b, n)[0])
    packed, factors, _, info = lapack.dgeqrf(view, lwork=work, overwrite_a=1)
    _succeeded("Q R factorization", info)
    return _tensor(packed.T), _tensor(factors)


@on_one_thread
def reflect(
    packed: Float[Array, "n b"],
    factors: Float[Array, " r"],
    right: Float[Array, "b c"],
    transposed: bool = False,
) -> Float[Array, "b c"]:
    r"""Return $Q$ `right`, or $Q^\top$ `right`, for the b x b Q of `reflectors`."""
    if is_elsewhere(packed):
        seen = packed.T[:, : factors.shape[0]]
        return torch.ormqr(seen, factors, right, True, transposed)
    trans = "T" if transposed else "N"
    view = packed.numpy().T[:, : factors.shape[0]]
    columns = np.asfortranarray(right.numpy())
    work = int(lapack.dormqr("L", trans, view, factors.numpy(), columns, -1)[1][0])
    found, _, info = lapack.dormqr("L", trans, view, factors.numpy(), columns, work)
    _succeeded("product with Q", info)
    return _tensor(found)


@on_one_thread
def stack_triangles(
    first: Float[Array, "r n"], second: Float[Array, "s n"]
) -> Float[Array, "t n"]:
    r"""Return the R factor of two upper trapezoids stacked.

    Cost: (2/3) n³ operations for two triangles, a sixth of forgetting their zeros.
    """
    n = first.shape[1]
    if is_elsewhere(first):
        return triangular_factor(torch.cat([first, second]).T)
    if first.shape[0] < n or second.shape[0] < n:
        stacked = torch.cat([first, second]).T.contiguous()
        return triangular_factor(stacked)
    found = lapack.dtpqrt(n, min(32, n), first.numpy(), second.numpy())
    _succeeded("merge of two Q R factorizations", found[-1])
    return _tensor(np.triu(found[0]))


@on_one_thread
def singular_values(matrix: Float[Array, "r n"]) -> Float[Array, " k"]:
    """Return the singular values, descending.

    Cost: (8/3) n³ operations for a square matrix, and one copy of it.
    """
    if is_elsewhere(matrix):
        return checked(  # type: ignore[no-any-return]
            "singular values",
            matrix,
            torch.linalg.svdvals,
            lambda found: abs(
                float(torch.linalg.norm(found)) - float(torch.linalg.norm(matrix))
            ),
            singular_values,
        )
    rows, columns = matrix.shape
    work = int(lapack.dgesdd_lwork(rows, columns, compute_uv=0)[0])
    _, found, _, info = lapack.dgesdd(matrix.numpy(), compute_uv=0, lwork=work)
    _succeeded("singular values", info)
    return _tensor(found)


@on_one_thread
def svd(
    matrix: Float[Array, "r n"],
) -> tuple[Float[Array, "r k"], Float[Array, " k"], Float[Array, "k n"]]:
    r"""Return U, the descending singular values s, and $V^\top$ with $A = U s V^\top$.

    Cost: about 20 n³ operations for a square matrix, and four copies of it.
    """
    if is_elsewhere(matrix):
        x = probes(matrix)
        return checked(  # type: ignore[no-any-return]
            "singular value decomposition",
            matrix,
            lambda given: tuple(torch.linalg.svd(given, full_matrices=False)),
            lambda found: max(
                gap(found[0] @ (found[1][:, None] * (found[2] @ x)), matrix @ x),
                _crooked(matrix, found[0]),
                _crooked(matrix, found[2].T),
            ),
            svd,
        )
    rows, columns = matrix.shape
    work = int(lapack.dgesdd_lwork(rows, columns, compute_uv=1, full_matrices=0)[0])
    left, found, right, info = lapack.dgesdd(
        matrix.numpy(), compute_uv=1, full_matrices=0, lwork=work
    )
    # Of some 6,000 triangles of lower rank, order 150 to 300, 11 failed and 20 had
    # vectors with products of 1e-12 to 1e-6. Q R steps take longer, and fail for none.
    if info or not _keep_angles(left, right.T):
        left, found, right, info = lapack.dgesvd(matrix.numpy(), full_matrices=0)
    _succeeded("singular value decomposition", info)
    return _tensor(left), _tensor(found), _tensor(right)


_ORTHOGONAL = 1e-13
_TORCH_EIGENVALUES_ABOVE = 3000  # Measured: SciPy wins up to 2000, loses at 4000.


def _tensor(array: np.ndarray) -> Array:
    """Return a tensor that shares the array's memory."""
    found: Array = torch.from_numpy(array)
    return found


def _keep_angles(*columns: np.ndarray) -> bool:
    return all(lost(_tensor(each)) <= _ORTHOGONAL for each in columns)


def _crooked(matrix: Array, vectors: Array) -> float:
    """Return a residual that is above the tolerance where vectors lost their angles."""
    return lost(vectors) / _ORTHOGONAL * tolerance(matrix)


def _transposed_first(packed: Array, factors: Array) -> tuple[Array, Array]:
    return packed.T, factors


def _succeeded(what: str, info: int) -> None:
    if info:
        raise np.linalg.LinAlgError(
            f"LAPACK's {what} failed with code {info}. Check the matrix for NaN."
        )
