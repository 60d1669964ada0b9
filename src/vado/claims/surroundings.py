"""Where a figure stands in a text: its sentence, its own stretch of it, and the words around by their distance."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vado.claims.figure import Figure
from vado.claims.language import sentence_starts, span_at, text_of

if TYPE_CHECKING:
    from spacy.tokens import Doc

#: Characters before and after a figure that count as near.
NEAR = (70, 80)

#: Characters before its paragraph and after its sentence in which words still speak for what a figure counts.
REACH = (1500, 500)


@dataclass(frozen=True)
class Surroundings:
    """Where a figure stands: its sentence, its stretch of it, and the windows of words around."""

    sentence: str
    before: str
    after: str
    windows: tuple[str, ...]


def surroundings(doc: Doc, found: Sequence[Figure], index: int, *, whole: bool = False) -> Surroundings:
    """Return where one of a text's figures stands.

    Parameters
    ----------
    doc, found, index
        The text as parsed, its figures, and which of them.
    whole
        Whether the figure is a claim of a whole sentence, whose words are then all near.
    """
    text, figure = text_of(doc), found[index]
    span = span_at(doc, figure.start, figure.end)
    first, last = _sentence(doc, span.sent.start_char), max(span.sent.end_char, figure.end)
    previous = found[index - 1] if index and found[index - 1].start >= first else None
    following = found[index + 1] if index + 1 < len(found) and found[index + 1].start < last else None
    opened = previous.end if previous else first
    closed = following.start if following else last
    before, after = text[opened : figure.start], text[figure.end : closed]
    near = before[-NEAR[0] :] + " " + text[figure.start : figure.end] + " ◆ " + after.lstrip()[: NEAR[1]]
    if whole:
        before, after, near = text[figure.start : figure.end], "", text[figure.start : figure.end]
    paragraph = text.rfind("\n\n", 0, first) + 2 if "\n\n" in text[:first] else 0
    starts = sentence_starts(doc)
    two_back = max(min(paragraph, first), starts[max(0, bisect.bisect_left(starts, first) - 2)])
    heading = text[: text.find("\n\n")] if "\n\n" in text and text.find("\n\n") < 140 else ""
    above = text[text.rfind("\n\n", 0, paragraph - 2) + 2 : paragraph] if paragraph > 2 else ""
    return Surroundings(
        sentence=text[first:last],
        before=before,
        after=after,
        windows=(
            near,
            text[first:last],
            text[two_back:first],
            text[paragraph:two_back] + " " + heading + " " + above[-400:],
            text[max(0, paragraph - REACH[0]) : paragraph],
            text[last : last + REACH[1]],
        ),
    )


def _sentence(doc: Doc, first: int) -> int:
    """Return where a sentence begins that a parser may have cut too early ("People detained in 2022: ...")."""
    while first > 0:
        ahead = text_of(doc)[:first].rstrip(" ")
        if not ahead or ahead[-1] in '.!?…\n”"’' or ahead.endswith((".)", "?)")):
            break
        first = span_at(doc, len(ahead) - 1, len(ahead)).sent.start_char
    return first
