"""A page of HTML as blocks of text: its title, its metadata, and the words of the article without what stands around.

The parser of the standard library needs quadratic time where a tag, a comment or a declaration never ends, so the
markup is tamed before it: comments, scripts and styles are taken out, and what is no tag is made text.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser

from vado.errors import BadValueError

#: The most tags that a page may have.
MAX_TAGS = 50_000
#: Parts of a row longer than this are paragraphs of their own, not cells [characters].
_CELL = 120

_TAG = re.compile(
    r"<(/?)(!doctype|html|head|body|title|meta|article|main|section|div|p|br|h[1-6]|ul|ol|li|table|tr|td|blockquote|figure"
    r"|span|a|b|i|em|strong|time|img|script|style|header|footer|!--)\b[^<>]*+>?",
    re.IGNORECASE,
)
#: What is taken out before the parser, which needs quadratic time where a tag, comment or declaration never ends.
_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(?P<raw>script|style)\b(?P<attributes>[^<>]*+)>(?P<data>.*?)(?:</(?P=raw)\s*+>|\Z)"
    r"|<[!?][^<>]*+>?"
    r"|(?P<tag></?[a-z](?>[^<>\"']++|\"[^\"]{0,5000}+\"|'[^']{0,5000}+')*+>|</?[a-z][^<>]*+>)"
    r"|<",
    re.IGNORECASE | re.DOTALL,
)
_STRUCK = {"del", "s", "strike"}
_SKIPPED = {"nav", "footer", "aside", "form", "noscript", "template", "svg", "select", "button", "iframe", "object"}
_SKIPPED |= {"textarea"} | _STRUCK
_SOFT = {"form", "aside", "footer", "header"}
_ROLES = {"navigation", "banner", "complementary", "contentinfo", "search", "menu"}
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_BLOCKS = (
    {"address", "article", "blockquote", "body", "caption", "center", "details", "div", "dl", "dt", "fieldset", "br"}
    | {"figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li"}
    | {"main", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul"}
)
_CELLS = {"td", "th", "dd"}
_IN_HEADER = {"h1", "h2", "h3", "p", "time"}


@dataclass
class Page:
    """What a page's markup holds."""

    blocks: list[tuple[str, int]] = field(default_factory=list)
    title: str = ""
    metadata: dict[str, str] = field(default_factory=dict)

    def paragraphs(self) -> list[str]:
        """Return the text of the article where one is marked, of the whole page otherwise."""
        sizes: Counter[int] = Counter()
        for text, article in self.blocks:
            sizes[article] += len(text)
        marked = sum(size for article, size in sizes.items() if article)
        # One article of most of the marked text is the article, the others lead to it; many alike are posts.
        best = max((article for article in sizes if article), key=lambda article: sizes[article], default=0)
        one = best and 2 * sizes[best] > marked
        return [text for text, article in self.blocks if not marked or (article == best if one else article)]


def is_html(text: str) -> bool:
    """Whether the text is a page or a fragment of one: it opens with a tag, or has tags that close."""
    opening = _TAG.match(text)
    if opening and opening.group().endswith(">"):
        return True
    some = [match for _, match in zip(range(200), _TAG.finditer(text), strict=False)]
    closed = any(match[1] or match[2].lower() in ("p", "li") for match in some)
    return (len(some) > 1 and closed) or any(match[2].lower() == "br" for match in some)


def read_page(text: str) -> Page:
    """Return the page; forms, headers and asides count where nothing else has words, and what never closes does."""
    if text.count("<") > MAX_TAGS:
        raise BadValueError(f"the page has {text.count('<'):,} tags; the limit is {MAX_TAGS:,}: give its text alone")
    page = Page()
    markup = _MARKUP.sub(lambda match: _tame(match, page), text)
    soft: set[str] = set()
    for _ in range(2):
        page.blocks.clear()
        parser = _PageParser(page, soft)
        parser.feed(markup)
        parser.close()
        parser.flush()
        if page.blocks and not parser.skip:
            break
        soft = _SOFT | set(parser.skip)
    page.title = page.title or re.sub(r"\s+", " ", page.metadata.get("og:title", page.metadata.get("title", "")))
    return page


