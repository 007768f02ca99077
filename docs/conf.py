"""The site: Markdown pages, executed examples, and the reference from docstrings."""

import re
import sys
from pathlib import Path

import widthwise

sys.path.insert(0, str(Path(__file__).parent))

import record_page
import reference_pages

# The page on the record and its schemas are made from the classes of the records, the
# reference from the doors of the rooms.
record_page.main()
reference_pages.main()

project = "widthwise"
author = "The widthwise developers"
project_copyright = author
version = release = widthwise.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx_gallery.gen_gallery",
    "interactive_pages",
    "mathml",
    "offline",
]
html_math_renderer = "mathml"
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
exclude_patterns = [
    "_build",
    "examples",
    "lesson",
    "schemas",
    "**/.ipynb_checkpoints",
]
html_theme = "furo"
html_title = f"widthwise {release}"
html_show_sourcelink = False
html_extra_path = ["schemas"]
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = ["keyboard.js"]

myst_enable_extensions = ["amsmath", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

# A script in examples/ is run when the site is built; one that fails, fails the build.
sphinx_gallery_conf = {
    "examples_dirs": ["examples", "lesson"],
    "gallery_dirs": ["gallery", "class"],
    "filename_pattern": r"\.py$",
    "abort_on_example_error": True,
    "image_scrapers": ("matplotlib",),
    "reset_modules": ("matplotlib",),
    "parallel": True,  # with as many processes as -j of the build
    "download_all_examples": False,
    "show_memory": False,
    "show_signature": False,
    "min_reported_time": 600,
    "write_computation_times": False,
    "within_subsection_order": "teaching_order.TeachingOrder",
}

autosummary_generate = False
# The tree beside each page is copied for each page, with every entry in it.
toc_object_entries = False
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False
napoleon_attr_annotations = False  # a class shows its types in its signature
napoleon_custom_sections = [
    ("Cost", "notes_style"),
    ("Returns", "notes_style"),  # sentences, whose first is no type
    ("Source", "notes_style"),
]
default_role = "literal"

# Docstrings are read in an editor more often than here, so they say $x$, `name` and
# "Cost: ..." on one line; reStructuredText also takes |x| for a substitution and a lone
# star for emphasis, which no docstring means.
ONE_LINE_SECTION = re.compile(r"^(?P<name>Cost|Source): ", re.MULTILINE)
SHARED_DESCRIPTION = re.compile(
    r"^(?P<names>\w+(?:, \w+)+)\n(?P<text>(?:    .*\n)+)", re.MULTILINE
)
TOKEN = re.compile(
    r"(?P<code>``.+?``|`[^`]+`|^[ ]*(?:>>>|\.\. math::) .*?(?=\n[ ]*\n|\Z))"
    r"|\$\$(?P<display>[^$]+)\$\$"
    r"|\$(?P<math>[^$]+)\$"
    r"|(?P<escaped>\||(?<=\w)\*|(?<=\S )\*(?= ))",
    re.DOTALL | re.MULTILINE,
)


def as_restructured_text(text: str) -> str:
    """Return a docstring with its mathematics and bars in reStructuredText."""

    def replace(found: re.Match[str]) -> str:
        if found["code"]:
            return found["code"]
        if found["escaped"]:
            return "\\" + found["escaped"]
        if found["display"]:
            start = text.rfind("\n", 0, found.start()) + 1
            indent = " " * (len(text[start:]) - len(text[start:].lstrip(" ")))
            formula = " ".join(found["display"].split())
            return f"\n\n{indent}.. math:: {formula}\n\n{indent}"
        return f":math:`{' '.join(found['math'].split())}`"

    return TOKEN.sub(replace, text)


def translate(app, what, name, obj, options, lines):  # noqa: ARG001
    text = "\n".join(lines)
    text = ONE_LINE_SECTION.sub(
        lambda found: f"\n{found['name']}\n{'-' * len(found['name'])}\n", text
    )
    if what == "class":
        text = SHARED_DESCRIPTION.sub(
            lambda found: "".join(
                f"{each}\n{found['text']}" for each in found["names"].split(", ")
            ),
            text,
        )
    lines[:] = as_restructured_text(text).split("\n")


def skip(app, what, name, obj, skipped, options):  # noqa: ARG001
    """Leave out what scikit-learn writes for each estimator in words of its own."""
    return skipped or name.endswith("_request") or None


ROWS = re.compile(r"(?:~?typing\.)?Annotated\[(?:~?typing\.)?Any, 'rows of numbers'\]")


def shorten(app, what, name, obj, options, signature, returned):  # noqa: ARG001
    """Call rows of numbers by their name."""
    return tuple(
        each and ROWS.sub("PointsLike", each) for each in (signature, returned)
    )


def setup(app):
    """Translate docstrings before napoleon reads their sections."""
    app.connect("autodoc-process-signature", shorten)
    app.connect("autodoc-process-docstring", translate, priority=400)
    app.connect("autodoc-skip-member", skip)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
