"""Every bound in the catalog keeps the promises of `WidthBound`."""

import inspect
import math
from dataclasses import replace

import pytest
import torch

from widthwise.activations import from_callable, get
from widthwise.arrays import Provenance
from widthwise.bounds import CATALOG, Width, benson_gaussian, benson_gaussian_full_rank
from widthwise.errors import InvalidArgumentError, KernelMismatchError
from widthwise.laws import Gaussian, Sphere
from widthwise.spectra import Spectrum

every_bound = pytest.mark.parametrize("bound", CATALOG.values(), ids=CATALOG)
OF_SOME = [each for each in CATALOG.values() if each.activations is not None]
OF_ANY = [each for each in CATALOG.values() if each.activations is None]


def named(bound):
    return bound.name


def with_label(**changes):
    origin = {
        "kernel": "conjugate",
        "activation": get("relu"),
        "law": Sphere(5),
        "dimension": 5,
        **changes,
    }
    eigenvalues = torch.tensor([0.5, 0.1], dtype=torch.float64)
    return Spectrum(eigenvalues, 0.0, Provenance(**origin))


@every_bound
def test_a_width_says_what_it_rests_on(bound, labelled):
    found = bound.width(labelled(bound))
    assert isinstance(found, Width)
    assert found.value == math.floor(found.value) >= 1
    assert found.is_certificate == bound.constant_is_known
    assert found.formula == bound.formula
    assert found.source is bound.source
    assert found.kernel == bound.kernel
    assert found.trust in {"derived", "recalled", "uncertain"}
    assert all(isinstance(each, str) and each for each in found.assumptions)
    if not bound.constant_is_known:
        assert "order of magnitude" in found.assumptions[-1]


@every_bound
def test_more_confidence_never_asks_for_less_width(bound, labelled):
    found = labelled(bound)
    widths = [bound.width(found, each).value for each in (0.5, 0.1, 1e-3, 1e-12)]
    assert widths == sorted(widths)


@every_bound
def test_a_smaller_eigenvalue_never_asks_for_less_width(bound, bare):
    widths = [bound.width(bare(1.0, each)).value for each in (0.5, 0.1, 1e-5, 1e-20)]
    assert widths == sorted(widths)
    assert widths[0] < widths[-1]


@every_bound
def test_numerically_singular_means_no_width(bound, bare):
    found = bound.width(bare(1.0, 1e-17, error_bound=1e-16))
    assert found.value == math.inf
    assert not found.is_certificate
    assert "numerically singular" in found.assumptions[-1]


@every_bound
def test_error_of_the_eigenvalues_only_widens(bound, bare):
    exact = bound.width(bare(1.0, 0.1)).value
    assert bound.width(bare(1.0, 0.1, error_bound=0.05)).value > exact


@every_bound
def test_an_unlabelled_spectrum_is_an_assumption(bound, bare):
    found = bound.width(bare(1.0, 0.1))
    assert any("carries no label" in each for each in found.assumptions)


@every_bound
@pytest.mark.parametrize("probability", [0, 1, -0.1, 1.5, math.nan])
def test_refuses_a_failure_probability_outside_the_open_interval(
    bound, bare, probability
):
    with pytest.raises(InvalidArgumentError, match="failure probability"):
        bound.width(bare(1.0, 0.1), probability)


@every_bound
def test_refuses_the_spectrum_of_another_kernel(bound):
    other = "tangent_inner" if bound.kernel == "conjugate" else "conjugate"
    for kernel in (other, "tangent_both", "features"):
        wrong = with_label(kernel=kernel)
        assert not bound.applies_to(wrong)
        with pytest.raises(KernelMismatchError, match=bound.name):
            bound.width(wrong)


@every_bound
def test_refuses_the_spectrum_of_another_law(bound):
    law = Sphere(5) if bound.law == "gaussian" else Gaussian()
    with pytest.raises(KernelMismatchError, match=f"law '{bound.law}'"):
        bound.width(with_label(kernel=bound.kernel, law=law))


@every_bound
def test_refuses_an_activation_outside_the_theorem(bound):
    law = Gaussian() if bound.law == "gaussian" else Sphere(5)
    for name in ("relu", "tanh"):
        act = get(name)
        fits = bound.activations is None or name in bound.activations
        fits = fits and act.smoothness >= bound.least_smoothness
        label = with_label(kernel=bound.kernel, law=law, activation=act)
        assert bound.applies_to(label) == fits


@pytest.mark.parametrize("bound", OF_SOME, ids=named)
def test_a_function_called_relu_is_not_the_rectifier(bound):
    mine = from_callable(torch.square, "relu", (0.0,))
    law = Gaussian() if bound.law == "gaussian" else Sphere(5)
    label = with_label(kernel=bound.kernel, law=law, activation=mine)
    assert "catalog's relu" in bound.mismatch(label)


@every_bound
def test_one_point_is_enough(bound, bare):
    assert bound.width(bare(0.25)).value >= 1


@every_bound
def test_the_constant_is_a_keyword_exactly_where_it_is_unknown(bound, bare):
    has_keyword = "constant" in inspect.signature(bound.width).parameters
    assert has_keyword == (not bound.constant_is_known)
    if has_keyword:
        found = bound.width(bare(1.0, 0.1), constant=3.0)
        assert found.value > bound.width(bare(1.0, 0.1)).value
        assert not found.is_certificate
        assert "the constant 3 is the caller's" in found.assumptions[-1]
        with pytest.raises(InvalidArgumentError, match="constant"):
            bound.width(bare(1.0, 0.1), constant=0.0)


@every_bound
def test_the_outer_tangent_kernel_is_the_conjugate_kernel(bound):
    if bound.kernel == "conjugate":
        law = Gaussian() if bound.law == "gaussian" else Sphere(5)
        assert bound.applies_to(with_label(kernel="tangent_outer", law=law))


@pytest.mark.parametrize("bound", [benson_gaussian, benson_gaussian_full_rank])
def test_no_linear_growth_means_no_width(bound):
    found = bound.width(with_label(law=Gaussian(), activation=get("exp")))
    assert found.value == math.inf
    assert "no B has |exp(z)|" in found.assumptions[-1]


@pytest.mark.parametrize("bound", OF_ANY, ids=named)
def test_a_sampled_activation_gives_no_certificate(bound, labelled):
    origin = labelled(bound).provenance
    mine = from_callable(origin.activation.__call__, "mine", (0.0,))
    eigenvalues = torch.tensor([0.5, 0.1], dtype=torch.float64)
    label = replace(origin, activation=mine)
    found = bound.width(Spectrum(eigenvalues, 0.0, label))
    proved = bound.width(Spectrum(eigenvalues, 0.0, origin))
    assert proved.is_certificate == bound.constant_is_known
    assert not found.is_certificate
    assert found.value == pytest.approx(proved.value, rel=1e-6)
    assert any("mine" in each and "samples" in each for each in found.assumptions)
