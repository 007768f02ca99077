"""Rows so short that floats lose their kernels: what is said of them."""

import pytest

from widthwise.errors import KernelUnderflowError
from widthwise.kernels import conjugate_kernel, tangent_kernel

UP = r"at rows of norm .*Scale the rows up\.$"


@pytest.mark.parametrize("law", ["gaussian", "sphere"])
@pytest.mark.parametrize(
    ("kernel", "name"),
    [
        (conjugate_kernel, "tanh"),
        (conjugate_kernel, "gelu"),
        (tangent_kernel, "elu"),
        (tangent_kernel, "cos"),
    ],
)
def test_rows_beside_longer_ones_are_to_be_scaled_up(kernel, name, law):
    with pytest.raises(KernelUnderflowError, match=f"kernel of {name} .*{UP}"):
        kernel([[1e-200, 0.0], [1.0, 0.0]], name, law)


@pytest.mark.parametrize("second", [1e-160, 2e-160])
def test_rows_that_are_all_short_are_to_be_scaled_up(second):
    with pytest.raises(KernelUnderflowError, match=f"kernel of tanh .*{UP}"):
        conjugate_kernel([[1e-160, 0.0], [second, 0.0]], "tanh", "gaussian")


def test_a_kernel_that_does_not_vanish_with_the_rows_is_there():
    found = conjugate_kernel([[1e-200, 0.0], [1.0, 0.0]], "cos", "gaussian")
    assert float(found[0, 0]) == pytest.approx(1.0, abs=1e-12)
