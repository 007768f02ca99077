"""What a test reads in a page, and how it damages a record."""

import re
from html.parser import HTMLParser

from widthwise.records import Record

VOID = {"meta", "link", "br", "input", "img", "path", "circle", "line", "hr"}


class Reader(HTMLParser):
    """Collects elements, and the text outside scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.headings: list[int] = []
        self.unclosed: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.unclosed.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.unclosed.pop() == tag

    def handle_data(self, data):
        if self.unclosed and self.unclosed[-1] not in ("script", "style"):
            self.text += data

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def damaged(record: Record, path: tuple, value: object) -> Record:
    """Return a copy of `record` with one part replaced."""

    def replaced(node, keys):
        if not keys:
            return value
        if isinstance(node, dict):
            return node | {keys[0]: replaced(node[keys[0]], keys[1:])}
        copy = list(node)
        copy[keys[0]] = replaced(copy[keys[0]], keys[1:])
        return copy

    return Record(replaced(dict(record.content), path), record.arrays)
