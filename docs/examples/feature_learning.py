r"""
Feature learning against the lazy regime
========================================

Does a wide network learn features, or only its last layer? That depends on the
parametrization. A coordinate check trains networks of growing width for a few steps and
looks at how far the hidden units of each move.
"""

import matplotlib.pyplot as plt
import torch

import widthwise as ww

# %%
# The same data, two hidden layers, ten steps of a size that does not change with the
# width, in three parametrizations.

generator = torch.Generator().manual_seed(0)
X = torch.randn(24, 8, generator=generator, dtype=torch.float64)
y = torch.sin(2 * X[:, 0]) * X[:, 1]
widths = (32, 64, 128, 256, 512)
steps = {"ntk": 0.1, "standard": 0.02, "mup": 0.1}


def hidden(network):
    h = X
    for layer in network.hidden_layers:
        h = network.act(layer(h))
    return h.detach()


moved = {name: [] for name in steps}
outputs = {name: [] for name in steps}
for name, step in steps.items():
    for m in widths:
        network = ww.networks.FullyConnected(
            8, m, "tanh", depth=2, parametrization=name
        )
        run = ww.dynamics.train(network, X, y, step=step, epochs=10)
        change = hidden(run.network) - hidden(network)
        moved[name].append(float(change.square().mean().sqrt()))
        change = (run.network(X) - network(X)).detach()
        change = (run.network(X) - network(X)).detach()
        outputs[name].append(float(change.square().mean().sqrt()))

figure, (left, right) = plt.subplots(1, 2, figsize=(9.2, 3.6), sharex=True)
for name, mark in zip(steps, "os^", strict=True):
    left.loglog(widths, moved[name], mark + "-", label=name)
    right.loglog(widths, outputs[name], mark + "-", label=name)
for panel in (left, right):
    panel.set_xticks(widths, [str(m) for m in widths])
    panel.minorticks_off()
left.set(xlabel="width m", ylabel="how far a hidden unit moves")
right.set(xlabel="width m", ylabel="how far an output moves")
left.legend(frameon=False)
figure.tight_layout()

# %%
# Both the NTK parametrization and muP move the outputs by as much at every width. Under
# NTK the hidden units move less and less, as 1/√m: the kernel stands still, and the
# network is the linear model that `ww.dynamics.linear_model` solves. Under muP they
# move as far at every width: it learns features however wide it is. In the standard one
# with a fixed step the outputs move further the wider it is, until it diverges.

for name in steps:
    first, last = moved[name][0], moved[name][-1]
    slope = torch.log(torch.tensor(last / first)) / torch.log(torch.tensor(16.0))
    print(f"{name:9} hidden units move as m^{slope:.2f}")
