"""Pages that move, made by the library while the site is built."""

from pathlib import Path

import widthwise as ww

FOLDER = "pages"


def write_pages(app, exception):
    if exception is not None or app.builder.name != "html":
        return
    folder = Path(app.outdir) / FOLDER
    folder.mkdir(exist_ok=True)
    data = ww.datasets.load("diabetes").sample_rows(80, seed=0)
    diagnosis = ww.diagnose(
        data, activations=("relu", "wendland2"), widths=(40, 80, 400), trials=2
    )
    diagnosis.to_html(str(folder / "report.html"))
    record = ww.experiments.exploration(0)
    page = ww.report.explore_page(record)
    (folder / "explore.html").write_text(page, encoding="utf-8")


def setup(app):
    """Write them into the built site, where pages link to them."""
    app.connect("build-finished", write_pages, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
