"""Makes the modules beside the tests of this room importable."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # for fraction_elimination
