"""Test `from_callable`: it finds what the catalog states of its own functions."""

import math
import pickle

import numpy as np
import pytest
import torch
from scipy import special
from torch.nn import functional

from widthwise.activations import CATALOG, from_callable, get
from widthwise.errors import InvalidArgumentError, OutsideDomainError

GRID = torch.linspace(-1.0, 1.0, 1001, dtype=torch.float64)
EXAMPLES = [family(**family.example) for family in CATALOG.values()]


@pytest.fixture(params=EXAMPLES, ids=repr)
def known(request):
    """Return an activation of the catalog."""
    return request.param


@pytest.fixture
def found(known):
    """Return the same function as a caller gives it."""
    return from_callable(known.__call__, "mine", known.breakpoints, domain=known.domain)


def test_values_are_the_function_s(known, found):
    assert torch.equal(found(GRID), known(GRID))
    assert found.name == "mine"
    assert found.domain == known.domain


def test_derivative_is_found(known, found):
    # At a singular end of the domain autograd is asked one float inside, where the
    # slope differs by the root of that step.
    z = GRID[:-1] if known.domain[1] == 1.0 else GRID
    expected = known.derivative(z)
    # At a step, autograd knows nothing and differences give 1e-12.
    torch.testing.assert_close(found.derivative(z), expected, rtol=1e-9, atol=1e-10)


def test_right_derivative_at_breakpoints_is_found(known, found):
    inside = [point for point in known.breakpoints if point < known.domain[1]]
    at = torch.tensor(inside, dtype=torch.float64)
    torch.testing.assert_close(
        found.derivative(at), known.derivative(at), rtol=1e-9, atol=1e-10
    )


def test_bound_and_lipschitz_constant_are_upper_and_close(known, found):
    assert known.bound * (1 - 1e-14) <= found.bound <= known.bound * (1 + 2e-8)
    if known.lipschitz == math.inf:
        assert found.lipschitz == math.inf
    else:
        # Wendland2's slope falls from its largest like a root at the domain's end, and
        # is asked one float, 1.1e-16, inside: 2 u with u = 1.05e-8 for d = 3; autograd
        # divides the rounding of the others' slopes by that u, too.
        apart = 3.2e-8 if known.name.startswith("wendland") else 1e-11
        assert found.lipschitz >= known.lipschitz * (1 - apart)
        assert found.lipschitz <= known.lipschitz * (1 + apart)


def test_smoothness_is_found(known, found):
    # At the end of the domain only an infinite slope is looked for, not wendland2's
    # infinite second derivative; its jump at the edge is of order 4 for d = 3, that of
    # wendland4 of order 6, and that of wendland6 beyond what samples show.
    inside = {"wendland2": 4, "wendland4": 6, "wendland6": math.inf}
    assert found.smoothness == inside.get(known.name, known.smoothness)


def test_linear_growth_is_found(known, found):
    assert found.linear_growth == pytest.approx(known.linear_growth, rel=1e-6)


@pytest.mark.parametrize("radius", [1.0, math.inf])
def test_parity_parts_are_found(known, found, radius):
    for part, expected in (
        (found.even_part(radius), known.even_part(radius)),
        (found.odd_part(radius), known.odd_part(radius)),
    ):
        assert (part is None) == (expected is None)
        if expected is not None:
            assert len(part) == len(expected)
            np.testing.assert_allclose(part, expected, rtol=1e-12, atol=1e-12)
    assert not found.parity_is_exact
    assert found.parity == known.parity


@pytest.mark.parametrize(
    "fn", [np.tanh, math.tanh, torch.tanh], ids=["numpy", "math", "torch"]
)
def test_numpy_and_plain_functions_work(fn):
    activation = from_callable(fn)
    assert activation.name == "tanh"
    torch.testing.assert_close(activation(GRID), torch.tanh(GRID), rtol=1e-15, atol=0)
    slope = 1 - torch.tanh(GRID) ** 2
    error = float((activation.derivative(GRID) - slope).abs().max())
    assert error <= max(activation.derivative_error, 1e-15) * 10 < 1e-11
    assert activation(GRID.float()).dtype == torch.float32
    assert activation.derivative(GRID.float()).dtype == torch.float32
    assert activation(torch.tensor([0, 1])).dtype == torch.float64
    assert activation(GRID.reshape(7, 11, 13)).shape == (7, 11, 13)


def test_numerical_derivative_holds_far_out_and_beside_breakpoints():
    activation = from_callable(
        lambda z: np.where(z < 0.5, np.sin(3 * z), np.exp(-z) + z), "mine", (0.5,)
    )
    z = np.concatenate([np.linspace(-60, 60, 999), 0.5 + np.array([-1e-9, 0, 1e-9])])
    expected = np.where(z < 0.5, 3 * np.cos(3 * z), 1 - np.exp(-z))
    slope = activation.derivative(torch.from_numpy(z)).numpy()
    # Values up to 60 carry 1e-14, over a window of 0.1, times nodes² = 144.
    np.testing.assert_allclose(slope, expected, rtol=0, atol=1e-10)
    assert activation.derivative_method == "numerical"
    assert activation.smoothness == 0
    assert activation.lipschitz == math.inf


