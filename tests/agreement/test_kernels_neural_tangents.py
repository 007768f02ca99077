"""Deep kernels are those of neural-tangents, from its own numbers.

Depths 1 to 4, biases, points of norms 1.2 to 4.5, blocks between test and training
points. The peer's tangent kernel of rectifiers is off by up to 1e-8 at parallel points,
its diagonal among them (3e-9 on 200 unit rows): it takes the root of one minus a
squared correlation that has been rounded.
"""

import json
from pathlib import Path

import pytest
import torch

from widthwise import activations
from widthwise.kernels import deep_diagonals, deep_kernels

GOLDEN = Path(__file__).parents[1] / "reference" / "neural_tangents_kernels.json"
RECORD = json.loads(GOLDEN.read_text())
TRAIN, TEST = (
    torch.tensor(RECORD[name], dtype=torch.float64) for name in ("train", "test")
)
PARALLEL = {
    "train": torch.eye(4, dtype=torch.bool),
    "test": torch.tensor([[False] * 4, [False, True, False, False]]),
}
RECTIFIERS = ("relu", "leaky_relu", "abs")
QUADRATURE = {"tanh": 1e-6, "swish": 1e-8, "sigmoid": 1e-8}
"""What its 200 nodes leave of kernels without closed forms, parallel points apart."""


FAST = (*RECTIFIERS, "gelu", "square", "cubic", "polynomial")
CASES = [
    pytest.param(
        network,
        depth,
        id=f"{network['activation']}-{network['bias_std']}-{depth}",
        marks=() if network["activation"] in FAST else pytest.mark.slow,
    )
    for network in RECORD["networks"]
    for depth in (1, 2, 3, 4)
]


@pytest.mark.parametrize(("network", "depth"), CASES)
def test_kernels_are_those_of_neural_tangents(network, depth):
    act = activations.get(network["activation"], **network["parameters"])
    settings = act, depth, network["weight_std"], network["bias_std"]
    sizes = {
        "train": [each.sqrt() for each in deep_diagonals(TRAIN, *settings)],
        "test": [each.sqrt() for each in deep_diagonals(TEST, *settings)],
    }
    for name, sets in (("train", (TRAIN, None)), ("test", (TEST, TRAIN))):
        found = deep_kernels(sets[0], *settings, sets[1])
        expected = network["kernels"][depth - 1][name]
        for place, (ours, theirs) in enumerate(zip(found, expected, strict=True)):
            size = sizes[name][place][:, None] * sizes["train"][place]
            off = (ours - torch.tensor(theirs, dtype=torch.float64)).abs() / size
            apart = off[~PARALLEL[name]]
            if network["is_closed"]:
                assert apart.max() <= 1e-10
                rounded = act.name in RECTIFIERS and place == 1
                assert off.max() <= (1e-7 if rounded else 1e-10)
            else:
                assert apart.max() <= QUADRATURE[act.name]
