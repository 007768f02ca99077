"""Make neural_tangents_kernels.json: neural-tangents' kernels of deep networks.

Run by hand, in the environment that make_neural_tangents_golden.py describes:

    nt/bin/python tests/reference/make_neural_tangents_kernels.py

Each network has depths 1 to 4 with one activation, biases, and points of different
norms; blocks between test and training points are made of these two sets. Its
activations with closed forms are taken, and tanh, swish and sigmoid by its quadrature.
(Not RectifiedMonomial, whose kernels are NaN at parallel points, so at any two layers
deep.)
"""

import json
from pathlib import Path

import jax
import numpy as np

jax.config.update("jax_enable_x64", True)

import neural_tangents as nt  # noqa: E402
from jax.nn import sigmoid, swish  # noqa: E402
from neural_tangents import stax  # noqa: E402

QUADRATURE_NODES = 200
NETWORKS = [
    # our name, its parameters, theirs, weight_std, bias_std
    ("relu", {}, stax.Relu(), 1.4, 0.3),
    ("relu", {}, stax.Relu(), 1.4, 0.0),
    ("leaky_relu", {"negative_slope": 0.1}, stax.LeakyRelu(0.1), 1.4, 0.3),
    ("abs", {}, stax.Abs(), 1.1, 0.2),
    ("erf", {}, stax.Erf(), 1.5, 0.1),
    ("erf", {}, stax.Erf(), 3.0, 0.0),
    ("gelu", {}, stax.Gelu(), 1.5, 0.2),
    ("sin", {}, stax.Sin(), 1.3, 0.2),
    ("cos", {}, stax.Cos(), 1.3, 0.2),
    ("gaussian", {}, stax.Gaussian(1.0, -0.5), 1.6, 0.4),
    ("exp", {}, stax.Exp(1.0, 1.0), 0.3, 0.1),
    ("square", {}, stax.Monomial(2), 0.8, 0.2),
    ("cubic", {}, stax.Monomial(3), 0.5, 0.2),
    (
        "polynomial",
        {"coefficients": [0.1, 0.5, -0.2, 0.1]},
        stax.Polynomial([0.1, 0.5, -0.2, 0.1]),
        0.9,
        0.2,
    ),
]
BY_QUADRATURE = [("tanh", jax.numpy.tanh), ("swish", swish), ("sigmoid", sigmoid)]


def points():
    """Return four training points and two test points, one opposite to another."""
    rows = np.random.default_rng(7).normal(size=(6, 5))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    rows[5] = -rows[1]
    rows *= np.array([[1.2], [2.5], [2.7], [4.5], [1.9], [1.4]])
    return rows[:4], rows[4:]


def kernels(activation, depth, weight_std, bias_std):
    """Return the training block and the test block of both kernels."""
    layers = []
    for _ in range(depth):
        layers += [stax.Dense(1, W_std=weight_std, b_std=bias_std), activation]
    *_, kernel_fn = stax.serial(
        *layers, stax.Dense(1, W_std=weight_std, b_std=bias_std)
    )
    train, test = points()
    found = {}
    for name, sets in (("train", (train, None)), ("test", (test, train))):
        both = kernel_fn(*sets, ("nngp", "ntk"))
        found[name] = [np.asarray(both.nngp).tolist(), np.asarray(both.ntk).tolist()]
    return {"depth": depth, **found}


def network(name, parameters, activation, weight_std, bias_std, *, is_closed):
    return {
        "activation": name,
        "parameters": parameters,
        "weight_std": weight_std,
        "bias_std": bias_std,
        "is_closed": is_closed,
        "kernels": [
            kernels(activation, depth, weight_std, bias_std) for depth in (1, 2, 3, 4)
        ],
    }


def main():
    """Write the numbers beside this script, one network a line."""
    networks = [network(*each, is_closed=True) for each in NETWORKS]
    for name, function in BY_QUADRATURE:
        activation = stax.ElementwiseNumerical(function, deg=QUADRATURE_NODES)
        networks.append(network(name, {}, activation, 1.2, 0.2, is_closed=False))
    train, test = points()
    head = {
        "made_with": f"neural-tangents {nt.__version__}, jax {jax.__version__}",
        "train": train.tolist(),
        "test": test.tolist(),
    }
    lines = ",\n".join(json.dumps(each) for each in networks)
    text = json.dumps(head)[:-1] + f', "networks": [\n{lines}\n]}}\n'
    target = Path(__file__).with_name("neural_tangents_kernels.json")
    target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
