"""The site asks nothing of any other host: each built page is read for it."""

from html.parser import HTMLParser
from pathlib import Path

from sphinx.errors import SphinxError

LOADS = {
    "script": ("src",),
    "link": ("href",),
    "img": ("src", "srcset"),
    "iframe": ("src",),
    "source": ("src", "srcset"),
    "video": ("src", "poster"),
    "object": ("data",),
}
"""What a browser fetches by itself; a link is followed by a reader."""


class Requests(HTMLParser):
    """Collects what a page loads from elsewhere."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "link" and given.get("rel") in ("canonical", "alternate"):
            return
        for name in LOADS.get(tag, ()):
            address = given.get(name) or ""
            if address.startswith(("http:", "https:", "//")):
                self.found.append(address)


def external_requests(folder):
    """Return pairs of a page or a style sheet and what it loads from elsewhere."""
    found = []
    for page in sorted(Path(folder).rglob("*.html")):
        reader = Requests()
        reader.feed(page.read_text(encoding="utf-8"))
        found += [(page, address) for address in reader.found]
    for sheet in sorted(Path(folder).rglob("*.css")):
        text = sheet.read_text(encoding="utf-8").replace("'", "").replace('"', "")
        if any(f"url({start}" in text for start in ("http", "//")) or "@import" in text:
            found.append((sheet, "url"))
    return found


def check(app, exception):
    if exception is None and app.builder.name == "html":
        for page, address in external_requests(app.outdir):
            raise SphinxError(f"{page} loads {address}: bundle it")


def setup(app):
    """Read the pages when they are built."""
    app.connect("build-finished", check)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
