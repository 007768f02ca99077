r"""
Your own module
===============

Any ``torch.nn.Module`` has the two matrices that the theory needs: the features of its
last layer, and the tangent kernel of all its parameters. Here is a small convolutional
network with batch normalisation and three outputs.
"""

import matplotlib.pyplot as plt
import torch
from scipy.sparse.linalg import eigsh
from torch import nn

import widthwise as ww

torch.manual_seed(0)
images = torch.randn(60, 1, 12, 12)
model = nn.Sequential(
    nn.Conv2d(1, 8, 3, padding=1),
    nn.BatchNorm2d(8),
    nn.ReLU(inplace=True),
    nn.MaxPool2d(2),
    nn.Conv2d(8, 16, 3),
    nn.ReLU(),
    nn.Flatten(),
    nn.Linear(16 * 4 * 4, 3),
)
model(images)  # fills the running statistics

# %%
# In training mode the outputs of a batch depend on each other, and a tangent kernel has
# no meaning. The message says which module is the reason.

try:
    ww.features.module_tangent_kernel(model, images)
except ww.errors.InvalidArgumentError as error:
    print(error)
model.eval()

# %%
# The features of the last layer, found by running the model. With as many features as
# points, a new last layer fits any labels if their Gram matrix has full rank.

features = ww.features.module_features(model, images)
print("features", tuple(features.shape))
spectrum = ww.spectra.spectrum(features @ features.T)
print(f"rank {spectrum.rank} of {len(images)}, κ = {spectrum.condition_number:.3g}")

# %%
# The tangent kernel, summed over the three outputs, and what each layer adds to its
# trace. Gradient descent on half the squared error is stable below
# 2 / λ_max of the kernel with every pair of outputs.

kernel = ww.features.module_tangent_kernel(model, images)
for name, part in ww.features.module_tangent_kernels_by_layer(model, images).items():
    share = part.trace() / kernel.trace()
    print(f"layer {name}: {100 * float(share):5.1f} % of the trace")

operator = ww.features.module_tangent_operator(model, images, "full")
largest = float(eigsh(operator, k=1, return_eigenvectors=False)[0])
print(f"λ_max = {largest:.6g}: the largest stable step is {2 / largest:.3g}")

# %%
# Does the theory of the linearized network speak about this one? Train both with the
# same step, half of the largest stable one, and compare.

targets = torch.nn.functional.one_hot(torch.arange(60) % 3).double()
linear = ww.features.linearized(model)
real = ww.features.taylor_expanded(model, 2)
curves = {}
for name, network in (("linearized", linear), ("second order", real)):
    optimizer = torch.optim.SGD(network.parameters(), lr=1 / largest)
    losses = []
    for _ in range(6):
        loss = 0.5 * (network(images) - targets).square().sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    print(f"{name:13}", *(f"{each:.3f}" for each in losses))
    curves[name] = losses

figure, (left, right) = plt.subplots(1, 2, figsize=(8.6, 3.5))
shown = left.imshow(kernel, cmap="viridis")
left.set(title="tangent kernel", xlabel="image", ylabel="image")
figure.colorbar(shown, ax=left)
for (name, losses), mark in zip(curves.items(), "os", strict=True):
    right.plot(losses, mark + "-", label=name)
right.set(xlabel="step", ylabel="loss")
right.legend(frameon=False)
figure.tight_layout()
