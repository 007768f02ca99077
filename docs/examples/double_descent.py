r"""
Double descent, predicted
=========================

The spectrum of a kernel and the target's part in each eigenfunction predict the test
error of a random layer at every width, before any network is drawn: the peak at m = n,
its height, and what a penalty or an early stop does to it.
"""

import matplotlib.pyplot as plt
import torch

import widthwise as ww

# %%
# On the sphere of R^6: a target of degree 1 and 2, with noise, and 60 rows.

dimension, rows, noise = 6, 60, 0.1
law = ww.laws.Sphere(dimension)
found = ww.kernels.mercer(ww.kernels.dual("relu", law), dimension, degree=30)
modes = ww.spectra.TargetModes(
    found.eigenvalues.clamp(min=0),
    [0.0, 1.0, 0.5] + [0.0] * 28,
    found.multiplicities,
    remainder=max(0.0, found.value_at_one - found.captured),
)


def target(points):
    pairs = (dimension * (dimension + 2) / 2) ** 0.5 * points[:, 0] * points[:, 1]
    return dimension**0.5 * points[:, 0] + pairs


# %%
# What is predicted, over all widths. The time 1/penalty stops descent where the penalty
# would.

widths = [
    *range(10, 50, 5),
    *range(50, 60, 2),
    *range(61, 72, 2),
    80,
    90,
    110,
    140,
    200,
    300,
    600,
]
penalties, colors = (0.0, 3e-3, 0.1), ("C3", "C0", "C2")
curves = {
    penalty: [
        ww.readouts.expected_error(
            modes, rows, width=m, penalty=penalty, noise=noise
        ).error
        for m in widths
    ]
    for penalty in penalties
}
stopped = [
    ww.readouts.expected_stopping(modes, rows, [10.0], width=m, noise=noise).item()
    for m in widths
]

# %%
# What is measured: 12 draws of rows, noise and weights for each of some widths.


def measured(width, penalty, seed):
    generator = torch.Generator().manual_seed(seed)
    points = torch.randn(rows + 200, dimension, generator=generator).double()
    points = torch.nn.functional.normalize(points)
    y = target(points) + noise**0.5 * torch.randn(len(points), generator=generator)
    phi = ww.features.RandomFeatures("relu", width, law, seed=seed).matrix(points)
    path = ww.readouts.ridge_path(phi[:rows], y[:rows], [penalty], intercept=False)
    wrong = phi[rows:] @ path.solution(penalty) - y[rows:]
    return wrong.square().mean()


some = (20, 40, 60, 80, 140, 300)
figure, panel = plt.subplots(figsize=(6.6, 4.2))
for penalty, color in zip(penalties, colors, strict=True):
    panel.loglog(widths, curves[penalty], color=color, label=f"penalty {penalty:g}")
    for m in some:
        if m == rows and penalty == 0:
            continue  # infinite
        errors = torch.stack([measured(m, penalty, seed) for seed in range(12)])
        scatter = errors.std() / len(errors) ** 0.5
        panel.errorbar(m, errors.mean(), scatter, fmt="o", color=color, markersize=4)
panel.loglog(widths, stopped, "k--", linewidth=1, label="stopped at the time 10")
panel.axvline(rows, color="0.7", linewidth=0.8)
panel.set(xlabel="width m", ylabel="test error", ylim=(0.15, 20))
panel.legend(frameon=False)
figure.tight_layout()

# %%
# Lines are the prediction, dots the simulation with its standard error. The statement
# and its derivation: :doc:`/theory/generalisation`.

for penalty in (1e-6, 1e-4, 1e-2):
    told = ww.readouts.expected_error(
        modes, rows, width=rows, penalty=penalty, noise=noise
    )
    print(f"penalty {penalty:g}: the error at m = n is {told.error:.2f}")
