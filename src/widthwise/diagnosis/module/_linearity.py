"""Whether a module is linear, by its structure or by evaluations."""

from torch import nn

from widthwise.arrays import Array
from widthwise.features.modules import affine_in, trainable_parameters

__all__ = ["linearity"]

_AFFINE = (nn.Linear, nn.Identity, nn.Flatten, nn.Dropout)


def linearity(
    module: nn.Module, last_weights: str | None, inputs: Array
) -> tuple[str | None, str | None]:
    """Return the record's `linear_in` and `linear_by`.

    Parameters
    ----------
    last_weights
        The name of the weights of the last linear map, where there is one.
    inputs
        Rows to evaluate at, where the structure does not tell.
    """
    if last_weights is not None:
        owner = last_weights.rpartition(".")[0]
        own = {last_weights, f"{owner}.bias" if owner else "bias"}
        if own.issuperset(trainable_parameters(module)):
            return "weights", "structure"
    parts = [each for each in module.modules() if type(each) is not nn.Sequential]
    # A container of another class may do anything in between.
    if all(type(each) in _AFFINE for each in parts):
        return "inputs", "structure"
    found = affine_in(module, inputs)
    return found, None if found is None else "evaluations"
