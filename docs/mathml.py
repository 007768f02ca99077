"""Formulas as MathML, which browsers draw with no script and no font from outside."""

import re

from latex2mathml.converter import convert
from sphinx.errors import SphinxError

SIZES = re.compile(r"\\[bB]igg?[lrm]?(?![a-zA-Z])")


def drawn(latex, display):
    """Return LaTeX as MathML; a command that the converter does not know is an error.

    Sphinx's own aligned formulas come as `split`, of which the converter knows the name
    `aligned`.
    """
    latex = latex.replace("{split}", "{aligned}").replace(
        r"\arg", r"\operatorname{arg}"
    )
    latex = SIZES.sub("", latex.strip())
    found = convert(latex, display=display)
    unknown = re.search(r"\\[a-zA-Z]+", re.sub(r"<mtext>.*?</mtext>", "", found))
    if unknown:
        raise SphinxError(f"{unknown[0]} is not drawn in the formula {latex!r}")
    return found


def visit_inline(self, node):
    from docutils.nodes import SkipNode

    self.body.append(drawn(node.astext(), "inline"))
    raise SkipNode


def visit_block(self, node):
    from docutils.nodes import SkipNode

    self.body.append(self.starttag(node, "div", CLASS="math formula"))
    self.body.append(drawn(node.astext(), "block") + "</div>")
    raise SkipNode


def setup(app):
    """Make it a choice of `html_math_renderer`."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
