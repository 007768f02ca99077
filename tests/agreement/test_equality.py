"""Objects that hold arrays compare by value, and never ask for an array's truth."""

import copy
import dataclasses
import inspect
from dataclasses import replace

import numpy as np
import torch

import widthwise as ww

POINTS = ww.datasets.load("uniform_sphere", count=6, dimension=3).points


def made():
    relu = ww.activations.get("relu")
    features = ww.features.RandomFeatures(relu, width=20, law="sphere", seed=0)
    phi = features.matrix(POINTS)
    y = torch.arange(6.0, dtype=torch.float64)
    yield ww.spectra.spectrum(phi @ phi.T)
    yield ww.readouts.minimum_norm(phi, y)
    yield ww.dynamics.landweber(phi, y)
    yield ww.dynamics.linear_model(phi, y)
    yield ww.diagnose(
        POINTS, y, activations="relu", widths=(6, 12), trials=1, probability=0.9
    )


def test_a_copy_is_equal_and_another_is_not():
    for each in made():
        twin = copy.deepcopy(each)
        assert each == twin
        assert each != 1
        name = dataclasses.fields(each)[0].name
        value = getattr(each, name)
        other = replace(value, content={}) if name == "record" else value + 1
        assert each != replace(each, **{name: other})


def test_nan_equals_itself_and_one_entry_makes_a_difference():
    same = ww.equality.equal_by_value
    assert same({"a": [np.array([1.0, np.nan])]}, {"a": [np.array([1.0, np.nan])]})
    assert not same(np.array([1.0, 2.0]), np.array([1.0, 3.0]))
    assert not same(np.array([1.0]), np.array([1]))
    assert same(float("nan"), float("nan"))
    assert not same((1, 2), [1, 2])


def public_classes():
    for room in ww.__all__:
        for name in getattr(getattr(ww, room), "__all__", ()):
            value = getattr(getattr(ww, room), name)
            if inspect.isclass(value) and dataclasses.is_dataclass(value):
                yield value


def test_no_public_class_with_arrays_has_the_generated_comparison():
    holds = [
        each.__name__
        for each in set(public_classes())
        for field in dataclasses.fields(each)
        if any(word in str(field.type) for word in ("Array[", "Array,", "ndarray"))
        and field.compare
        and each.__dict__.get("__eq__") is not None
        and each.__dict__["__eq__"] is not ww.equality.equal_by_value
    ]
    assert not holds
