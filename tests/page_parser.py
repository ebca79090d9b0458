"""A parser that checks a page."""

from html.parser import HTMLParser


class Outside(HTMLParser):
    """Collect what a page would load from elsewhere, and its tags that never close."""

    def __init__(self):
        super().__init__()
        self.addresses, self.open = [], []

    def handle_starttag(self, tag, attrs):
        self.addresses += [
            value
            for name, value in attrs
            if name in {"src", "href"} and not value.startswith(("data:", "#"))
        ]
        if tag not in {"meta", "img", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
