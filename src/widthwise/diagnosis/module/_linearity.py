"""Whether a module is linear for a reason that its structure shows."""

from torch import nn

from widthwise.features.modules import trainable_parameters

__all__ = ["linearity"]

_AFFINE = (nn.Linear, nn.Identity, nn.Flatten, nn.Dropout)


def linearity(module: nn.Module, last_weights: str | None) -> str | None:
    """Return "weights", "inputs" or None, as the record's `linear_in` has it.

    Parameters
    ----------
    last_weights
        The name of the weights of the last linear map, where there is one.
    """
    if last_weights is not None:
        owner = last_weights.rpartition(".")[0]
        own = {last_weights, f"{owner}.bias" if owner else "bias"}
        if own.issuperset(trainable_parameters(module)):
            return "weights"
    parts = [each for each in module.modules() if type(each) is not nn.Sequential]
    # A container of another class may do anything in between.
    return "inputs" if all(type(each) in _AFFINE for each in parts) else None