def test_modules_work():
    activation = from_callable(torch.nn.PReLU(init=0.1).double(), "prelu", (0.0,))
    assert not activation(GRID).requires_grad
    torch.testing.assert_close(
        activation(GRID), get("leaky_relu", negative_slope=0.1)(GRID)
    )
    assert activation.odd_part(1.0) == pytest.approx((0.0, 0.55))


def test_given_derivative_is_used_and_checked():
    activation = from_callable(torch.sin, derivative=torch.cos)
    assert activation.derivative_method == "given"
    assert torch.equal(activation.derivative(GRID), torch.cos(GRID))
    with pytest.raises(InvalidArgumentError, match="derivative given for 'sin' is"):
        from_callable(torch.sin, derivative=torch.sin)


def test_a_gradient_cut_inside_the_function_is_noticed():
    activation = from_callable(lambda z: z * z.detach(), "square")
    assert activation.derivative_method == "numerical"
    torch.testing.assert_close(
        activation.derivative(GRID), 2 * GRID, rtol=0, atol=1e-11
    )


@pytest.mark.parametrize(
    "fn",
    [torch.sin, torch.exp, lambda z: torch.exp(z / 100), torch.erf, special.expit],
    ids=["sin", "exp", "slow exp", "erf", "expit"],
)
def test_smooth_functions_are_not_taken_for_polynomials(fn):
    """On [-1, 1] each agrees with a polynomial of degree 15 to the last bit."""
    activation = from_callable(fn, "mine")
    assert activation.odd_part(1.0) is None


@pytest.mark.parametrize("seed", range(5))
def test_polynomials_are_found_with_their_coefficients(seed):
    rng = np.random.default_rng(seed)
    c = rng.normal(size=rng.integers(2, 13))
    activation = from_callable(
        get("polynomial", coefficients=tuple(c.tolist())).__call__
    )
    exact = get("polynomial", coefficients=tuple(c.tolist()))
    for part, expected in (
        (activation.even_part(1.0), exact.even_part(1.0)),
        (activation.odd_part(1.0), exact.odd_part(1.0)),
    ):
        # T_11 has monomial coefficients up to 2816.
        np.testing.assert_allclose(part, expected, rtol=0, atol=1e-10)


def test_sum_of_a_line_and_a_bump_has_a_linear_odd_part():
    activation = from_callable(lambda z: z + torch.exp(-(z**2)), "mine")
    assert activation.odd_part(math.inf) == pytest.approx((0.0, 1.0), abs=1e-13)
    assert activation.even_part(math.inf) is None
    assert activation.linear_growth == math.inf


def test_infinite_slope_has_no_lipschitz_constant():
    root = from_callable(lambda z: z.abs().sqrt(), "root", (0.0,))
    assert root.lipschitz == math.inf
    assert root.smoothness == 1
    assert from_callable(torch.asin, domain=(-1, 1)).lipschitz == math.inf


def test_lipschitz_constant_of_a_steep_function_is_resolved():
    steep = from_callable(lambda z: torch.tanh(1000 * z), "steep")
    assert steep.lipschitz == pytest.approx(1000.0, rel=1e-10)


def test_values_outside_the_domain_are_refused():
    activation = from_callable(torch.asin, domain=(-1.0, 1.0))
    assert (
        float(activation(torch.tensor(1 + 1e-13, dtype=torch.float64))) == math.pi / 2
    )
    with pytest.raises(OutsideDomainError, match="asin is defined on"):
        activation(torch.tensor([0.0, 1.1]))


def test_same_function_gives_equal_activations():
    first, second = from_callable(torch.tanh), from_callable(torch.tanh)
    assert first == second
    assert hash(first) == hash(second)
    assert first != from_callable(torch.tanh, "other")
    assert pickle.loads(pickle.dumps(first)) == first


