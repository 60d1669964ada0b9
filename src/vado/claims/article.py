"""A file's bytes as an article: plain text in paragraphs, its date, its title and its language.

Whatever comes in, a plain text in any common encoding or a page of HTML, leaves as the same thing: paragraphs joined to
one line each and separated by a blank line, so that characters can be counted and sentences end where they should.
The article's own date is taken from the caller, the page's metadata, or a line that is there to give it; never from a
date told in running prose.
"""

from __future__ import annotations

import codecs
import datetime as dt
import html
import itertools
import re
from dataclasses import dataclass

from vado.claims.language import language_of
from vado.claims.page import Page, is_html, read_page
from vado.errors import BadFileError, BadValueError

#: The longest plain text that is read [characters]; a long newspaper article has 20,000.
MAX_CHARACTERS = 200_000

#: The largest file [bytes or characters].
MAX_FILE = 5_000_000

#: Months and their usual short forms, to their number.
_NAMES = "january february march april may june july august september october november december"
MONTHS = {name[:size]: number for number, name in enumerate(_NAMES.split(), 1) for size in (3, len(name))} | {"sept": 9}


@dataclass(frozen=True)
class Article:
    """A text that can be checked.

    Parameters
    ----------
    text
        Plain text; paragraphs are separated by a blank line.
    date
        The day it was published, or None when nothing tells.
    date_words
        From where the date is known: ``"given"``, ``"page metadata: …"`` or ``"text: …"``; empty without a date.
    title
        Its headline, or empty.
    language
        ``en``, another ISO 639-1 code, or ``unknown``.
    """

    text: str
    date: dt.date | None
    date_words: str
    title: str
    language: str


def read(content: bytes | str, *, date: dt.date | None = None) -> Article:
    """Return the article in a plain text or a page of HTML.

    Parameters
    ----------
    content
        The file's bytes in any common encoding, or its text.
    date
        The day it was published, where the caller knows it better than the text.

    Raises
    ------
    BadFileError
        The bytes are not text.
    BadValueError
        There is nothing to read, or more than :data:`MAX_CHARACTERS`.
    """
    if len(content) > MAX_FILE:
        raise BadValueError(
            f"the text is {len(content):,} long; the limit of a file is {MAX_FILE:,}: check it in parts"
        )
    text = _clean(_decode(content) if isinstance(content, bytes) else content)
    title, found = "", None
    if is_html(text):
        page = read_page(text)
        title, found = page.title, _published(page)
        paragraphs = page.paragraphs()
    else:
        _refuse_long(len(text))
        paragraphs = _paragraphs(html.unescape(text) if _ENTITY.search(text) else text)
    plain = "\n\n".join(paragraphs)
    _refuse_long(len(plain))
    if not plain:
        raise BadValueError("nothing to read: the text is empty; give an article as plain text or HTML")
    if date is not None:
        found = (date, "given")
    day, words = found or _date_in(paragraphs) or (None, "")
    return Article(plain, day, words, title or _title(paragraphs), language_of(plain))


def calendar_day(words: str) -> dt.date | None:
    """Return the first full date in the words, day, month and year, or None.

    >>> calendar_day("Tuesday, 16 Nov. 2021")
    datetime.date(2021, 11, 16)
    """
    match = _DAY.search(words)
    return _as_date(match) if match else None


# ---------------------------------------------------------------- bytes to characters

