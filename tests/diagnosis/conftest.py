import sys
from pathlib import Path

import pytest
import torch

import widthwise as ww

sys.path.insert(0, str(Path(__file__).parent))  # for the module they share

from small_module import INPUTS, ROWS, made


@pytest.fixture(scope="module")
def inputs():
    generator = torch.Generator().manual_seed(1)
    return torch.randn(ROWS, INPUTS, generator=generator, dtype=torch.float64)


@pytest.fixture(scope="module")
def labels():
    generator = torch.Generator().manual_seed(2)
    return torch.randn(ROWS, generator=generator, dtype=torch.float64)


@pytest.fixture(scope="module")
def found(inputs, labels):
    return ww.diagnose(inputs, labels, module=made(), epochs=30)
