"""The page to play with in a real browser: its numbers are the library's."""

import math

import numpy as np
import pytest
import torch
from page_checks import CONTRAST
from page_visitor import Visitor

from widthwise import activations, datasets, features, kernels, laws, readouts
from widthwise.experiments import exploration
from widthwise.report import explore_page
from widthwise.seeds import derive
from widthwise.spectra import feature_spectrum, spectrum

pytestmark = [
    pytest.mark.browser,
    # Playwright's event loop outlives its pipes at exit; nothing of ours is open.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

# A function, since the policy of the page lets no text be run.
_READY = "() => explore.waiting === null && !explore.pending"
_SET = """change => {
  Object.assign(explore.state, change);
  explore.update(); clearTimeout(explore.waiting); explore.learn();
  return explore.found;
}"""
_POINTS = [
    (-0.9, 0.4),
    (-0.53, -1.0),
    (-0.2, 0.7),
    (0.14, -0.3),
    (0.45, 1.1),
    (0.82, 0),
]
_GRID = (2 * np.arange(120) + 1) / 120 - 1
# Rounding is 1e-16; the condition numbers of these features are below 1e8.
_CLOSE = {"rel": 1e-6, "abs": 1e-8}


@pytest.fixture(scope="module")
def seeds():
    return exploration().content["seeds"]


@pytest.fixture(scope="module")
def visitor(browser, tmp_path_factory):
    """Return what opens this page; no other is drawn for it."""
    folder = tmp_path_factory.mktemp("explore")
    page = explore_page(exploration())
    (folder / "explore.html").write_text(page, encoding="utf-8")
    found = Visitor(browser, folder)
    yield found
    found.close()


@pytest.fixture
def page(visit):
    return visit("explore", fresh=True)


def lifted(positions, bias):
    rows = np.column_stack([positions, np.full(len(positions), bias)])
    return torch.from_numpy(rows / np.linalg.norm(rows, axis=1)[:, None])


def on(shape, positions, bias):
    angles = math.pi * np.asarray(positions)
    ring = np.column_stack([np.cos(angles), np.sin(angles)])
    return lifted(np.asarray(positions)[:, None] if shape == "line" else ring, bias)


def chosen(**settings):
    points = [{"t": t, "y": y} for t, y in _POINTS]
    return {"points": points, "penalty": 1e-2, "steps": 300, **settings}


CASES = [
    ("line", "relu", "gaussian", 64, 1.0),
    ("line", "elu", "sphere", 16, 0.7),
    ("circle", "leaky_relu", "sphere", 24, 0.5),
    ("circle", "swish", "gaussian", 4, 1.0),
    ("circle", "gelu", "gaussian", 128, 1.0),
    ("circle", "tanh", "gaussian", 48, 0.3),
    ("circle", "erf", "sphere", 32, 0.0),
    ("circle", "wendland0", "sphere", 256, 0.4),
    ("line", "wendland2", "sphere", 96, 0.4),
]


@pytest.mark.parametrize(("shape", "activation", "law", "width", "bias"), CASES)
def test_features_fits_and_kernels_are_the_librarys(
    page, seeds, shape, activation, law, width, bias
):
    settings = {"activation": activation, "law": law, "width": width, "depth": 1}
    found = page.evaluate(
        _SET, chosen(shape=shape, bias=bias, draw=1, truth="corner", **settings)
    )
    positions, labels = (np.array(each) for each in zip(*_POINTS, strict=True))
    x, grid = on(shape, positions, bias), on(shape, _GRID, bias)
    layer = features.RandomFeatures(activation, width, law, seed=seeds[1])
    phi, others = layer.matrix(x), layer.matrix(grid)
    np.testing.assert_allclose(found["matrix"], phi, atol=1e-12)

    values = feature_spectrum(x, layer)
    assert found["rank"] == values.rank
    np.testing.assert_allclose(
        found["eigenvalues"], values.eigenvalues, rtol=1e-6, atol=1e-13
    )
    y = torch.from_numpy(labels)
    weights = {
        "minimum": readouts.minimum_norm(phi, y).solution,
        "ridge": readouts.ridge_path(phi, y, [0.01], intercept=False).solution(0.01),
        "steps": readouts.early_stopping(phi, y, [300], intercept=False).solution(300),
    }
    truth = torch.from_numpy(1 - 2 * np.abs(_GRID))
    for name, v in weights.items():
        fit = found["fits"][name]
        assert fit["values"] == pytest.approx((others @ v).tolist(), **_CLOSE), name
        error = float(((others @ v - truth) ** 2).mean())
        assert fit["testError"] == pytest.approx(error, **_CLOSE), name

    limit = kernels.conjugate_kernel(x, activation, laws.get(law, x.shape[1]))
    np.testing.assert_allclose(found["limit"]["matrix"], limit, atol=1e-13)
    assert found["limit"]["condition"] == pytest.approx(
        spectrum(limit).condition_number, rel=1e-6
    )
    cross = kernels.conjugate_kernel(x, activation, law, other=grid)
    wanted = cross.T @ torch.linalg.solve(limit, y)
    assert found["limit"]["values"] == pytest.approx(wanted.tolist(), **_CLOSE)


@pytest.mark.parametrize("depth", [2, 3])
def test_deeper_layers_keep_variance_one_and_the_limit_is_the_deep_kernel(
    page, seeds, depth
):
    settings = {"shape": "circle", "activation": "tanh", "law": "gaussian"}
    found = page.evaluate(
        _SET, chosen(**settings, width=48, depth=depth, bias=0.5, draw=2)
    )
    x = on("circle", [t for t, _ in _POINTS], 0.5)
    tanh = activations.get("tanh")
    scale = 1 / math.sqrt(kernels.dual(tanh, "gaussian").value_at_one)
    hidden = tanh(x @ laws.Gaussian().weights(seeds[2], 3, 0, 48).T)
    for layer in range(2, depth + 1):
        inner = derive(seeds[2], "explore/layer", layer)
        w = laws.Gaussian().weights(inner, 64, 0, 48)[:, :48]
        hidden = tanh(scale * hidden @ w.T / math.sqrt(48))
    np.testing.assert_allclose(found["gram"], hidden @ hidden.T / 48, atol=1e-12)

    layers = [kernels.HiddenLayer(tanh, math.sqrt(3))]
    layers += [kernels.HiddenLayer(tanh, scale)] * (depth - 1)
    limit, _ = kernels.deep_kernels(x, layers)
    np.testing.assert_allclose(found["limit"]["matrix"], limit, atol=1e-12)


def test_error_against_width_is_the_median_of_the_draws(page, seeds):
    settings = {"shape": "line", "activation": "relu", "law": "gaussian", "depth": 1}
    found = page.evaluate(_SET, chosen(**settings, width=64, bias=1.0, truth="wave"))
    x, grid = (on("line", t, 1.0) for t in ([t for t, _ in _POINTS], _GRID))
    y = torch.tensor([y for _, y in _POINTS], dtype=torch.float64)
    truth = torch.from_numpy(np.sin(math.pi * _GRID))
    shown = {row["width"]: row["ridge"] for row in found["learning"]}
    for width in (1, 6, 20, 256):
        errors = []
        for seed in seeds:
            layer = features.RandomFeatures("relu", width, "gaussian", seed=seed)
            path = readouts.ridge_path(layer.matrix(x), y, [0.01], intercept=False)
            fit = path.predict(layer.matrix(grid), 0.01)
            errors.append(float(((fit - truth) ** 2).mean()))
        assert shown[width] == pytest.approx(np.median(errors), rel=1e-6)


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "swish", "gelu"])
def test_the_cube_is_out_of_reach_until_there_is_bias(page, activation):
    change = chosen(activation=activation, law="sphere", depth=1, width=256)
    bare = page.evaluate(_SET, {**change, "cubeBias": 0})["cube"]
    assert bare["unreachable"] == pytest.approx(1.0, abs=1e-9)
    assert bare["rank"] == bare["limit"]["rank"] == 7
    points = datasets.bad_points(4)
    kernel = kernels.conjugate_kernel(points, activation, "sphere")
    np.testing.assert_allclose(
        bare["limit"]["eigenvalues"], spectrum(kernel).eigenvalues, atol=1e-13
    )
    biased = page.evaluate(_SET, {**change, "cubeBias": 1.0})["cube"]
    assert biased["limit"]["rank"] == 8
    assert biased["unreachable"] < 1e-9


