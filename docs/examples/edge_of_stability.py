r"""
Sharpness along training
========================

A step η is stable where the largest eigenvalue of the loss's Hessian is below 2/η.
Networks trained with a fixed step sharpen until they are there, and then stay: the edge
of stability. `train` tracks it, by Lanczos's iteration with Hessian-vector products.
"""

import matplotlib.pyplot as plt
import torch

import widthwise as ww

# %%
# Two hidden layers of tanh, mean-field scale, 30 rows; two steps that both are below
# the limit at the start.

generator = torch.Generator().manual_seed(0)
X = torch.randn(30, 6, generator=generator, dtype=torch.float64)
y = torch.sin(2 * X[:, 0]) + X[:, 1] * X[:, 2]
torch.manual_seed(0)
network = torch.nn.Sequential(
    torch.nn.Linear(6, 24), torch.nn.Tanh(),
    torch.nn.Linear(24, 24), torch.nn.Tanh(),
    torch.nn.Linear(24, 1),
).double()  # fmt: skip

figure, (left, right) = plt.subplots(1, 2, figsize=(9.2, 3.6))
for step, color in ((0.01, "C0"), (0.02, "C3")):
    run = ww.dynamics.train(
        network,
        X,
        y,
        step=step,
        epochs=1000,
        track=("loss", "sharpness", "tangent_largest"),
        track_every=50,
    )
    left.semilogy(run.epochs, run.loss, color=color, label=f"η = {step}")
    right.plot(run.epochs, run.sharpness, color=color, label=f"η = {step}")
    right.plot(run.epochs, run.tangent_largest, ":", color=color)
    right.axhline(2 / step, color=color, linestyle="--", linewidth=0.8)
    right.text(1010, 2 / step, "2/η", color=color, va="center")
    end = run.sharpness[-10:].median().item()
    print(f"step {step}: sharpness {run.sharpness[0]:.0f} at first, {end:.0f} at last")
    print(f"           the limit 2/η is {2 / step:.0f}")
left.set(xlabel="step", ylabel="loss")
left.legend(frameon=False)
right.set(xlabel="step", ylabel="largest eigenvalue", ylim=(0, None))
figure.tight_layout()

# %%
# Dashed: the limit. Solid: the Hessian's largest eigenvalue. Dotted: that of the
# Gauss-Newton matrix, which is the tangent kernel's. `module_curvature` has more of
# them, with error bounds, for any loss.

found = ww.features.module_curvature(run.network, X, y, count=4)
print("largest:", [round(each, 1) for each in found.eigenvalues.tolist()])
