"""When a difference is no contradiction: a figure may count a part of what the ledger counts, or another time.

"Outside it" is the one verdict that says somebody's number is wrong, so it is given only where the text itself settles
what is counted, of whom, where and when. A number above every total cannot be a part of it and needs less; a number
below may be one. Where a doubt remains the verdict is "not comparable", with the ledger's number and the doubt.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from vado.claims import scope
from vado.claims.agreement import significant_digits
from vado.claims.figure import Figure, Period, Reading
from vado.claims.language import span_at, text_of
from vado.claims.rivals import NOT_COMPARABLE, OUTSIDE, Evidence
from vado.claims.verdict import SETTLING_DIGITS, Verdict
from vado.ledger.dates import fiscal_year

if TYPE_CHECKING:
    from spacy.tokens import Doc

#: Confidence of a reading that a contradiction needs, for a figure above the ledger's numbers and below them.
ABOVE, BELOW = 0.6, 0.72

#: A neighbour's number this near, as a share of it, may be the one that is meant.
NEXT_TO = 0.02

#: Characters around a figure within which a contradiction needs the word for what is counted.
NEAR = 90

#: Evidence whose rivals count one thing each; of estimates and polls there are no parts.
_COUNTS = frozenset({"count", "share", "observers"})

_PART = re.compile(
    r"\b(?:of (?:them|those|these|whom|which|the (?:total|arrests|encounters|apprehensions|detentions|people))"
    r"|among|including|alone|elsewhere|"
    r"other than|everyone else|the (?:others?|rest)|part of|first (?:week|day|half|quarter|ten days|two weeks)"
    r"|so far|as of|"
    r"so-called|known|confirmed|registered|between the|at the|near|outside|county|city|town|village|trailer"
    r"|truck|ranch|district|precinct|station)\b",
    re.I,
)
_FISCAL = re.compile(r"\b(?:fiscal|budget)\s(?:year\b|20\d\d)", re.I)
_WHOLE = re.compile(r"\b(?:total|overall|altogether|in all|all told|whole|entire|nationwide|border-?wide)\b", re.I)


def cautious(
    doc: Doc, figure: Figure, reading: Reading, period: Period, evidence: Evidence, verdict: Verdict
) -> Verdict:
    """Return the verdict, or "not comparable" where a contradiction would rest on a guess.

    Parameters
    ----------
    doc
        The text as parsed.
    figure, reading, period
        What is stated, of what, and when.
    evidence, verdict
        What the ledger holds, and the verdict on it.
    """
    if verdict.verdict != OUTSIDE or evidence.kind not in _COUNTS:
        return verdict
    doubt = _doubt(doc, figure, reading, period, evidence)
    if not doubt:
        return verdict
    reason = verdict.reason.rstrip(".")
    return replace(verdict, verdict=NOT_COMPARABLE, reason=f"{reason}; {doubt}.")


def fiscal_year_spoken_of(doc: Doc, figure: Figure, period: Period) -> Period | None:
    """Return the fiscal year that a figure's sentence speaks of where a month of it was read ("ended in September")."""
    if period.end is None or period.start is None or (period.end - period.start).days > 31:
        return None
    if not _FISCAL.search(span_at(doc, figure.start, figure.end).sent.text):
        return None
    first, last = fiscal_year(period.end.year + (period.end.month >= 10))
    return Period(first, last, "fiscal_year", period.words)


def is_own(doc: Doc, figure: Figure, period: Period) -> bool:
    """Tell whether the words that date a figure stand in its own sentence, or none were needed."""
    span = span_at(doc, figure.start, figure.end)
    sentence, at = span.sent.text, figure.start - span.sent.start_char
    part = sentence[sentence.rfind(";", 0, at) + 1 :].split(";")[0]
    return not period.words or period.words.lower() in part.lower()


def _doubt(doc: Doc, figure: Figure, reading: Reading, period: Period, evidence: Evidence) -> str:
    if significant_digits(figure) >= SETTLING_DIGITS and any(one.value == figure.value for one in evidence.beside):
        return "so many digits are hardly that number's by chance, and the text may mean it"
    if any(one.value and abs(one.value - figure.value) <= NEXT_TO * one.value for one in evidence.beside):
        return "and the text may mean what has this number"
    span = span_at(doc, figure.start, figure.end)
    sentence = span.sent.text
    above = _is_above(figure, evidence)
    if reading.confidence < (ABOVE if above else BELOW):
        return "the words do not settle that this is what they count"
    if period.start is not None and not is_own(doc, figure, period):
        return "its sentence has no date of its own, so it may be about another time"
    if above and figure.unit not in {"percent", "change_percent"}:
        return ""
    if figure.unit == "change_percent" and not (reading.attributes.get("against") or "against" in reading.because):
        return "the words do not settle what it is compared with"
    narrower = _narrower(doc, figure, reading, sentence)
    if narrower and not _WHOLE.search(sentence):
        return f"the words may mean a part of it (“{narrower}”)"
    ahead = text_of(doc)[max(span.sent.start_char, figure.start - NEAR) : figure.start]
    clause = re.split(r"[:;]\s", ahead)[-1]
    near = (clause if len(clause) > 15 else ahead) + text_of(doc)[figure.start : figure.end + NEAR]
    if reading.because not in near:
        return "its sentence does not name what it counts, which may be a part of it"
    return ""


def _is_above(figure: Figure, evidence: Evidence) -> bool:
    tops = [value for rival in evidence.same for value in (rival.value, rival.high) if value is not None]
    return bool(tops) and figure.value > max(tops)


def _narrower(doc: Doc, figure: Figure, reading: Reading, sentence: str) -> str:
    """Return words of the figure's sentence that may narrow what it counts and are not part of the reading."""
    if match := _PART.search(sentence):
        return match[0]
    if not reading.household:
        for pattern in scope.HOUSEHOLDS.values():
            if match := pattern.search(sentence):
                return match[0]
        if match := re.search(r"\b(?:children|minors|women|adults|boys|girls|infants)\b", sentence, re.I):
            return match[0]
    if not reading.nationalities and (scope.nationalities(sentence)):
        return "the people named"
    places = (name for name in scope.SECTORS if re.search(rf"\b{name}\b", sentence))
    if reading.place in (None, "swb") and (name := next(places, "")):
        return name
    return ""