def _tame(match: re.Match[str], page: Page) -> str:
    """Return a tag as it is and nothing for scripts, styles and comments; dates in linked data are noted."""
    if match["raw"]:
        if "ld+json" in match["attributes"].lower():
            for key in ("datePublished", "dateModified"):
                found = re.search(rf'"{key}"\s*:\s*"([^"]{{1,60}})"', match["data"])
                if found:
                    page.metadata.setdefault(f"json-ld {key}", found[1].replace("\\", ""))
        return " "
    return match["tag"] or ("&lt;" if match.group() == "<" else " ")


class _PageParser(HTMLParser):
    """Collects a page's blocks of text; ``soft`` names the skipped elements that count all the same."""

    def __init__(self, page: Page, soft: set[str]) -> None:
        super().__init__(convert_charrefs=True)
        self._page, self._soft = page, soft
        self._inside: set[str] = set()  # open elements that decide how words count
        self.skip: list[str] = []  # skipped elements, with those of the same name inside them
        self._depth = self._article = self._articles = 0  # open articles, the one we are in, all so far
        self._words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag == "meta":
            name = given.get("property") or given.get("name") or given.get("itemprop") or ""
            self._page.metadata.setdefault(name.lower(), given.get("content", ""))
        if self.skip:
            if tag == self.skip[-1]:
                self.skip.append(tag)
            return
        hidden = "hidden" in given or given.get("aria-hidden") == "true" or given.get("role", "").lower() in _ROLES
        hidden = hidden or "display:none" in given.get("style", "").replace(" ", "").lower()
        if ((tag in _SKIPPED and tag not in self._soft) or (hidden and not self._soft)) and tag not in _VOID:
            if tag not in _STRUCK:
                self.flush()
            self.skip.append(tag)
            return
        if tag == "time" and given.get("datetime"):
            self._page.metadata.setdefault("time", given["datetime"])
        self._bound(tag, opens=True)
        if tag in ("article", "main"):
            self._articles += not self._depth
            self._depth += 1
            self._article = self._articles
        if tag in {"header", "tr", "title", "sup"} | _IN_HEADER:
            self._inside.add(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.skip:
            if tag == self.skip[-1]:
                self.skip.pop()
            return
        self._bound(tag, opens=False)
        self._inside.discard(tag)
        if tag in ("article", "main"):
            self._depth = max(self._depth - 1, 0)
            self._article = self._articles if self._depth else 0

    def handle_data(self, data: str) -> None:
        if self.skip:
            return
        if "title" in self._inside:
            self._page.metadata["title"] = self._page.metadata.get("title", "") + data
        elif "header" not in self._inside or self._article or self._soft or self._inside & _IN_HEADER:
            # A raised number is a note's sign, not part of the figure before it.
            note = "sup" in self._inside and re.fullmatch(r"[\s\d\[\],*†]*", data)
            self._words.append("" if note else data)

    def _bound(self, tag: str, *, opens: bool) -> None:
        """Close the block of words where the tag bounds one; inside a row, short paragraphs are parts of a cell."""
        if tag in _CELLS and opens:
            self._words.append("\x1f")
        elif tag in ("p", "div", "br") and "tr" in self._inside and sum(map(len, self._words)) < _CELL:
            self._words.append(" ")
        elif (tag in _BLOCKS and (tag != "dt" or opens)) or tag == "dd":
            self.flush()
            self._inside -= {"title", "sup", "p", "time"}

    def flush(self) -> None:
        """Close the block that is open; a row's cells are joined, the first as what the others are about."""
        cells = [re.sub(r"\s+", " ", cell).strip() for cell in "".join(self._words).split("\x1f")]
        cells = [cell for cell in cells if cell]
        self._words = []
        if cells:
            joint = ": " if not cells[0].endswith(":") else " "
            text = cells[0] + (joint + " | ".join(cells[1:]) if cells[1:] else "")
            if "h1" in self._inside and not self._page.title:
                self._page.title = text
            self._page.blocks.append((text, self._article))
