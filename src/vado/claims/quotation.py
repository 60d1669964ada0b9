"""Where a text lets others speak: quotation marks, a block after a colon, transcripts with labels, lists under a lead.

Only the spans are found here, by marks and layout; who speaks in them is decided in :mod:`vado.claims.speakers`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from vado.claims.source_words import word_set

#: Labels of transcripts under which the outlet itself asks or narrates.
NARRATORS = frozenset(
    {"q", "question", "reporter", "anchor", "host", "interviewer", "moderator", "correspondent", "presenter"}
    | {"narrator", "announcer", "newsreader", "voiceover", "voice-over", "editor"}
)
#: Labels under which the person interviewed answers.
ANSWERS = frozenset({"a", "answer", "guest", "response"})

#: Words of labels that head a part of the text and are no speaker's: "THE FACTS:".
SECTIONS = word_set(
    "claim claims fact facts rating verdict ruling context background summary analysis update correction note "
    "notes line conclusion numbers figures data source sources method methods takeaway takeaways reality truth "
    "myth evidence findings finding what why how when where contact topic date "
)

_BREAK = re.compile(r"\n[ \t\u00a0]*\n\s*")
_BULLET = re.compile(r"\s*(?:[-*•–▪‣·]|\d{1,2}[.)])\s+")
_LABEL = re.compile(r"\s*(?P<label>[A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*){0,3})(?: ?\([^)\n]{1,40}\))?:\s")
_OPENERS = "“«„"
_CLOSERS = "”»"
_FIRST_PERSON = re.compile(r"\b(?:I|I'm|I’m|I've|I’ve|we|We|our|Our|us|my|My|we're|we’re|we've|we’ve)\b")


@dataclass(frozen=True)
class Span:
    """Characters that somebody other than the article, or a labelled voice, speaks.

    Parameters
    ----------
    start, end
        Characters of the text, the end excluded; marks and labels are outside.
    kind
        ``marks``, ``block`` (after a colon, without marks), ``label`` (transcript) or ``list`` (items under a lead).
    unit
        Number of the paragraph or item that holds it.
    lead
        Number of the paragraph that introduces it, None where there is none.
    label
        The label of a transcript in small letters; empty otherwise.
    goes_on
        Whether marks were opened and never closed in their paragraph: the next paragraph continues them.
    """

    start: int
    end: int
    kind: Literal["marks", "block", "label", "list"]
    unit: int
    lead: int | None = None
    label: str = ""
    goes_on: bool = False


def units(text: str) -> list[tuple[int, int]]:
    r"""Return paragraphs, and within them list items and labelled turns, as ``(start, end)``.

    >>> text = "Figures:\n- one\n- two\n\nThe end."
    >>> [text[a:b] for a, b in units(text)]
    ['Figures:', '- one', '- two', 'The end.']
    """
    cuts = [match.span() for match in _BREAK.finditer(text)]
    for match in re.finditer(r"\n(?=[^\n])", text):
        rest = text[match.end() : match.end() + 80]
        if _BULLET.match(rest) or _LABEL.match(rest):
            cuts.append(match.span())
    found, start = [], 0
    for low, high in sorted(cuts):
        if text[start:low].strip():
            found.append((start, low))
        start = max(start, high)
    if text[start:].strip():
        found.append((start, len(text)))
    return found


def marked(text: str, start: int, end: int) -> list[tuple[int, int, bool]]:
    """Return what stands between quotation marks in a paragraph as ``(start, end, goes_on)``, marks excluded.

    >>> text = 'He said "so many" and “more came.'
    >>> [(text[a:b], on) for a, b, on in marked(text, 0, len(text))]
    [('so many', False), ('more came.', True)]
    """
    found: list[tuple[int, int, bool]] = []
    opened: int | None = None
    for i in range(start, end):
        mark = text[i]
        if mark not in _OPENERS and mark not in _CLOSERS and mark != '"':
            continue
        before = text[i - 1] if i > start else " "
        after = text[i + 1] if i + 1 < end else " "
        opens = mark in _OPENERS or (mark == '"' and (before.isspace() or before in "([—–-") and not after.isspace())
        if opens and opened is None:
            opened = i + 1
        elif not opens and opened is not None:
            found.append((opened, i, False))
            opened = None
    if opened is not None:
        found.append((opened, end, True))
    return [(low, high, on) for low, high, on in found if low < high]


def starts_marked(text: str, start: int) -> bool:
    """Whether a paragraph starts with an opening quotation mark."""
    return text[start:].lstrip()[:1] in {*_OPENERS, '"'}


def is_item(text: str, start: int) -> bool:
    """Whether a paragraph is an item of a list."""
    return bool(_BULLET.match(text, start))


def spans(text: str, speaks: Callable[[int, int], bool]) -> list[Span]:
    """Return every span in order of its start; those with marks lie inside blocks and labelled turns.

    Parameters
    ----------
    text
        Plain text, paragraphs separated by a blank line.
    speaks
        Whether characters ``(start, end)`` hold a reporting clause of their own, so that a block ends before them.
    """
    paragraphs = units(text)
    found = _turns(text, paragraphs)
    taken = {span.unit for span in found}
    for k, (start, end) in enumerate(paragraphs):
        found += [Span(low, high, "marks", k, goes_on=on) for low, high, on in marked(text, start, end)]
    for k, (start, end) in enumerate(paragraphs):
        if not text[start:end].rstrip().endswith(":") or k in taken or len(text[start:end].split()) < 3:
            continue
        found += _block(text, paragraphs, k, speaks)
    return sorted(found, key=lambda span: (span.start, -span.end))


def _turns(text: str, paragraphs: list[tuple[int, int]]) -> list[Span]:
    """Return labelled turns with the paragraphs that continue them, if the text is a transcript."""
    labels = {k: match for k, (start, _) in enumerate(paragraphs) if (match := _LABEL.match(text, start))}
    names = [match["label"].lower() for match in labels.values()]
    known = {k for k, match in labels.items() if match["label"].lower() in NARRATORS | ANSWERS}
    known |= {k for k, match in labels.items() if match["label"].isupper() and len(match["label"]) > 2}
    known |= {k for k, match in labels.items() if names.count(match["label"].lower()) > 1}
    if len(known) < 2:
        return []
    found: list[Span] = []
    for k in range(min(known), max(known) + 1):
        start, end = paragraphs[k]
        if k in known:
            found.append(Span(labels[k].end(), end, "label", k, label=labels[k]["label"].lower()))
        elif found:
            found.append(Span(start, end, "label", k, label=found[-1].label))
    return found


def _block(text: str, paragraphs: list[tuple[int, int]], lead: int, speaks: Callable[[int, int], bool]) -> list[Span]:
    """Return the block or the list that a paragraph ending in a colon introduces."""
    found: list[Span] = []
    for k in range(lead + 1, len(paragraphs)):
        start, end = paragraphs[k]
        if is_item(text, start):
            if found and found[-1].kind != "list":
                break
            found.append(Span(start, end, "list", k, lead))
            continue
        if (found and found[-1].kind == "list") or starts_marked(text, start):
            break
        words = text[start:end].rstrip()
        if found and (words.endswith(":") or speaks(start, end) or not _FIRST_PERSON.search(words)):
            break
        found.append(Span(start, end, "block", k, lead))
    return found