REFUSED = {
    "fails": (lambda z: z.nothing, "failed on a float64 tensor"),
    "constant": (lambda _: 1.0, "returned float"),
    "text": (lambda _: "a", "returned str"),
    "sum": (lambda z: z.sum(), r"shape \(\) for input of shape \(3, 4\)"),
    "complex": (lambda z: torch.sqrt(z + 0j), "complex"),
    "float32": (lambda z: z.float(), "float32 for float64 input"),
    "through float32": (
        lambda z: torch.tanh(z.float()).double(),
        r"computes in float32 and returns float64 \(its values are float32",
    ),
    "of float32": (
        lambda z: 1.1 * torch.tanh(z.to(torch.float32)).to(z.dtype),
        r"its argument below float32's precision changes nothing\), and verdicts need",
    ),
    "cancels": (lambda z: (z + 1e9) ** 2 - 1e18, "jumps near"),
    "softmax": (lambda z: torch.softmax(z.reshape(-1), 0).reshape(z.shape), "element"),
    "dropout": (lambda z: functional.dropout(z), "random"),
    "rare dropout": (lambda z: functional.dropout(z, 0.05), "random"),
    "in place": (lambda z: z.clamp_(min=0), "overwrites its input"),
    "logarithm": (torch.log, "nan at z = -1"),
    "pole": (lambda z: 1 / z, "inf at z = 0"),
    "rectifier": (torch.relu, r"near z = 0, .*breakpoints=\(0,\)"),
    "jump": (lambda z: (z > 0.3).to(z.dtype), r"breakpoints=\(0\.3,\)"),
    "two": (
        lambda z: torch.relu(z + 0.25) - 0.5 * torch.relu(z - 5.0),
        r"breakpoints=\(-0\.25, 5,\)",
    ),
    "small kink": (lambda z: torch.exp(z) + 1e-3 * (z - 0.7).abs(), "z = 0.7"),
}


def test_a_derivative_through_float32_is_refused():
    def slope(z):
        return (1 - torch.tanh(z.float()) ** 2).double()

    with pytest.raises(InvalidArgumentError, match="The derivative of 'mine' computes"):
        from_callable(torch.tanh, "mine", derivative=slope)


STEPS = tuple(k / 40 for k in range(-400, 401))


@pytest.mark.parametrize(
    ("fn", "breakpoints"),
    [(lambda z: z**2 + 1e12, ()), (lambda z: torch.floor(40 * z) / 64, STEPS)],
    ids=["a large constant", "steps"],
)
def test_what_float64_itself_rounds_is_taken(fn, breakpoints):
    z = torch.tensor([0.3, -1.2], dtype=torch.float64)
    assert torch.equal(from_callable(fn, "mine", breakpoints=breakpoints)(z), fn(z))


@pytest.mark.parametrize(("fn", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_activation_is_refused_in_words(fn, message):
    with pytest.raises(InvalidArgumentError, match=message):
        from_callable(fn, "mine")


@pytest.mark.parametrize(
    "knobs",
    [
        {"breakpoints": (math.nan,)},
        {"breakpoints": (math.inf,)},
        {"breakpoints": (2.0,), "domain": (-1.0, 1.0)},
        {"domain": (0.0, 1.0)},
        {"domain": (1.0, -1.0)},
        {"domain": (math.nan, 1.0)},
    ],
    ids=repr,
)
def test_breakpoints_and_domains_without_meaning_are_refused(knobs):
    with pytest.raises(InvalidArgumentError, match="must"):
        from_callable(torch.tanh, **knobs)


BUMPS = [1e-2, 1e-3, 1e-4]


@pytest.mark.parametrize("width", BUMPS)
@pytest.mark.parametrize("library", ["torch", "numpy"])
def test_a_narrow_bump_is_in_every_constant(width, library):
    # The extrema of h exp(-s²) are known: h, and sqrt(2/e) / width for the slope.
    centre = 0.31370011

    def by_torch(z):
        return 3 * torch.exp(-(((z - centre) / width) ** 2))

    def by_numpy(z):
        return 3 * np.exp(-(((np.asarray(z) - centre) / width) ** 2))

    activation = from_callable(by_torch if library == "torch" else by_numpy, "bump")
    assert activation.constants_are_sampled
    slope = 3 * math.sqrt(2 / math.e) / width
    # 1e-11 is what is promised of the maxima; differences err as they say.
    assert activation.bound == pytest.approx(3.0, rel=1e-8)
    allowed = 1e-8 * slope + activation.derivative_error
    assert activation.lipschitz == pytest.approx(slope, abs=allowed)
    assert activation.derivative_error <= 1e-5 * slope
    growth = 3 / centre
    # The maximum of |σ(z)| / |z| is not at the centre, by a part of width / centre.
    assert growth * (1 - 1e-12) <= activation.linear_growth
    assert activation.linear_growth <= growth * (1 + (width / centre) ** 2)
    assert activation.derivative_method == (
        "autograd" if library == "torch" else "numerical"
    )


@pytest.mark.parametrize("width", BUMPS)
def test_the_given_derivative_of_a_narrow_bump_is_believed(width):
    def bump(z):
        return torch.exp(-(((z - 0.2) / width) ** 2))

    def slope(z):
        return -2 * (z - 0.2) / width**2 * bump(z)

    assert from_callable(bump, "bump", derivative=slope).derivative_method == "given"
    with pytest.raises(InvalidArgumentError, match="derivative given"):
        from_callable(bump, "bump", derivative=lambda z: -slope(z))


def test_catalog_constants_are_not_sampled():
    assert not get("relu").constants_are_sampled
    assert get("relu").narrow == ()
