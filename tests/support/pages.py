"""A report as a browser reads it, and a title that means ill."""

from html.parser import HTMLParser

from alliancelab.analysis.report.parts import Section, Table


class Page(HTMLParser):
    """What a browser would make of a page: tags, addresses, titles, files to copy."""

    def __init__(self, text: str):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in ("meta", "img"):
            self._open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag):
        assert self._open.pop() == tag, f"</{tag}> closes another tag"

    def handle_data(self, data):
        if self._open:
            self.texts[self._open[-1]][-1] += data


def section(report, key: str) -> Section:
    return next(one for one in report.sections if one.key == key)


def table(one: Section, beginning: str) -> Table:
    return next(block for block in one.blocks if isinstance(block, Table) and block.caption.startswith(beginning))


HOSTILE = "</title><script>alert(1)</script><img src=http://x.example onerror=alert(1)> & \"quoted\" {{ 7 * 7 }}"
