"""Print the lowest versions that pyproject.toml allows, as a pip constraints file.

torch alone keeps the version of constraints.txt: an older one is no smaller a download.
Usage: lowest.py EXTRA ... > constraints, in the folder of pyproject.toml.
"""

import re
import sys
import tomllib
from pathlib import Path

project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]
asked = list(project["dependencies"])
for extra in sys.argv[1:]:
    asked += project["optional-dependencies"][extra]
for name, version in re.findall(r"^([\w-]+)>=([\d.]+)", "\n".join(asked), re.M):
    if name != "torch":
        print(f"{name}=={version}")
print(Path("constraints.txt").read_text("utf-8"), end="")
