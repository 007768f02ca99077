"""Make neural_tangents_golden.json: neural-tangents' predictions of trained outputs.

Run by hand, in an environment of its own; the tests read the committed numbers:

    python3.11 -m venv nt
    nt/bin/pip install jax==0.4.25 jaxlib==0.4.25 tf2jax==0.3.6 scipy==1.13.1 \
        numpy==1.26.4 neural-tangents==0.6.5
    nt/bin/python tests/reference/make_neural_tangents_golden.py

neural-tangents minimizes 1/(2 n c) of the sum of squares over n points and c outputs,
so its time t is the time t/(n c) of the sum of squares.
"""

import json
from pathlib import Path

import jax
import numpy as np

jax.config.update("jax_enable_x64", True)

import neural_tangents as nt  # noqa: E402

TIMES = [0.0, 0.1, 1.0, 10.0, 1e3, 1e5]


def kernel_case(name, seed, points_count, test_count, outputs, initial):
    """Return one case: a random kernel and what is predicted from it."""
    generator = np.random.default_rng(seed)
    factors = generator.normal(size=(points_count + test_count, points_count + 6))
    whole = factors @ factors.T / factors.shape[1]
    train, test = (
        whole[:points_count, :points_count],
        whole[points_count:, :points_count],
    )
    targets = generator.normal(size=(points_count, outputs))
    f_train = generator.normal(size=targets.shape) if initial else None
    f_test = generator.normal(size=(test_count, outputs)) if initial else None
    predict = nt.predict.gradient_descent_mse(train, targets)
    found = []
    for time in [*TIMES, None]:
        at_train, at_test = predict(
            time,
            0.0 if f_train is None else f_train,
            0.0 if f_test is None else f_test,
            test,
        )
        found.append(
            {
                "time": "inf" if time is None else time,
                "train": np.asarray(at_train).tolist(),
                "test": np.asarray(at_test).tolist(),
            }
        )
    momenta = [0.0, 0.5, 0.9]
    return {
        "name": name,
        "kernel": train.tolist(),
        "test_kernel": test.tolist(),
        "targets": targets.tolist(),
        "initial": None if f_train is None else f_train.tolist(),
        "test_initial": None if f_test is None else f_test.tolist(),
        "predictions": found,
        "max_learning_rate": [
            {
                "momentum": momentum,
                "value": float(
                    nt.predict.max_learning_rate(
                        train, y_train_size=targets.size, momentum=momentum
                    )
                ),
            }
            for momentum in momenta
        ],
    }


def main():
    """Write the numbers beside this script."""
    cases = [
        kernel_case("one output from zero", 0, 6, 3, 1, False),
        kernel_case("one output from random outputs", 1, 6, 3, 1, True),
        kernel_case("three outputs from random outputs", 2, 8, 4, 3, True),
    ]
    record = {
        "made_with": f"neural-tangents {nt.__version__}, jax {jax.__version__}",
        "cases": cases,
    }
    target = Path(__file__).with_name("neural_tangents_golden.json")
    target.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
