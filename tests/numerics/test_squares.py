"""Products of panels of rows."""

import numpy as np
import pytest

from widthwise.numerics.panels import LEFT, PANEL
from widthwise.numerics.panels.squares import add_panels, fill_panels, in_panels


def given(*shape):
    return np.random.default_rng(0).standard_normal(shape)


def in_rows(panels, n, k):
    return panels.transpose(0, 2, 1).reshape(-1, panels.shape[1])[:n, :k]


@pytest.mark.parametrize(
    ("n", "units", "depth"), [(1, 1, 1), (49, 17, 3), (24, 8, 300)]
)
def test_panels_hold_the_products_of_points_and_units(n, units, depth):
    points, weights = given(n, depth), given(units, depth)
    out = np.full((-(-n // PANEL), -(-units // LEFT) * LEFT, PANEL), np.nan)
    fill_panels(
        in_panels(points, PANEL), in_panels(weights, LEFT), out, -1, np.empty(0)
    )
    np.testing.assert_allclose(
        in_rows(out, n, units), points @ weights.T, rtol=0, atol=1e-12
    )
    # What fills up a panel is a row that there is.
    assert np.isfinite(out).all()


@pytest.mark.parametrize("n", [1, 8, 23, 24, 75, 600])
@pytest.mark.parametrize("is_kept", [False, True])
def test_the_upper_triangle_is_that_of_the_square(n, is_kept):
    rows, count = given(n, 16), 13
    panels = np.ascontiguousarray(in_panels(rows, PANEL))
    out = given(n, n) if is_kept else np.full((n, n), np.nan)
    expected = rows[:, :count] @ rows[:, :count].T + (out if is_kept else 0.0)
    room = np.empty((LEFT, PANEL))
    add_panels(panels, panels, count, out, 0, 0, is_kept, room)
    np.testing.assert_allclose(np.triu(out), np.triu(expected), rtol=0, atol=1e-13)


def test_a_tile_beside_the_diagonal_is_all_products_and_no_more():
    rows = given(50, 16)
    panels, out = in_panels(rows, PANEL), np.zeros((50, 50))
    room = np.empty((LEFT, PANEL))
    add_panels(panels[:1], panels[1:], 16, out, 0, PANEL, True, room)
    expected = np.zeros((50, 50))
    expected[:PANEL, PANEL:] = rows[:PANEL] @ rows[PANEL:].T
    np.testing.assert_allclose(out, expected, rtol=0, atol=1e-13)
