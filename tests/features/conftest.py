"""The modules that several files test."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for the zoo of modules

import module_zoo


@pytest.fixture(params=module_zoo.NAMES)
def architecture(request):
    """Return a module and its points, of each kind in turn."""
    return module_zoo.module_and_points(request.param)