_BYTE_MARKS = {
    **{codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32"},
    **{codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"},
}
_LATIN = ["cp1252", "cp1250", "mac_roman"]
_WIDE = ["cp1251", "koi8_r", "cp1256", "gb18030", "shift_jis", "euc_kr", "big5"]
#: UTF-8 that was once read as cp1252: "Mexicoâ€™s".
_MOJIBAKE = re.compile(r"[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]{1,3}")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")


def _decode(content: bytes) -> str:
    """Return the bytes as characters, by their mark, as UTF-8, as UTF-16 without a mark, or by the likeliest codec."""
    for mark, codec in _BYTE_MARKS.items():
        if content.startswith(mark):
            return content.decode(codec, "replace")
    if content.startswith(b"%PDF-"):
        raise BadFileError("the content is a PDF, not text; save its text or page first and check that")
    half = max(len(content) // 2, 1)
    for first, codec in ((1, "utf-16-le"), (0, "utf-16-be")):
        if content[first::2].count(0) > 0.7 * half and content[1 - first :: 2].count(0) < 0.05 * half:
            return content.decode(codec, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    repaired = content.decode("utf-8", "replace")
    broken = repaired.count("\ufffd")
    if sum(letter > "\x7f" for letter in repaired) > 4 * broken:
        return repaired
    from charset_normalizer import from_bytes

    sample = content[:50_000]
    marked = sum(byte > 0x7F for byte in sample) / len(sample)
    matches = list(from_bytes(sample, cp_isolation=_LATIN if marked < 0.2 else _WIDE + _LATIN))
    # Its guess on a short English text is often a sister of cp1252; where that reads as cleanly, it is meant.
    plausible = [match.encoding for match in matches if match.chaos <= matches[0].chaos]
    few = marked < 0.02  # too few letters to tell codecs apart; English in one of a byte a letter is nearly always this
    codec = "cp1252" if few or not matches or "cp1252" in plausible else plausible[0]
    return content.decode(codec, "replace")


def _clean(text: str) -> str:
    """Return the text with one kind of newline and blank, without control characters and doubly decoded letters."""
    controls = sum(text.count(chr(code)) for code in (*range(9), *range(14, 32), 0x7F))
    if (controls > 5 and controls > 0.002 * len(text)) or text.startswith("%PDF-"):
        raise BadFileError("the content is not text but binary data; give an article as plain text or HTML")
    text = re.sub(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]", "\n", text)
    text = re.sub(r"[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b-\u200f\u2060\ufeff\ud800-\udfff]", "", text)
    if "â" in text or "Ã" in text or "Â" in text:
        text = _MOJIBAKE.sub(_redecode, text)
    return re.sub(r"[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]", " ", text).strip()


def _redecode(match: re.Match[str]) -> str:
    """Return the letters that a run of wrongly decoded bytes stands for, or the run where it is none."""
    try:
        data = b"".join(c.encode("latin-1" if c < "\u0100" else "cp1252") for c in match.group())
        letters = data.decode("utf-8")
        return letters if max(letters) < "\u2e80" else match.group()
    except UnicodeError:
        return match.group()


def _refuse_long(size: int) -> None:
    """Refuse a text above the limit."""
    if size > MAX_CHARACTERS:
        message = f"the text has {size:,} characters; the limit is {MAX_CHARACTERS:,}: check it in parts"
        raise BadValueError(message)


# ---------------------------------------------------------------- plain text to paragraphs

_BULLET = re.compile(r"[*•▪◦●‣·►]\s|[-–—]\s+[A-Z0-9“\"]|(?:Q|A):\s|[A-Z][A-Z .]{1,30}(?:\([^)]{1,40}\))?:\s")
_ENDS = re.compile(r"[.!?:;…][\"'”’)\]]*$")
#: Lines longer than the one, or all shorter than the other, were not broken to fit a width [characters].
_WIDTH, _NARROW = 120, 40


def _paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a plain text: lines broken to fit a width are joined, all others stand alone."""
    lines = [re.sub(r" {2,}", " ", line).strip() for line in text.split("\n")]
    inner = [len(line) for line, after in itertools.pairwise(lines) if line and after]
    width = max((length for length in inner if length <= _WIDTH), default=0)
    if width < _NARROW or 5 * sum(length > _WIDTH for length in inner) > len(inner):
        width = 0
    paragraphs: list[str] = []
    block: list[str] = []
    for line in [*lines, ""]:
        if line:
            block.append(line)
        elif block:
            paragraphs += _join(block, width)
            block = []
    return paragraphs


def _join(block: list[str], width: int) -> list[str]:
    """Return one block of lines as paragraphs."""
    pairs = list(itertools.pairwise(block))
    # A line is full when the next word would not have fitted; a block is wrapped when most of its lines are full.
    full = [bool(width) and len(line) + 1 + len(after.split(" ", 1)[0]) > width for line, after in pairs]
    wrapped = 2 * sum(full) > len(full) or (len(block) == 2 and full[0] and not _ENDS.search(block[0]))
    paragraphs = [block[0]]
    for (line, after), is_full in zip(pairs, full, strict=True):
        goes_on = after[0].islower() or (wrapped and is_full)
        if goes_on and not _BULLET.match(after):
            glue = "" if re.search(r"\w-$", line) and after[0].islower() else " "
            paragraphs[-1] += glue + after
        else:
            paragraphs.append(after)
    return paragraphs


def _title(paragraphs: list[str]) -> str:
    """Return the first short paragraph that stands above the text without ending as a sentence, or nothing."""
    for paragraph in paragraphs[:3][: max(len(paragraphs) - 1, 0)]:
        if len(paragraph) > 150 or paragraph[0] in "([" or _ENDS.search(paragraph):
            return ""
        if not _DAY.search(paragraph):
            return paragraph
    return ""


# ---------------------------------------------------------------- the article's date

_MONTH = r"(?P<{}>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_DAY = re.compile(
    r"\b(?P<y1>(?:19|20)\d\d)(?P<sep>[-/.]?)(?P<m1>[01]?\d)(?P=sep)(?P<d1>[0-3]?\d)(?!\d)"
    rf"|\b{_MONTH.format('m2')} (?P<d2>[0-3]?\d)(?:st|nd|rd|th)?\b,?(?: ?\([^)]{{1,30}}\))?,? (?P<y2>(?:19|20)\d\d)\b"
    rf"|\b(?P<d3>[0-3]?\d)(?:st|nd|rd|th)?(?: of)?[ -]{_MONTH.format('m3')},?[ -](?P<y3>(?:19|20)\d\d)\b"
    r"|\b(?P<a4>[0-3]?\d)[/.](?P<b4>[0-3]?\d)[/.](?P<y4>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
#: Metadata that say when a page was published, the plainest first.
_PUBLISHED = (
    *("article:published_time", "og:published_time", "datepublished", "date", "dc.date", "dc.date.issued"),
    *("dcterms.created", "dcterms.date", "pubdate", "publishdate", "publish-date", "parsely-pub-date"),
    *("sailthru.date", "json-ld datePublished", "time", "json-ld dateModified", "article:modified_time"),
)
_MARK = re.compile(
    r"(?:^|[.|·•(\[—–-] ?|\bfirst )(?:date(?:line)?|dated|published|posted|issued|released|filed|release date"
    r"|last updated|updated|modified|created)\b(?: on| at)?[: ]*(?:\w+day,? )?$",
    re.IGNORECASE,
)
_MARK_ENDS = re.compile(r"[\s.)\]]*$|\s*[|·•;(–—-]|,? (?:at |last |updated|modified|[\dA-Z])")
#: A preposition before a date tells of the past, and so does one that opens the line.
_IN_PROSE = re.compile(
    r"\b(?:in|on|since|of|from|until|till|by|before|after|between|to|through|for|than|and|that|born|effective)"
    r"(?: \w+day,?)? ?$|^(?:in|on|at|since|from|after|before|between|until)\b",
    re.IGNORECASE,
)


def _published(page: Page) -> tuple[dt.date, str] | None:
    """Return a page's date by the metadata that names it best."""
    for name in _PUBLISHED:
        day = calendar_day(page.metadata.get(name, ""))
        if day:
            return day, f"page metadata: {name} {page.metadata[name].strip()[:40]}"
    return None


def _as_date(match: re.Match[str]) -> dt.date | None:
    """Return the day that a match of a full date names, or None where the calendar has no such day."""
    for number in "123":
        if match["y" + number]:
            month = match["m" + number].lower().rstrip(".")
            return _day(int(match["y" + number]), MONTHS.get(month) or int(month), int(match["d" + number]))
    first, second, year = int(match["a4"]), int(match["b4"]), int(match["y4"])
    american = _day(year, first, second) if "/" in match.group() else None
    return american or _day(year, second, first) or _day(year, first, second)


def _day(year: int, month: int, day: int) -> dt.date | None:
    """Return the day, or None where the calendar has none such."""
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _date_in(paragraphs: list[str]) -> tuple[dt.date, str] | None:
    """Return the date that the first or last paragraphs are there to give, with its words."""
    edges = [*paragraphs[:6], *paragraphs[max(len(paragraphs) - 2, 6) :]]
    for position, paragraph in enumerate(edges):
        for match in _DAY.finditer(paragraph[:300]):
            before, after = paragraph[: match.start()], paragraph[match.end() :]
            day = _as_date(match)
            marked = _MARK.search(before) and _MARK_ENDS.match(after)
            if day and (marked or _is_dateline(before, after, position) or _is_line(before, after)):
                return day, f"text: {match.group()}"
    return None


def _is_dateline(before: str, after: str, position: int) -> bool:
    """Whether a paragraph opens with a place and the date, then a dash, a bracket or the first sentence."""
    if position > 3 or len(before) > 60 or _IN_PROSE.search(before) or re.search(r"[.!?]\s+\w", before):
        return False
    if re.match(r"\. [A-Z]", after) and re.fullmatch(r"(?:[A-Z][\w.'’-]*,? ){0,4}", before):
        return True
    place = re.fullmatch(r"(?:date|[A-Z][\w.,'’ /()-]*?)?[\s,:(—–|-]*(?:\w{3,9}day,? |\w{3}\.,? )?", before)
    return bool(place and re.match(r"\)?,? ?(?:\([^)]{1,40}\)|[/A-Z][\w .]{0,30})? ?(?:—|–|--|-|:)|\s[A-Z“\"‘]", after))


def _is_line(before: str, after: str) -> bool:
    """Whether the rest of the paragraph is too little for a sentence: a byline, a place, an hour."""
    rest = f"{before} {after}"
    if len(rest.split()) > 12 or len(rest) > 90 or _IN_PROSE.search(before):
        return False
    is_sentence = re.search(r"[a-z]{3,}[.!?]$", after.strip())
    return not is_sentence and not re.match(r"\s*,? (?:to\b|through\b|[a-z]{2,} [a-z]{2,})", after)
