"""Deep kernels at the ends of floats: a clear sentence, no number without digits."""

import numpy as np
import pytest

from widthwise.activations import get
from widthwise.errors import InvalidArgumentError, PrecisionLimitError
from widthwise.kernels import deep_dual, deep_kernels


@pytest.mark.parametrize("name", ["relu", "tanh", "hard_tanh"])
@pytest.mark.parametrize("second", [[0.0, 1.0], [6e199, 8e199]])
def test_rows_beyond_floats_are_named_by_layer(name, second):
    with pytest.raises(
        InvalidArgumentError, match=r"[Ll]ayer 1.*Scale the (rows|points)"
    ):
        deep_kernels(np.array([[1e200, 0.0], second]), name, 2)


@pytest.mark.parametrize("scale", [1e160, 1e-160])
def test_scales_of_weights_beyond_floats_are_refused(scale):
    with pytest.raises(InvalidArgumentError, match="hidden layer 1"):
        deep_dual(get("tanh"), 3, 2, scale)


def test_values_that_their_bound_says_nothing_of_are_refused():
    """At 1e20 the slope of hard_tanh is one at no angle that a polynomial resolves."""
    rows = np.array([[1e20, 0.0], [6e19, 8e19]])
    with pytest.raises(PrecisionLimitError, match="no digit is left"):
        deep_kernels(rows, "hard_tanh", 2)


def test_steep_layers_say_in_which_direction_to_scale():
    with pytest.raises(InvalidArgumentError, match=r"tanh .*Scale the rows down"):
        deep_kernels(np.array([[1e20, 0.0], [0.0, 1e20]]), "tanh", 2)