@pytest.mark.parametrize("activation", ["tanh", "erf"])
def test_odd_activations_reach_these_labels_of_the_cube_and_not_all(page, activation):
    change = chosen(activation=activation, law="gaussian", depth=1, width=256)
    found = page.evaluate(_SET, {**change, "cubeBias": 0})["cube"]
    assert found["rank"] == found["limit"]["rank"] == 4  # one for each pair p, -p
    assert found["unreachable"] < 1e-9
    assert "others are not" in page.locator("#explore-cube-why").text_content()


def test_a_point_moves_by_mouse_and_by_keys(page):
    first = page.locator("#explore-fit [data-point='0']")
    box = first.locator(".disc").bounding_box()
    before = page.evaluate("explore.state.points[0]")
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y - 30)
    page.mouse.up()
    page.wait_for_function(_READY)
    after = page.evaluate("explore.state.points[0]")
    assert after["t"] > before["t"]
    assert after["y"] > before["y"]
    first.focus()
    page.keyboard.press("ArrowUp")
    page.wait_for_function(_READY)
    page.keyboard.press("ArrowLeft")  # The focus is still there once it is drawn again.
    page.wait_for_function(_READY)
    moved = page.evaluate("explore.state.points[0]")
    assert moved["y"] == pytest.approx(after["y"] + 0.05)
    assert moved["t"] == pytest.approx(after["t"] - 0.05)
    assert "label" in first.get_attribute("aria-valuetext")


def test_every_control_changes_what_is_shown(page):
    shown = "[...document.querySelectorAll('svg.drawing path')].map(p => p.outerHTML)"
    for name, value in (
        *(("width", "9"), ("bias", "0.2"), ("depth", "2"), ("activation", "tanh")),
        *(("draw", "2"), ("shape", "line"), ("truth", "step")),
        *(("penalty", "0.5"), ("steps", "1"), ("law", "sphere")),
    ):
        before = page.evaluate(shown)
        page.evaluate(
            """([name, value]) => {
              const control = document.getElementById(`explore-${name}`);
              control.value = value;
              control.dispatchEvent(new Event("input", { bubbles: true }));
            }""",
            [name, value],
        )
        page.wait_for_function(_READY)
        assert page.evaluate(shown) != before, name
    page.get_by_role("button", name="One point more").click()
    page.wait_for_function("() => explore.found.eigenvalues.length === 9")
    page.get_by_role("button", name="random signs").click()
    page.wait_for_function(
        "() => explore.state.points.every(({ y }) => Math.abs(y) === 1)"
    )


def test_wendland_functions_take_the_sphere_law_alone(page):
    page.locator("#explore-activation").select_option("wendland2")
    page.wait_for_function(_READY)
    assert page.locator("#explore-law").input_value() == "sphere"
    assert page.locator("#explore-law option[value=gaussian]").is_disabled()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_and_its_text_can_be_read(page, scheme):
    page.emulate_media(color_scheme=scheme)
    assert page.evaluate(CONTRAST) == []
    for width in (1280, 820, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(_READY)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
