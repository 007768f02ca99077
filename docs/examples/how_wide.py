r"""
How wide, by theorem and by experiment
======================================

For which width can a random layer fit any labels? A theorem gives a width that is
proved to be enough; an experiment finds where networks begin to do it, and how certain
that is.
"""

import matplotlib.pyplot as plt

import widthwise as ww

# %%
# Points on the sphere of R^6, more and more of them.

counts, dimension = (10, 20, 40, 80), 6
law = ww.laws.Sphere(dimension=dimension)
relu = ww.activations.get("relu")
measured, proved, chernoff = [], [], []
for n in counts:
    points = law.weights(seed=n, dimension=dimension, start=0, stop=n)
    found = ww.bounds.minimum_width(points, relu, law, probability=0.95, trials=100)
    measured.append(found)
    proved.append(ww.bounds.best(points, relu, law).certificate)
    spectrum = ww.spectra.spectrum(ww.kernels.conjugate_kernel(points, relu, law))
    bound = ww.bounds.CATALOG["benson_full_rank"]
    chernoff.append(bound.width(spectrum, failure_probability=0.05).value)
    print(f"n = {n}: measured {found.estimate:.0f}, proved {proved[-1].value}")

figure, panel = plt.subplots(figsize=(6.2, 3.9))
panel.loglog(counts, [each.estimate for each in measured], "o-", label="by experiment")
panel.loglog(counts, [each.value for each in proved], "s-", label="best certificate")
panel.loglog(counts, chernoff, "^-", label="Benson et al., full rank")
panel.loglog(counts, counts, ":", color="0.5", label="m = n: the least possible")
panel.set(xlabel="points n", ylabel="width m")
panel.legend(frameon=False)
figure.tight_layout()

# %%
# What the certificate rests on.

print(proved[-1].formula)
for each in proved[-1].assumptions:
    print("-", each)
