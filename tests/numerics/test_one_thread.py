from contextlib import nullcontext

import pytest
import torch

from widthwise.numerics import one_thread


@pytest.mark.parametrize(
    ("shape", "expected"), [((10, 9), None), ((500, 3000), 1), ((2001, 2001), None)]
)
def test_the_shorter_side_decides_how_many_threads_there_are(
    monkeypatch, shape, expected
):
    asked = []
    monkeypatch.setattr(
        one_thread, "limited_blas", lambda most: asked.append(most) or nullcontext()
    )
    compute = one_thread.on_one_thread(lambda matrix: tuple(matrix.shape))
    assert compute(torch.empty(shape)) == shape
    assert asked == [expected]
