r"""
3. Double descent
=================

*15 minutes.* The error on new points is worst where the network just fits. A penalty,
or stopping early, takes the peak away.
"""

import matplotlib.pyplot as plt

import widthwise as ww

# %%
# Predicted from the kernel's spectrum, with no network drawn: a linear target with
# noise, 50 rows on the sphere of R^5.

law = ww.laws.Sphere(dimension=5)
found = ww.kernels.mercer(ww.kernels.dual("relu", law), 5, degree=25)
modes = ww.spectra.TargetModes(
    found.eigenvalues.clamp(min=0), [0.0, 1.0] + [0.0] * 24, found.multiplicities
)
widths = [m for m in range(5, 400) if m != 50]
figure, panel = plt.subplots(figsize=(6, 3.7))
for penalty in (0.0, 1e-3, 1e-2, 1e-1):
    errors = [
        ww.readouts.expected_error(modes, 50, width=m, penalty=penalty, noise=0.2).error
        for m in widths
    ]
    panel.loglog(widths, errors, label=f"penalty {penalty:g}")
panel.axhline(0.2, color="0.7", linestyle=":", label="the noise")
panel.set(xlabel="width m", ylabel="error on new points", ylim=(0.15, 30))
panel.legend(frameon=False, fontsize=8)
figure.tight_layout()

# %%
# **For the room.** Which penalty would you take at m = 50, and which at m = 400? Is
# there a width at which more penalty always hurts?
