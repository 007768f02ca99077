r"""
Learning curves of real tables
==============================

How much would more rows help? The kernel's spectrum on a table, with the targets' part
in each eigenvector, predicts the error of kernel regression at every number of rows.
"""

import matplotlib.pyplot as plt
import numpy as np
import torch

import widthwise as ww

# %%
# Two of scikit-learn's tables; all their rows stand for the population. The tangent
# kernel would do as well: any kernel is a matrix here.

penalty, counts = 0.1, (8, 15, 30, 60, 120)
figure, panel = plt.subplots(figsize=(6.4, 3.9))
for name, color in (("diabetes", "C0"), ("breast_cancer", "C1")):
    data = ww.datasets.load(name).standardize()
    points = data.to_sphere(bias=True).points
    y = (data.targets - data.targets.mean()) / data.targets.std()
    law = ww.laws.Sphere(points.shape[1])
    kernel = ww.kernels.conjugate_kernel(points, "relu", law)
    modes = ww.spectra.target_modes(kernel, y)

    grid = np.unique(np.geomspace(5, 200, 30).astype(int)).tolist()
    told = [ww.readouts.expected_error(modes, n, penalty=penalty).error for n in grid]
    panel.loglog(grid, told, color=color, label=f"{name}, predicted")

    generator = np.random.default_rng(0)
    for n in counts:
        errors = []
        for _ in range(40):
            order = generator.permutation(len(points))
            chosen, rest = order[:n], order[n:]
            own = kernel[chosen][:, chosen] + penalty * torch.eye(n)
            fitted = torch.linalg.solve(own, y[chosen])
            wrong = kernel[rest][:, chosen] @ fitted - y[rest]
            errors.append(float(wrong.square().mean()))
        scatter = np.std(errors) / len(errors) ** 0.5
        panel.errorbar(n, np.mean(errors), scatter, fmt="o", color=color, markersize=4)
panel.set(xlabel="rows n", ylabel="test error / variance")
panel.legend(frameon=False)
figure.tight_layout()

# %%
# Which part of the targets is learned from 30 rows, and which never mattered: modes are
# learned in the order of their eigenvalues.

found = ww.readouts.expected_error(modes, 30, penalty=penalty)
share = modes.power / modes.power.sum()
for k in range(5):
    print(
        f"mode {k}: {share[k]:6.1%} of the targets, learned {found.learnability[k]:.0%}"
    )
