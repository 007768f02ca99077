"""What a diagnosis of a module refuses, and which inputs it takes."""

import pytest
import torch
from small_module import ROWS, made, part
from torch import nn

import widthwise as ww
from widthwise.diagnosis import InterruptedDiagnosis
from widthwise.errors import DataError, InvalidArgumentError, UnknownNameError


def test_images_are_taken_in_the_shape_of_the_module():
    torch.manual_seed(0)
    module = nn.Sequential(nn.Conv2d(1, 2, 2), nn.ReLU(), nn.Flatten(), nn.Linear(8, 1))
    pictures = torch.rand(6, 1, 3, 3)
    given = ww.diagnose(pictures, torch.arange(6.0), module=module, epochs=1)
    flat = ww.diagnose(
        pictures.reshape(6, 9),
        torch.arange(6.0),
        module=module,
        epochs=1,
        input_shape=(1, 3, 3),
    )
    assert given.record.content["parts"] == flat.record.content["parts"]
    assert flat.record.content["data"]["input_shape"] == [1, 3, 3]


def test_integers_reach_an_embedding():
    torch.manual_seed(0)
    module = nn.Sequential(nn.Embedding(7, 4), nn.Flatten(), nn.Linear(8, 1))
    words = torch.tensor([[0, 1], [2, 3], [4, 5], [6, 0]])
    found = ww.diagnose(words, torch.arange(4.0), module=module, epochs=1)
    assert found.record.content["module"]["feature_width"] == 8


def test_a_named_layer_gives_the_features(inputs, labels):
    found = ww.diagnose(inputs, labels, module=made(), layer="0", epochs=0)
    assert found.record.content["module"]["layer"] == "0"
    with torch.no_grad():
        values = torch.linalg.svdvals(made()[0](inputs))
    largest = part(found, "last_layer")["spectrum"]["largest"]
    assert largest == pytest.approx(float(values[0]) ** 2, rel=1e-12)


@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        ({"activations": "relu"}, InvalidArgumentError, "activations was given with"),
        ({"widths": 10}, InvalidArgumentError, "widths was given with a module"),
        ({"bias": True}, InvalidArgumentError, "bias was given with a module"),
        ({"epochs": -1}, InvalidArgumentError, "epochs is -1"),
        ({"epochs": 1.5}, InvalidArgumentError, "epochs is 1.5"),
        ({"input_shape": (2, 2)}, InvalidArgumentError, "2x2 holds 4 numbers"),
        ({"layer": "9"}, UnknownNameError, "'9'"),
        ({"module": "relu"}, InvalidArgumentError, "must be a torch.nn.Module"),
        ({"module": nn.ReLU()}, InvalidArgumentError, "no parameters"),
        ({"module": nn.Linear(5, 1)}, DataError, "The model fails"),
        ({"y": torch.zeros(3)}, DataError, "3"),
        ({"y": torch.zeros(ROWS, 2)}, DataError, "2 columns and the module 1"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_has_no_meaning_is_refused(inputs, labels, changes, error, said):
    given = {"y": labels, "module": made(), "epochs": 1} | changes
    with pytest.raises(error, match=said) as caught:
        ww.diagnose(inputs, **given)
    assert "\n" not in str(caught.value)


def test_settings_of_a_module_need_one(inputs, labels):
    with pytest.raises(InvalidArgumentError, match="no module was given"):
        ww.diagnose(inputs, labels, layer="2")


def test_labels_that_are_fitted_already_are_refused(inputs):
    module = made()
    with torch.no_grad():
        outputs = module(inputs)[:, 0]
    with pytest.raises(DataError, match="nothing to train"):
        ww.diagnose(inputs, outputs, module=module)


def test_an_interrupted_run_keeps_what_was_found(inputs, labels):
    def interrupt(_fraction, text):
        if "real run" in text:
            raise KeyboardInterrupt

    with pytest.raises(InterruptedDiagnosis) as caught:
        ww.diagnose(inputs, labels, module=made(), progress=interrupt)
    partial = caught.value.partial
    assert not partial.record.content["complete"]
    assert partial.record.content["curve"] is None
    assert part(partial, "tangent")["spectrum"]["rank"] == ROWS
