r"""
The last layer, solved
======================

Given the features of a layer, the readout above it is linear algebra: the fit of least
norm, ridge regression at every penalty, the exact error on rows left out, and the rows
that no weights can fit.
"""

import matplotlib.pyplot as plt
import torch

import widthwise as ww

# %%
# Features: 300 swish units on 90 rows. They may as well come from a model of your own.

data = ww.datasets.load("diabetes").sample_rows(90, seed=0)
points = data.standardize().to_sphere(bias=True).points
targets = (data.targets - data.targets.mean()) / data.targets.std()
law = ww.laws.Sphere(dimension=points.shape[1])
features = ww.features.RandomFeatures("swish", width=300, law=law, seed=0)
phi = features.matrix(points)

exact = ww.readouts.minimum_norm(phi, targets)
print(f"least norm: residual {exact.residual:.1e}, rank {exact.rank} of {len(phi)}")

# %%
# Which penalty? One factorization leaves out each row at each of them.

path = ww.readouts.ridge_path(phi, targets)
print(f"best penalty {path.best:.3g}: error {path.least:.3f}")
print(f"that spends {path.degrees_of_freedom():.1f} degrees of freedom")

# %%
# Which rows resist? Tell one row twice, with another label: no weights fit both, and
# the part of the labels that stays out of reach lives on those two rows.

twice = torch.cat([phi, phi[7:8]])
labels = torch.cat([targets, targets[7:8] + 2])
fitted = ww.readouts.minimum_norm(twice, labels)
print(f"residual {fitted.residual:.3f}, rank {fitted.rank} of {len(twice)}")
print(fitted.reason)

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4))
some = path.penalties > 0
left.loglog(path.penalties[some], path.leave_one_out[some], "o-", markersize=3)
left.plot(path.best, path.least, "o", color="C3", label="best")
left.set(xlabel="penalty", ylabel="leave-one-out error")
left.legend(frameon=False)
right.stem(range(len(labels)), fitted.unreachable, markerfmt=".", basefmt=" ")
right.set(xlabel="row", ylabel="part of the label out of reach")
figure.tight_layout()

# %%
# Where the error of the best fit comes from: each row, predicted by the fit to all
# others, beside what was measured.

left_out = path.predictions_left_out()
worst = (left_out - targets).abs().topk(3).indices.tolist()
print("predicted worst:", worst)
