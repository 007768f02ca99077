"""Gram matrices of two-valued slopes by tables, against products of matrices."""

import numpy as np
import pytest
import torch

from widthwise import activations
from widthwise.activations import from_callable
from widthwise.dynamics import QUANTITIES, _tracker_two_layer, train
from widthwise.dynamics.tracking._patterns import PatternGram, two_slopes
from widthwise.networks import TwoLayer

EPS = 2.0**-52
KINKED = {"relu": (0.0, 1.0), "leaky_relu": (0.01, 1.0), "abs": (-1.0, 1.0)}


@pytest.mark.parametrize(
    ("count", "widths"),
    [(1, (1,)), (3, (5, 5, 2)), (130, (40, 40, 40, 7)), (257, (43,)), (20, (6, 6))],
    ids=str,
)
def test_tables_give_the_weighted_product_of_bits(count, widths):
    """Sizes beside every block: 6 units a code, 7 codes a pass, 128 columns."""
    draws = np.random.default_rng(count)
    blocks = [torch.from_numpy(draws.standard_normal((count, w))) for w in widths]
    weights = [torch.from_numpy(draws.standard_normal(w) ** 2) for w in widths]
    found = PatternGram(count, sum(widths), widths[0])
    total = torch.full((count, count), 7.0, dtype=torch.float64)
    for _ in range(2):  # the second time, from memory that was used
        for block, weight in zip(blocks, weights, strict=True):
            found.add(block, 0.3, weight)
        found.write_upper(total)
    bits = (torch.cat(blocks, dim=1) >= 0.3).double()
    whole = torch.cat(weights)
    expected = (bits * whole) @ bits.T
    # Both are sums of at most as many terms as units, none of them negative.
    assert (total - expected).triu().abs().max() <= sum(widths) * EPS * whole.sum()


@pytest.mark.parametrize("name", sorted(activations.CATALOG))
def test_two_slopes_are_the_derivative_everywhere(name):
    act = activations.get(name, **dict(activations.CATALOG[name].example))
    found = two_slopes(act)
    assert (found is not None) == (name in KINKED), found
    if found is None:
        return
    kink, below, above = found
    assert (below, above) == pytest.approx(KINKED[name])
    z = torch.randn(10_000, generator=torch.Generator().manual_seed(0)).double()
    z = torch.cat([z, 1e6 * z, 1e-9 * z, torch.tensor([kink, -0.0]).double()])
    sides = torch.tensor([below, above], dtype=torch.float64)
    slopes = sides[(z >= kink).long()]
    assert torch.equal(act.derivative(z), slopes)


def test_what_a_caller_wrote_is_not_guessed_at():
    mine = from_callable(torch.relu, name="mine", breakpoints=(0.0,))
    assert two_slopes(mine) is None


@pytest.mark.parametrize("trained", ["inner", "both"])
@pytest.mark.parametrize("name", sorted(KINKED))
def test_a_tracked_kernel_is_the_same_with_and_without_tables(
    points, monkeypatch, name, trained
):
    asked = {"step": 1e-3, "epochs": 3, "track": tuple(QUANTITIES)}
    network = TwoLayer(5, 61, name, seed=3, trained=trained, bias_std=0.2)
    runs = []
    for is_worth in (False, True):
        monkeypatch.setattr(
            _tracker_two_layer, "is_worth_tables", lambda _n, _m, found=is_worth: found
        )
        runs.append(train(network, points, points[:, 0], **asked))
    plain, tables = runs
    for quantity in set(QUANTITIES) - {"kernel_drift"}:
        torch.testing.assert_close(
            plain.measured[quantity], tables.measured[quantity], rtol=1e-11, atol=1e-13
        )
    # A difference of kernels: its error is relative to the kernels.
    torch.testing.assert_close(
        plain.kernel_drift, tables.kernel_drift, rtol=0.0, atol=1e-14
    )
