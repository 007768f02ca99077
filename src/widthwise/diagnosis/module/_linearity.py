"""Whether a module is linear, by its structure or by evaluations."""

from torch import nn

from widthwise.arrays import Array
from widthwise.features.modules import affine_in, trainable_parameters

__all__ = ["linearity"]

_AFFINE = (nn.Linear, nn.Identity, nn.Flatten, nn.Dropout)


def linearity(
    module: nn.Module, last: set[str | None], inputs: Array
) -> tuple[str | None, str | None]:
    """Return the record's `linear_in` and `linear_by`.

    Parameters
    ----------
    last
        The names of the weights and the bias of the last linear map; None for none.
    inputs
        Rows to evaluate at, where the structure does not tell.
    """
    if last != {None} and last.issuperset(trainable_parameters(module)):
        return "weights", "structure"
    parts = [each for each in module.modules() if type(each) is not nn.Sequential]
    # A container of another class may do anything in between.
    if all(type(each) in _AFFINE for each in parts):
        return "inputs", "structure"
    found = affine_in(module, inputs)
    return found, None if found is None else "evaluations"
