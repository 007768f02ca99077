"""Numbers stay numbers until they are drawn, and one formatter draws them."""

import ast
import contextlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "src" / "widthwise"
FILES = sorted(ROOT.rglob("*.py"))
PROGRAMMED = "3.76e5", "1e-09", "2.5e+12"

MAY_LOOK = ("records/_migration.py", "datasets/tables/")
"""Records of earlier schemas have their numbers in sentences; tables are text."""


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def patterns(tree):
    """Return the regular expressions that stand in a file as they are."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str)
        ):
            yield node.args[0].value


def finds_numbers(pattern):
    """Say whether a pattern takes a programmed number whole, and not any word."""
    with contextlib.suppress(re.error):
        found = re.compile(pattern)
        if found.fullmatch("a sentence") or found.fullmatch("name"):
            return False
        return any(found.fullmatch(each) for each in PROGRAMMED)
    return False


def test_no_regular_expression_looks_for_numbers_in_a_sentence():
    looking = [
        name_of(path)
        for path in FILES
        for each in patterns(ast.parse(path.read_text(encoding="utf-8")))
        if finds_numbers(each)
    ]
    assert set(looking) == {name for name in looking if name.startswith(MAY_LOOK)}, (
        "keep the numbers apart with `prose.say`"
    )
    assert "records/_migration.py" in looking  # so the test can find one


def programmed(tree):
    """Return the lines that write a float with a programmed exponent, errors apart."""
    raised = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and node not in raised:
            form = "".join(
                each.value
                for each in getattr(node.format_spec, "values", ())
                if isinstance(each, ast.Constant)
            )
            if re.search(r"\.\d*[eg]$", form):
                yield node.lineno


WRITES = {
    "activations/_normalized.py": "a formula in LaTeX, whose digits are exact",
    "datasets/tables/_readings.py": "a number as a table would have it, to copy",
    "dynamics/linear/_factors.py": "a limit in an error",
    "networks/_layer.py": "a representation, as PyTorch has them",
    "numerics/accelerator.py": "why a device is left, in a warning",
    "numerics/memory.py": "a size with a unit that keeps it between 1 and 1,000",
    "sweeps/plan/_grid.py": "a setting of a trial, as its key has it",
    "wording/_quantities.py": "the digits that the formatter rounds",
    "wording/_written.py": "the formatter",
}
"""Who writes digits of floats, and why no reader meets an exponent there."""


def test_sentences_are_written_by_the_one_formatter():
    found = {
        name_of(path)
        for path in FILES
        if any(programmed(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert found == set(WRITES), "write numbers with `prose.say` or `wording.number`"


def test_only_prose_writes_plain_numbers():
    found = {
        name_of(path)
        for path in FILES
        if re.search(r"plain_(number|percent)", path.read_text(encoding="utf-8"))
    }
    assert {name for name in found if not name.startswith("wording/")} == {"prose.py"}


@pytest.mark.parametrize("value", [3.76e5, 1e-9, 2.5e12])
def test_a_sentence_is_drawn_without_a_programmed_exponent(value):
    from widthwise.prose import say, shown

    drawn = shown("why: " + say("{} of {:2}", value, value))
    assert "×10" in drawn or "10⁻" in drawn
    assert not re.search(r"\de[-+]?\d", drawn)
