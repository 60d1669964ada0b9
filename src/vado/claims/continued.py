"""Who is credited with a figure that only goes on from one before: the same data set's owner.

"The agency counted 48,752 in August, it says. Border-wide, 116,722 came as families": the second sentence credits
nobody, and its figure is of the same counter. A person's words are not carried on in this way, since people are quoted
and answered, while a data set is read out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from vado.claims.figure import ARTICLE, Credit, Figure, Reading
from vado.claims.language import text_of

if TYPE_CHECKING:
    from spacy.tokens import Doc

#: Who is read out rather than quoted.
_READ_OUT = frozenset({"organisation", "data", "document", "poll"})

#: Words that bring in somebody else.
_ANEW = re.compile(
    r"\b(?:instead|another|separate|different|others?|rivals?|team|researchers|economists|critics|whereas|claims?|rumou?rs?"
    r"|taken together|(?:serious|most|published|various|rival) estimates|I am told|I hear|I gather"
    r"|(?:my|our) own|(?:my|our) (?:count|tally|reckoning|estimate|reading|guess))\b",
    re.I,
)

#: Paragraphs that a data set is read out over, beside the one in which it was named.
REACH = 1


def continued(
    doc: Doc, found: Sequence[Figure], readings: Sequence[Reading], credits: Sequence[Credit]
) -> list[Credit]:
    """Return the credits, with those of figures that go on from a credited one filled in.

    Parameters
    ----------
    doc
        The text as parsed.
    found, readings, credits
        Its figures, what each measures, and who is credited with each by the words of its own sentence.
    """
    made: list[Credit] = []
    last: tuple[Figure, Reading, Credit] | None = None
    for figure, reading, credit in zip(found, readings, credits, strict=True):
        if credit.speaker == ARTICLE and last is not None and not credit.quoted:
            before, of, by = last
            breaks = text_of(doc).count("\n\n", before.end, figure.start)
            anew = bool(_ANEW.search(text_of(doc), before.end, _sentence_end(doc, figure.end)))
            if _of_somebody(doc, figure.start):
                # What is told of a person ends the reading out.
                anew, last = True, None
            if breaks <= REACH and reading.measure is not None and _one_counter(of, reading) and not anew:
                credit = replace(by, quoted=False, relayed_by=by.relayed_by)
        made.append(credit)
        if credit.speaker != ARTICLE:
            read_out = credit.role in _READ_OUT and credit.outlet != credit.speaker
            last = (figure, reading, credit) if read_out else None
    return made


def _sentence_end(doc: Doc, char: int) -> int:
    """Return the character at which the sentence of a figure ends."""
    span = doc.char_span(char - 1, char, alignment_mode="expand")
    return char if span is None else int(span[0].sent.end_char)


def _of_somebody(doc: Doc, char: int) -> bool:
    """Tell whether the sentence of a figure is about a person: "Whitcomb will bring in 74 workers"."""
    span = doc.char_span(char, char + 1, alignment_mode="expand")
    subjects = [] if span is None else [t for t in span[0].sent if t.dep_ == "nsubj" and t.head.dep_ == "ROOT"]
    return any(t.ent_type_ == "PERSON" or t.lower_ in {"he", "she"} for t in subjects)


def _one_counter(before: Reading, reading: Reading) -> bool:
    """Tell whether two figures can come from one data set."""
    return before.measure == reading.measure or {before.measure, reading.measure} == {"approval", "disapproval"}
