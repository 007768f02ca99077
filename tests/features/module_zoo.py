"""Small modules of every kind, each with points that it takes."""

import copy

import torch
from torch import nn
from torch.nn.utils.parametrizations import weight_norm


class TiedEmbedding(nn.Module):
    """A table that is also the last layer, with a padding index."""

    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(11, 6, padding_idx=0)
        self.norm = nn.LayerNorm(6)
        self.head = nn.Linear(6, 11, bias=False)
        self.head.weight = self.table.weight

    def forward(self, x):
        return self.head(self.norm(torch.tanh(self.table(x))).mean(1))


class Attention(nn.Module):
    """A transformer's layer, with dropout that evaluation turns off."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(5, 8)
        self.encoder = nn.TransformerEncoderLayer(
            8, 2, 16, dropout=0.1, batch_first=True
        )
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        return self.head(self.encoder(self.embed(x)).mean(1))


class RawParameters(nn.Module):
    """Weights in an einsum, a scale of no dimension, one output of shape (n,)."""

    def __init__(self):
        super().__init__()
        self.inner = nn.Parameter(torch.randn(4, 5))
        self.outer = nn.Parameter(torch.randn(4))
        self.scale = nn.Parameter(torch.tensor(1.3))

    def forward(self, x):
        return (
            self.scale
            * (torch.einsum("nd,md->nm", x, self.inner).tanh())
            @ (self.outer)
        )


class UsedTwice(nn.Module):
    """A layer applied twice, with a residual around it."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(5, 5)
        self.head = nn.Linear(5, 2)

    def forward(self, x):
        return self.head(x + torch.relu(self.layer(torch.tanh(self.layer(x)))))


class TimeFirst(nn.Module):
    """A layer whose first axis is not the points."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(5, 7)
        self.head = nn.Linear(7, 1)

    def forward(self, x):
        return self.head(torch.tanh(self.layer(x.transpose(0, 1))).mean(0))[:, 0]


class Recurrent(nn.Module):
    """An LSTM, which vmap does not take."""

    def __init__(self):
        super().__init__()
        self.cell = nn.LSTM(5, 4, batch_first=True)
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.cell(x)[0][:, -1])


class WeightBesideItsLayer(nn.Module):
    """A layer's weight that is used by hand, too."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(5, 5, bias=False)
        self.head = nn.Linear(5, 2)

    def forward(self, x):
        return self.head(torch.tanh(self.layer(x)) @ self.layer.weight)


class Branches(nn.Module):
    """Control flow that depends on the values, and a layer that is never used."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(5, 5)
        self.other = nn.Parameter(torch.randn(5))
        self.unused = nn.Linear(3, 3)

    def forward(self, x):
        return torch.stack([self.branch(row) for row in x])

    def branch(self, row):
        if row.sum().item() > 0:
            return (row * self.other).sum()
        return (self.layer(row[None])[0] ** 2).sum()


def in_evaluation(model, *points):
    """Fill the running statistics, and stop there."""
    with torch.no_grad():
        for each in points:
            model(each)
    return model.eval()


def convolutional(images):
    model = nn.Sequential(
        nn.Conv2d(4, 6, 3, stride=2, padding=1, groups=2),
        nn.BatchNorm2d(6),
        nn.ReLU(inplace=True),
        nn.Conv2d(6, 5, 3, padding="same", dilation=2),
        nn.GELU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(5, 3),
    )
    return in_evaluation(model, images)


def multilayer():
    return nn.Sequential(
        nn.Linear(5, 8),
        nn.ReLU(inplace=True),
        nn.Linear(8, 8, bias=False),
        nn.Tanh(),
        nn.Linear(8, 3),
    )


def one_dimensional():
    return nn.Sequential(
        nn.Conv1d(6, 4, 2, padding=1, padding_mode="circular"),
        nn.ReLU(),
        nn.GroupNorm(2, 4),
        nn.Flatten(),
        nn.Linear(24, 2),
    )


def three_dimensional():
    return nn.Sequential(
        nn.Conv3d(2, 4, 2, stride=(1, 2, 1)),
        nn.ReLU(),
        nn.Conv3d(4, 4, 1, groups=4),
        nn.Flatten(),
        nn.Linear(32, 1),
    )


def normalised():
    return nn.Sequential(
        nn.Linear(5, 4), nn.RMSNorm(4), nn.LayerNorm(4, bias=False), nn.Linear(4, 1)
    )


def partly_frozen():
    model = multilayer()
    model[0].weight.requires_grad_(False)
    model[4].bias.requires_grad_(False)
    return model


def reparametrized():
    return nn.Sequential(weight_norm(nn.Linear(5, 6)), nn.Tanh(), nn.Linear(6, 2))


def positions():
    """Return a linear map at few positions: pairs of positions may win."""
    return nn.Sequential(nn.Linear(5, 12), nn.Tanh(), nn.Linear(12, 4), nn.Flatten())


NAMES = (
    "multilayer",
    "convolutional",
    "one_dimensional",
    "three_dimensional",
    "tied",
    "attention",
    "raw",
    "used_twice",
    "time_first",
    "time_first_square",
    "recurrent",
    "weight_beside_its_layer",
    "branches",
    "normalised",
    "partly_frozen",
    "reparametrized",
    "positions",
)


def module_and_points(name):
    """Return the module in evaluation mode, float32, and its points."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        rows, series = torch.randn(7, 5), torch.randn(7, 6, 5)
        images = torch.randn(7, 4, 9, 8)
        made = {
            "multilayer": lambda: (multilayer(), rows),
            "convolutional": lambda: (convolutional(images), images),
            "one_dimensional": lambda: (one_dimensional(), series),
            "three_dimensional": lambda: (
                three_dimensional(),
                torch.randn(5, 2, 3, 4, 3),
            ),
            "tied": lambda: (TiedEmbedding(), torch.randint(0, 11, (7, 5))),
            "attention": lambda: (Attention(), series),
            "raw": lambda: (RawParameters(), rows),
            "used_twice": lambda: (UsedTwice(), rows),
            "time_first": lambda: (TimeFirst(), series),
            "time_first_square": lambda: (TimeFirst(), torch.randn(6, 6, 5)),
            "recurrent": lambda: (Recurrent(), series),
            "weight_beside_its_layer": lambda: (WeightBesideItsLayer(), rows),
            "branches": lambda: (Branches(), rows),
            "normalised": lambda: (normalised(), rows),
            "partly_frozen": lambda: (partly_frozen(), rows),
            "reparametrized": lambda: (reparametrized(), rows),
            "positions": lambda: (positions(), torch.randn(7, 2, 5)),
        }
        model, points = made[name]()
        return model.eval(), points


def in_float64(model, points):
    """Return a float64 twin that autograd may work on."""
    twin = copy.deepcopy(model).double()
    return twin, points.double() if points.is_floating_point() else points


def jacobian_by_autograd(model, points):
    """Return (n, c, p), a point and an output at a time."""
    twin, given = in_float64(model, points)
    parameters = [each for each in twin.parameters() if each.requires_grad]
    rows = []
    for at in range(len(given)):
        outputs = twin(given[at : at + 1]).reshape(-1)
        for value in outputs:
            slopes = torch.autograd.grad(
                value, parameters, retain_graph=True, allow_unused=True
            )
            rows.append(
                torch.cat(
                    [
                        torch.zeros(each.numel(), dtype=torch.float64)
                        if slope is None
                        else slope.reshape(-1)
                        for slope, each in zip(slopes, parameters, strict=True)
                    ]
                )
            )
    return torch.stack(rows).view(len(given), -1, len(rows[0]))
