"""The code of README and of the site's pages runs, page by page."""

import re
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^( *)```python\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
BUILT = {"_build", "class", "gallery", "generated"}


def snippets(page):
    """Return the Python of a page, each with the number of its first line."""
    text = page.read_text(encoding="utf-8")
    return [
        (text.count("\n", 0, found.start(2)) + 1, textwrap.dedent(found[2]))
        for found in FENCE.finditer(text)
    ]


PAGES = [
    page
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    if not BUILT & set(page.relative_to(ROOT).parts) and snippets(page)
]


@pytest.mark.slow
@pytest.mark.usefixtures("experiments_only_checked")
@pytest.mark.parametrize(
    "page", PAGES, ids=lambda page: str(page.relative_to(ROOT).with_suffix(""))
)
def test_the_code_of_a_page_runs(page, belongings):
    """Its snippets share their names, as they do for whoever types them in."""
    names = {"__name__": "page", **belongings}
    for line, code in snippets(page):
        exec(compile("\n" * (line - 1) + code, str(page), "exec"), names)
