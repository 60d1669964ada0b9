"""Paragraphs, sentences and quotations of a text, so that a word tells where it stands."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING

from vado.claims.quotation import Span, is_item, spans, units
from vado.claims.silence import NO_ANSWER

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_SAYS = frozenset({"say", "tell", "report", "note", "add", "announce"})
#: What stands before an account's name and its opening mark.
_ACCOUNT = re.compile(r"(?i)\b(?:user|account|handle|commenter|poster) .$")
#: A line of a box of facts has at most so many words.
_LINE = 12


class Layout:
    """Where each word of a text stands.

    Parameters
    ----------
    doc
        The text with its grammar.

    Attributes
    ----------
    units
        Paragraphs, items of lists and labelled turns, as characters ``(start, end)``.
    bounds
        For each word the words of its sentence ``(start, end)``, never beyond its paragraph or item.
    spans
        Quotations, blocks, labelled turns and lists.
    marks
        Of these what stands between quotation marks, in order.
    quote
        For each word the number of its quotation in ``marks``, -1 outside.
    """

    def __init__(self, doc: Doc) -> None:
        self.doc, self.text = doc, doc.text
        self.units = units(self.text)
        self._starts = [start for start, _ in self.units]
        self.bounds = self._sentence_bounds()
        self.spans = [span for span in spans(self.text, self._has_own_voice) if not self._is_handle(span)]
        self.marks = [span for span in self.spans if span.kind == "marks"]
        self.quote = [-1] * len(doc)
        for number, span in enumerate(self.marks):
            for token in self.within(span.start, span.end):
                self.quote[token.i] = number
        self._in_unit: dict[int, list[Span]] = {}
        for span in self.spans:
            self._in_unit.setdefault(span.unit, []).append(span)
        self._marks_in_unit: dict[int, list[int]] = {}
        for number, span in enumerate(self.marks):
            self._marks_in_unit.setdefault(span.unit, []).append(number)

    def within(self, start: int, end: int) -> list[Token]:
        """Return the words that hold characters ``start`` to ``end``."""
        span = self.doc.char_span(start, end, alignment_mode="expand") if end > start else None
        return [] if span is None else list(span)

    def unit(self, char: int) -> int:
        """Return the number of the paragraph that holds a character."""
        return max(bisect_right(self._starts, char) - 1, 0)

    def spans_in(self, unit: int) -> list[Span]:
        """Return the spans of a paragraph."""
        return self._in_unit.get(unit, [])

    def marks_in(self, unit: int) -> list[int]:
        """Return the numbers of the quotations of a paragraph."""
        return self._marks_in_unit.get(unit, [])

    def words_of(self, unit: int) -> str:
        """Return a paragraph's text."""
        return self.text[slice(*self.units[unit])].rstrip()

    def is_line(self, unit: int) -> bool:
        """Whether a paragraph is an item of a list or a line of a box rather than prose."""
        words = self.words_of(unit)
        short = len(words.split()) <= _LINE and ":" in words and words[-1] not in '.:!?”"'
        return short or is_item(self.text, self.units[unit][0])

    def _is_handle(self, span: Span) -> bool:
        """Whether marks hold the name of an account rather than what somebody says: user "RioBravo77"."""
        word = self.text[span.start : span.end]
        return (
            span.kind == "marks" and not any(map(str.isspace, word)) and bool(_ACCOUNT.search(self.text[: span.start]))
        )

    def _sentence_bounds(self) -> list[tuple[int, int]]:
        heads = {end - len(self.text[start:end].lstrip()) for start, end in self.units}
        cuts = [0, *(t.i for t in self.doc if t.i and (t.is_sent_start or t.idx in heads)), len(self.doc)]
        return [(low, high) for low, high in pairwise(cuts) for _ in range(low, high)]

    def _has_own_voice(self, start: int, end: int) -> bool:
        """Whether a third person says something or keeps silent among these characters: no block goes on there."""
        if NO_ANSWER.search(self.text, start, end):
            return True
        verbs = [t for t in self.within(start, end) if t.lemma_ in _SAYS and t.pos_ == "VERB"]
        subjects = [child.lower_ for verb in verbs for child in verb.children if child.dep_ == "nsubj"]
        return bool(set(subjects) - {"i", "we", "they", "who", "that"})
