"""Take a full run's record and figures into the documentation, with its page.

`python docs/adopt_reproduction.py OUT...`, where `widthwise reproduce` wrote OUT. A
page that stands keeps what was written by hand; where there is none (delete one whose
settings changed) it is drafted from the record. The index and the statements follow.
"""

import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from reproductions_pages import HERE, main, plain

from widthwise.records import Record
from widthwise.wording import number

_MOST_ROWS = 40
_LEAD = """\
# {title}

{question} {where}, {source}.

```python
import widthwise as ww

record = ww.experiments.CATALOG["{name}"].run(seed=0)
```

It took no time yet.

## Figures
"""
_FOLDER = """\
The run's record and all figures are in `docs/reproductions/{name}`: \
`widthwise report` draws its page, and `widthwise compare` sets your own run beside it.

## Claim by claim

## Numbers
"""


def adopt(out: Path) -> None:
    """Copy the record, the arrays and the figures; draft a page where there is none."""
    for record_path in sorted(out.glob("*/record.json")):
        name = record_path.parent.name
        kept = HERE / name
        kept.mkdir(exist_ok=True)
        for old in kept.glob("*.png"):
            old.unlink()
        for path in (record_path, record_path.with_name("arrays.npz")):
            shutil.copy(path, kept / path.name)
        for figure in record_path.parent.glob("figures/*.png"):
            shutil.copy(figure, kept / figure.name)
        page = HERE / f"{name}.md"
        if not page.is_file():
            content = Record.load(kept).content
            page.write_text("\n".join(_drafted(content)), encoding="utf-8")


def _drafted(content: Mapping[str, Any]) -> Iterator[str]:
    yield _LEAD.format_map(content)
    for chart in content["charts"]:
        name = f"{content['name']}/{chart['name']}.png"
        yield f"![{plain(chart['title'])}]({name})\n\n*Ours:*\n"
    yield _FOLDER.format_map(content)
    for title, rows in content["tables"].items():
        yield from _table(title, rows)
    yield "## How the text is read\n"
    yield from (f"- {plain(each)}" for each in content["assumptions"])
    settings = (
        f"`{name}` {_listed(value)}" for name, value in content["settings"].items()
    )
    yield f"\nSettings: {', '.join(settings)}.\n"


def _table(title: str, rows: list[dict[str, Any]]) -> Iterator[str]:
    if not rows:
        return
    columns = list(rows[0])
    more = "" if len(rows) <= _MOST_ROWS else f", {_MOST_ROWS} of {len(rows):,} rows"
    yield f"{plain(title)}{more}:\n"
    yield f"| {' | '.join(map(plain, columns))} |"
    yield f"|{'---|' * len(columns)}"
    for row in rows[:: -(-len(rows) // _MOST_ROWS)]:
        yield f"| {' | '.join(_shown(row[name]) for name in columns)} |"
    yield ""


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or isinstance(value, int | float):
        return number(value)
    return plain(str(value))


def _listed(value: Any) -> str:
    values = value if isinstance(value, list | tuple) else [value]
    return ", ".join(str(each) for each in values)


if __name__ == "__main__":
    for folder in sys.argv[1:]:
        adopt(Path(folder))
    main()
