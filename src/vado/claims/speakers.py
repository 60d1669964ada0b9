"""Who speaks: in quotation marks, in a block after a colon, under a transcript's label, in a list under a lead.

A quotation's speaker stands after it, before it, or spoke the one before; a block's in the paragraph that ends with the
colon; an interview's is the person it is with.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from vado.claims.antecedents import Source
from vado.claims.clause import FAINT, INTAKE, Clause
from vado.claims.figure import ARTICLE
from vado.claims.quotation import ANSWERS, NARRATORS, SECTIONS, Span, starts_marked
from vado.claims.reporting import Reporting
from vado.claims.reporting_verbs import GIVES
from vado.claims.source_words import WRITTEN, lemma

if TYPE_CHECKING:
    from spacy.tokens import Token

    from vado.claims.layout import Layout
    from vado.claims.sources import Sources

#: A speaker and the clause that names them; None where the text does not say.
Voice: TypeAlias = tuple[Source | None, Clause | None]

_NOBODY: Voice = (None, None)
_INTERVIEW = re.compile(r"(?i)\b(?:spoke|speaks|talk|interview|ask|answer|convers)")
_DASH = re.compile(r"\s*[—–-]{1,2}\s*(?=[A-Z])")
_TESTIMONY = re.compile(
    r"(?im)^[ \t]*(?:the )?(?:(?:prepared|written|opening|full|oral) )?(?:statement|testimony|remarks|speech|address)"
    r" (?:of|by|from) (?P<name>[^\n]{3,90}?[^.\n])[ \t]*$"
)
#: A testimony's heading stands within so many characters.
_HEAD = 400
_OPEN_ENDS = frozenset({",", "?", "!", "—", "-", "…"})
_MARKS = frozenset({"“", '"', "”", "«", "»"})


def _told_of(found: list[Clause], voice: Source | None) -> list[Clause]:
    """Return the clauses that count where somebody speaks: what they tell of an agency's intake is their own."""
    return [clause for clause in found if voice is None or clause.strength < INTAKE or clause.strength >= FAINT]


