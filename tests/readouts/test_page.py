import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "readouts.md"


def test_every_snippet_of_the_page_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {}
    for code in re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL):
        exec(code, names)
    assert "rows 0 and 59" in names["fit"].reason
    assert names["fit"].rank == 58
    found = names["held"].solution(names["path"].best)
    assert found.tolist() == pytest.approx(names["path"].solution().tolist(), abs=1e-9)
