"""The verdicts on one data set, for activations or for somebody's module."""

from collections.abc import Sequence
from typing import Any

from widthwise.activations import Activation
from widthwise.diagnosis._carry_out import carry_out
from widthwise.diagnosis._diagnosis import Diagnosis
from widthwise.diagnosis.activations import ActivationKnobs, ActivationsStudy
from widthwise.diagnosis.module import ModuleKnobs, ModuleStudy
from widthwise.diagnosis.study import Budget, Study, knobs_among
from widthwise.errors import InvalidArgumentError
from widthwise.laws import Law
from widthwise.progress import Progress

__all__ = ["diagnose", "plan", "plan_module"]


def diagnose(
    X: Any,
    y: Any = None,
    *,
    activations: Sequence[str | Activation] | str | Activation | None = None,
    law: str | Law = "sphere",
    widths: Any = None,
    trials: int = 10,
    seed: int = 0,
    probability: float = 0.99,
    bias: bool = False,
    center: bool = True,
    standardize: bool | None = None,
    budget: Budget | None = None,
    progress: Progress | None = None,
    module: Any = None,
    layer: str | None = None,
    input_shape: Sequence[int] | None = None,
    epochs: Any = 200,
    **reading: Any,
) -> Diagnosis:
    """Tell whether a network fits the data, how wide it must be and how fast it trains.

    Of a two-layer network with each of some activations; or, with `module`, of that
    module at its present weights.

    Parameters
    ----------
    X
        The points: an array or tensor of shape (n, d), a pandas or polars frame, a
        `datasets.Dataset`, the path of a file, or the name of a data set.
    y
        The labels, shape (n,); or the name of the target column of a frame or file;
        or None, for a verdict on ANY labels.
    activations
        Catalog names or `Activation` objects; by default relu, elu, swish, wendland0
        and wendland2.
    law
        Of the hidden weights, "sphere" or "gaussian".
    widths
        Numbers of hidden units at which κ(G) is measured; by default about eight from
        n to 10,000. The last (by default 2000) is the one whose training is predicted.
    trials
        Random networks per width.
    seed
        Every random number follows from it.
    probability
        With which the widths found and certified are to be enough.
    bias
        Append a constant coordinate before projecting to the unit sphere.
    center
        Take the mean off the labels first, as an intercept does: the network is
        f(x) = ȳ + Σ v_r σ(w_r·x)/√m, and residuals are parts of ‖y − ȳ‖.
    standardize
        Whether each column is brought to mean 0 and deviation 1 before rows are
        projected to the unit sphere. By default, unless every row has norm 1 already.
    budget
        Memory, nominal time and rows; a larger table is diagnosed on a random sample.
    progress
        Called with (fraction, what is being done).
    module
        Any torch module that maps (n, ...) to (n,) or (n, c), each row for itself. The
        rows are given to it as they are, unless `standardize` is True, and y may have
        shape (n, c); labels of c classes become c columns of 0 and 1. It is left as it
        is. Activations, law, widths, trials and bias have no meaning then.
    layer
        Dotted name of the layer whose output are the features, such as the activation
        before the readout; when None, what the last linear map is given.
    input_shape
        The shape in which the module takes one row, such as (1, 28, 28).
    epochs
        Steps of the module's real run, laid over the predicted one; 0 for none.
    reading
        Passed to `datasets.read` (`one_hot`, `drop_missing`, `drop`, ...) or to
        `datasets.load`.

    Returns
    -------
    Diagnosis
        Verdicts, evidence, and ways to show them.

    Raises
    ------
    WidthwiseError
        For anything in the data or the arguments that has no meaning, in one sentence.
    InterruptedDiagnosis
        On Ctrl-C, with what was finished.

    Source
    ------
    Benson, Damle and Townsend (2020), arXiv:2010.15959, for the questions.
    Cost: O(trials · m · n²) time for the widest m, O(n²) memory; of a module with p
    parameters and c outputs O(n² c² p + n³ c³) time at most, O(n² c²) memory.

    Examples
    --------
    >>> import widthwise as ww
    >>> data = ww.datasets.uniform_sphere(12, 3)
    >>> found = ww.diagnose(data, activations="relu", widths=(20,), trials=1)
    >>> len(found.verdicts), found.table().columns[:2]
    (5, ['activation', 'fits any labels'])
    """
    if module is not None:
        _refuse_settings_of_activations(activations, widths, bias)
        study: Study[Any] = plan_module(
            module,
            X,
            y,
            ModuleKnobs(
                layer=layer,
                input_shape=None if input_shape is None else tuple(input_shape),
                epochs=epochs,
                seed=seed,
                standardize=standardize,
            ),
            budget=budget,
            **reading,
        )
    else:
        _refuse_settings_of_a_module(layer, input_shape)
        asked = ActivationKnobs(
            activations=activations,
            law=law,
            widths=widths,
            trials=trials,
            seed=seed,
            probability=probability,
            bias=bias,
            center=center,
            standardize=standardize,
        )
        study = plan(X, y, asked, budget=budget, **reading)
    return carry_out(study, progress=progress)


def plan(
    X: Any,
    y: Any = None,
    asked: ActivationKnobs | None = None,
    *,
    budget: Budget | None = None,
    **options: Any,
) -> ActivationsStudy:
    """Read and check everything, and predict the cost, without computing.

    Takes what `diagnose` takes for activations; the settings may be one object.

    Examples
    --------
    >>> import widthwise as ww
    >>> data = ww.datasets.uniform_sphere(12, 3)
    >>> plan = ww.diagnosis.plan(data, activations="relu", widths=(20,), trials=1)
    >>> plan.cost.rows, plan.settings.widths
    (12, (20,))
    """
    knobs, reading = knobs_among(ActivationKnobs, asked, options)
    return ActivationsStudy(X, y, knobs, budget or Budget(), reading)


def plan_module(
    module: Any,
    X: Any,
    y: Any = None,
    asked: ModuleKnobs | None = None,
    *,
    name: str | None = None,
    budget: Budget | None = None,
    **options: Any,
) -> ModuleStudy:
    """Read and check everything, and predict the cost, without computing.

    Takes what `diagnose` takes for a module; the settings may be one object. `name` is
    the module's, by default its class's.

    Examples
    --------
    >>> import widthwise as ww
    >>> data = ww.datasets.uniform_sphere(12, 3)
    >>> import torch
    >>> X, y = data.points, data.points[:, 0]
    >>> ww.diagnosis.plan_module(torch.nn.Linear(3, 1), X, y).cost.rows
    12
    """
    knobs, reading = knobs_among(ModuleKnobs, asked, options)
    return ModuleStudy(module, X, y, knobs, budget or Budget(), reading, name=name)


def _refuse_settings_of_activations(activations: Any, widths: Any, bias: bool) -> None:
    for name, is_set in (
        ("activations", activations is not None),
        ("widths", widths is not None),
        ("bias", bias),
    ):
        if is_set:
            raise InvalidArgumentError(
                f"{name} was given with a module, which has its own. Leave {name} out, "
                "or leave the module out."
            )


def _refuse_settings_of_a_module(layer: Any, input_shape: Any) -> None:
    for name, value in (("layer", layer), ("input_shape", input_shape)):
        if value is not None:
            raise InvalidArgumentError(
                f"{name} is {value!r} and no module was given. Give the module, or "
                f"leave {name} out."
            )