class Speakers:
    """Finds the reporting clauses and the speakers of a text, paragraph by paragraph.

    Parameters
    ----------
    layout
        Its paragraphs and quotations.
    sources
        Its sources.

    Attributes
    ----------
    clauses
        Every reporting clause, by paragraph; those inside quotations after the narration's.
    voices
        For each span who speaks in it.
    """

    def __init__(self, layout: Layout, sources: Sources) -> None:
        self.layout, self.sources, self.names = layout, sources, sources.names
        self._reporting = Reporting(sources, layout.quote)
        self.clauses: list[Clause] = []
        self.voices: dict[Span, Voice] = {}
        self._by_unit: dict[int, list[Clause]] = {}
        self.witness = self._find_witness()
        for unit in range(len(layout.units)):
            self._read(unit)

    def _read(self, unit: int) -> None:
        """Find the clauses of a paragraph's narration, who speaks in its quotations, then the clauses inside these."""
        tokens = self.layout.within(*self.layout.units[unit])
        if not tokens:
            return
        low, high = tokens[0].i, tokens[-1].i + 1
        for span in self.layout.spans_in(unit):
            if span.kind != "marks":
                self.voices[span] = self._around(span)
        inside = [self.voices[span][0] for span in self.layout.spans_in(unit) if span in self.voices]
        voice = next(iter(inside), None) or self.witness
        self._keep(unit, _told_of(self._reporting.clauses(low, high, -1, voice), voice))
        numbers = self.layout.marks_in(unit)
        for number in numbers:
            self.voices[self.layout.marks[number]] = self._quoted(number)
        for number in numbers:
            span = self.layout.marks[number]
            inner = self.layout.within(span.start, span.end)
            speaker = self.voices[span][0] or voice
            found = self._reporting.clauses(inner[0].i, inner[-1].i + 1, number, speaker)
            self._keep(unit, _told_of(found, speaker))

    def _keep(self, unit: int, found: list[Clause]) -> None:
        self.clauses += found
        self._by_unit.setdefault(unit, []).extend(found)

    def _around(self, span: Span) -> Voice:
        """Return who speaks in a block, a labelled turn or a list."""
        if span.kind != "label":
            return _NOBODY if span.lead is None else self._lead(span.lead)
        if span.label in NARRATORS:
            return _NOBODY
        if span.label in ANSWERS:
            return self._interviewed(), None
        if SECTIONS.intersection(span.label.split()):
            return _NOBODY
        named = [m for m in self.names.mentions if span.label in " ".join(m.parts)]
        named = [m for m in named if self.names.kind(m) == "person"] or named
        if not named:
            return Source(span.label.title(), "person", 0), None
        chosen = max(named, key=lambda mention: len(self.names.full(mention)))
        return Source(self.names.full(chosen), "person", chosen.start), None

    def _find_witness(self) -> Source | None:
        """Return the person whose testimony, speech or statement the whole text is, by its heading."""
        heading = _TESTIMONY.search(self.layout.text[:_HEAD])
        if heading is None:
            return None
        tokens = self.layout.within(heading.start("name"), heading.end("name"))
        found = next((m for m in (self.names.at(t.i) for t in tokens) if m), None)
        person = found is not None and self.names.kind(found) == "person"
        return self.sources.antecedents.named(found) if found and person else None

    def _interviewed(self) -> Source | None:
        """Return the person whom an interview is with: named outside its turns, by a word of talking first."""
        turns = [span for span in self.layout.spans if span.kind == "label"]
        low, high = min(span.start for span in turns), max(span.end for span in turns)
        people = self.names.people()
        outside = [m for m in people if not low <= self.layout.doc[m.start].idx < high] or people
        cued = [m for m in outside if _INTERVIEW.search(self._sentence(m.start))]
        chosen = (cued or outside)[:1]
        return Source(self.names.full(chosen[0]), "person", chosen[0].start) if chosen else None

    def _sentence(self, i: int) -> str:
        return self.layout.doc[slice(*self.layout.bounds[i])].text

    def _lead(self, unit: int) -> Voice:
        """Return who is introduced by a paragraph that ends in a colon."""
        tokens = self.layout.within(*self.layout.units[unit])
        if not tokens:
            return _NOBODY
        low, high = self.layout.bounds[tokens[-1].i]
        found = [c for c in self._by_unit.get(unit, []) if low <= c.cue < high and self.layout.quote[c.cue] < 0]
        told = [c for c in found if c.source.name != ARTICLE and c.strength < FAINT] or found
        if told:
            last = told[-1]
            same = [c for c in told if c.told is not None and c.source.name == last.source.name]
            return last.source, (same or [last])[-1]
        return self._subject(list(self.layout.doc[low:high])), None

    def offered(self, clause: Clause) -> Source | None:
        """Return the agency whose tables somebody offers before a colon: what is read out after it is the agency's."""
        doc, end = self.layout.doc, self.layout.bounds[clause.cue][1]
        if not any(t.lemma_ in GIVES for t in doc[clause.cue : end]) or not doc[
            clause.cue : end
        ].text.rstrip().endswith(":"):
            return None
        owners = [self.sources.owner(t.i) for t in doc[clause.cue + 1 : end] if lemma(t) in WRITTEN]
        named = [
            one for one in owners if one and one.role != "person" and one.name not in {ARTICLE, clause.source.name}
        ]
        return named[0] if named else None

    def _subject(self, tokens: list[Token]) -> Source | None:
        """Return the person who is the subject of these words: "Okafor sees a man beaten:"."""
        for token in tokens:
            if token.dep_ == "nsubj" and self.layout.quote[token.i] < 0:
                source = self.sources.of(token.i)
                if source and source.role == "person":
                    return source
        return None

    def _quoted(self, number: int) -> Voice:
        """Return who speaks between a pair of quotation marks, by what stands after, before and around them."""
        layout, span = self.layout, self.layout.marks[number]
        start, end = layout.units[span.unit]
        mates = layout.marks_in(span.unit)
        low = max((layout.marks[k].end for k in mates if k < number), default=start)
        high = min((layout.marks[k].start for k in mates if k > number), default=end)
        after = self._sentence_after(span.end + 1, high)
        before = self._sentence_before(low, span.start - 1)
        signed = self._signed(span.end + 1, high)
        if signed:
            return signed, None
        words = layout.text[span.start : span.end].rstrip()
        if words[-1:] in _OPEN_ENDS and layout.text[span.end + 1 : high].strip():
            found = self._told(*after) or self._named_first(*after)
            if found:
                return found
        found = self._told(*before, last=True) or self._before_colon(*before)
        if found:
            return found
        earlier = [self.voices[layout.marks[k]] for k in mates if k < number]
        if earlier and earlier[-1][0]:
            return earlier[-1]
        found = self._from_paragraph_before(span.unit) or self._told(*after)
        if found:
            return found
        within = self._clause_among(start, end)
        return (within.source, within) if within else self._told(start, span.start - 1, last=True) or _NOBODY

    def _before_colon(self, start: int, end: int) -> Voice | None:
        """Return the name that is the subject of the words before a colon, whatever its kind."""
        if not self.layout.text[start:end].rstrip().endswith(":"):
            return None
        for token in self.layout.within(start, end):
            if token.dep_ == "nsubj" and self.names.at(token.i) and self.layout.quote[token.i] < 0:
                return self.sources.of(token.i), None
        return None

    def _signed(self, start: int, end: int) -> Source | None:
        """Return the name after a dash that signs a quotation: ” — Ana Ruiz, director."""
        dash = _DASH.match(self.layout.text, start, end)
        tokens = self.layout.within(dash.end(), dash.end() + 1) if dash else []
        return self.sources.after(tokens[0].i, tokens[0].i + 12) if tokens else None

    def _named_first(self, start: int, end: int) -> Voice | None:
        """Return the person named right after a quotation without a verb: "…," Sen. Ruth Abell on a podcast."""
        first = next((token.i for token in self.layout.within(start, end) if token.is_alpha), None)
        mentions = [] if first is None else [self.names.at(k) for k in range(first, first + 3)]
        for mention in mentions:
            if mention and self.names.kind(mention) == "person":
                return Source(self.names.full(mention), "person", mention.start), None
        return None

    def _from_paragraph_before(self, unit: int) -> Voice | None:
        """Return who spoke in the paragraph before, if this one starts with a quotation mark and goes on with it."""
        layout = self.layout
        if not unit or not starts_marked(layout.text, layout.units[unit][0]):
            return None
        if layout.words_of(unit - 1).endswith(":"):
            return self._lead(unit - 1)
        before = layout.marks_in(unit - 1)
        if before and layout.marks[before[-1]].goes_on:
            return self.voices.get(layout.marks[before[-1]])
        return None

    def _sentence_after(self, start: int, end: int) -> tuple[int, int]:
        """Return the characters from ``start`` to the end of the sentence there, at most to ``end``."""
        tokens = [t for t in self.layout.within(start, end) if t.idx >= start and not t.is_space]
        if not tokens:
            return start, start
        last = self.layout.doc[self.layout.bounds[tokens[0].i][1] - 1]
        return start, min(end, last.idx + len(last))

    def _sentence_before(self, start: int, end: int) -> tuple[int, int]:
        """Return the characters of the sentence that ends at ``end``, at least from ``start``."""
        tokens = [t for t in self.layout.within(start, end) if t.idx < end and self.layout.quote[t.i] < 0]
        tokens = [t for t in tokens if not t.is_space and t.text not in _MARKS]
        if not tokens:
            return end, end
        return max(start, self.layout.doc[self.layout.bounds[tokens[-1].i][0]].idx), end

    def _told(self, start: int, end: int, *, last: bool = False) -> Voice | None:
        """Return who reports among these characters, or else the person who is the subject there."""
        told = self._clause_among(start, end, last=last)
        if told:
            return told.source, told
        subject = self._subject(self.layout.within(start, end))
        return (subject, None) if subject else None

    def _clause_among(self, start: int, end: int, *, last: bool = False) -> Clause | None:
        """Return the first (or last) explicit clause of narration whose cue lies among these characters."""
        found = [
            clause
            for clause in self._by_unit.get(self.layout.unit(start), [])
            if start <= self.layout.doc[clause.cue].idx < end
            and self.layout.quote[clause.cue] < 0
            and clause.strength < 2
            and clause.source.name != ARTICLE
        ]
        return found[-1 if last else 0] if found else None
