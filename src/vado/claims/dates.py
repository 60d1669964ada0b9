"""When: the days that a figure is about.

First every phrase that names days is found and resolved: absolute ones by the calendar, relative ones by the article's
date, and those that point back ("that month", "a year earlier") by the phrase they point to. Then the phrase that
governs a figure is chosen: nearness counts; other figures and clause bounds in between count against it, and so does
dating the saying ("said on Thursday") instead of what was said. What a figure is compared with ("up 20 percent from
May") never dates it. A figure without a phrase in its sentence keeps the period that the text is speaking of.
"""

from __future__ import annotations

import bisect
import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from vado.claims.day_phrases import MOVES, SAY, Phrase, find, governor
from vado.claims.day_words import one_day, unit_around
from vado.claims.figure import Period
from vado.claims.language import text_of

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

_UNSTATED = Period(None, None, "unstated")
#: The hour that opens an entry of a live blog, which is of the article's day.
_CLOCK = re.compile(r"\d\d?[:.]\d\d ?(?:[ap]\.?m\b|$|\D)", re.IGNORECASE)


@dataclass(frozen=True)
class _Dates:
    """What a text holds: its sentences, phrases and other numbers (places of their words), each in order."""

    text: str
    sentences: list[Span]
    phrases: list[Phrase]
    numbers: list[int]
    today: dt.date | None
    headings: set[int]  # the places of sentences that are headings

    def sentence(self, word: int) -> int:
        """Return the place of the sentence that holds a word."""
        return max(bisect.bisect_right(self.sentences, word, key=lambda sentence: sentence.start) - 1, 0)


def phrases(doc: Doc, article_date: dt.date | None) -> list[tuple[int, int, Period]]:
    """Return every phrase that names days.

    Parameters
    ----------
    doc
        The parsed article.
    article_date
        The day it was published, or None; relative phrases then have days of None.

    Returns
    -------
    list of (int, int, Period)
        First character, the one after the last, and the days; in the order of the text, without overlap.
    """
    return [(phrase.start, phrase.end, phrase.period) for phrase in _read(doc, article_date).phrases]


def period(doc: Doc, start: int, end: int, article_date: dt.date | None) -> Period:
    """Return the days that the figure at characters [start, end) is about.

    Parameters
    ----------
    doc
        The parsed article.
    start, end
        The figure's characters.
    article_date
        The day it was published, or None.

    Returns
    -------
    Period
        Of kind ``unstated`` where neither the sentence nor what stands before it says.
    """
    dates = _read(doc, article_date)
    figure = doc.char_span(start, end, alignment_mode="expand")
    if figure is None or not len(figure):
        return _UNSTATED
    around = dates.text[max(start - 40, dates.sentences[dates.sentence(figure.start)].start_char) : end + 12]
    changes = bool(re.search(r"%|per ?cent", around) and MOVES.search(around))
    own, told = _governing(figure, dates)
    if own is None or (told and not _is_state(figure)):
        carried = None if own is None and _is_now(figure) else _carried(figure, dates, near=True, changes=changes)
        if told and carried is None and _is_past(figure, dates):
            own = _carried(figure, dates, near=False, changes=changes) if _THOSE.match(dates.text, end) else None
            return own.period if own else _UNSTATED
        own = carried or own
    if own is None and article_date and _CLOCK.match(dates.text[dates.text.rfind("\n", 0, start) + 1 :][:12]):
        return one_day(article_date)
    polled = _POLL.search(figure.sent.text) and not _NEW_POLL.search(figure.sent.text)
    if own is None and (polled or not _is_standing(figure)) and not _is_now(figure):
        own = _carried(figure, dates, near=False, changes=changes)
    own = own or _heading(figure, dates)
    if own is None:
        return _UNSTATED
    return own.last if own.last and changes else _cumulated(figure, own, dates)


_ASKING = {"interview", "survey", "poll", "take", "conduct", "field", "ask", "count", "carry", "make", "do", "collect"}
_ASKING |= {"complete", "finish", "see", "visit", "observe"}
_STATES = frozenset(
    {"be", "have", "hold", "stand", "remain", "stay", "wait", "sleep", "camp", "live", "number", "gather", "house"}
    | {"sit", "linger", "shelter", "keep", "crowd", "reside"}
)


def _verbs(token: Token) -> list[Token]:
    """Return the verbs above a word, the nearest first."""
    found: list[Token] = []
    for _ in range(40):
        if token.pos_ in ("VERB", "AUX") and token.dep_ not in ("aux", "auxpass"):
            found.append(token)
        if token.head is token:
            break
        token = token.head
    return found


def _is_state(figure: Span) -> bool:
    """Whether a figure is how many were somewhere: such a count is of the day that it was told."""
    verbs = _verbs(figure.root)
    return not verbs or verbs[0].lemma_.lower() in _STATES


def _is_standing(figure: Span) -> bool:
    """Whether a figure is a share told in the present: that is not of the period of an earlier paragraph."""
    verbs = _verbs(figure.root)
    if (
        not verbs
        or verbs[0].lemma_.lower() in SAY
        or not _SHARE.search(figure.text + figure.doc[figure.end :][:1].text)
    ):
        return False
    if any(child.dep_ == "nsubj" and child.lower_ in _POINTING for child in verbs[0].children):
        return False
    helpers = [child for child in verbs[0].children if child.dep_ in ("aux", "auxpass")]
    return (helpers or verbs)[0].tag_ in ("VBZ", "VBP")


#: "Three-quarters of those people": of the people that were spoken of before.
_THOSE = re.compile(r" (?:of )?(?:those|these|them)\b", re.IGNORECASE)
_POLL = re.compile(
    r"\b(?:approv\w+|disapprov\w+|poll(?:s|sters?|ed)?|surveys?|surveyed|respondents|voters|rating|ratings|vote|voted"
    r"|passed|yeas|ayes|nays|gallup|quinnipiac|monmouth|pew|in the field)\b|\b\d{3}[-–]\d{3}\b",
    re.IGNORECASE,
)
_NEW_POLL = re.compile(
    r"\b(?:polls?|surveys?|(?-i:[A-Z])\w+['’]s)\b|\b(?:Gallup|Quinnipiac|Monmouth|Pew)\b", re.IGNORECASE
)
_PENDING = re.compile(
    r"\b(?:pending|backlog|await|awaits|awaiting|wait for|waiting list|in the queue)\b", re.IGNORECASE
)
_ITEM = re.compile(r"[•*▪◦●–—|-]|[^\n:]{1,60}: ?\S")
_POINTING = {"this", "that", "these", "those", "which"}


def _finite(figure: Span) -> tuple[Token | None, list[Token]]:
    """Return the nearest verb above a figure and its helpers."""
    verbs = _verbs(figure.root)
    if not verbs:
        return None, []
    return verbs[0], [child for child in verbs[0].children if child.dep_ in ("aux", "auxpass")]


def _is_now(figure: Span) -> bool:
    """Whether a number, no share, is told of how things stand now, not of what was told before."""
    verb, helpers = _finite(figure)
    if verb is None or (helpers or [verb])[0].tag_ not in ("VBZ", "VBP") or _SHARE.search(figure.text):
        return False
    if any(child.dep_ in ("nsubj", "nsubjpass") and child.lower_ in _POINTING for child in verb.children):
        return False
    if any(helper.lemma_.lower() == "have" for helper in helpers):
        return False
    if any(child.dep_ == "dobj" and child.lower_ == "it" for child in verb.children):
        return False  # "The service has it at 81,946."
    held = verb.lemma_.lower() in _STATES - {"number", "stand"} and not helpers
    return held or bool(_PENDING.search(figure.sent.text))


def _is_past(figure: Span, dates: _Dates) -> bool:
    """Whether a figure is of what was done before it was told of, so that the day of the telling is not its own."""
    if _POLL.search(figure.sent.text):
        return False
    if _THOSE.match(dates.text, figure.end_char):
        return True
    verb, helpers = _finite(figure)
    return (verb is not None and (helpers or [verb])[0].tag_ in ("VBD", "VBN")) or _has_had(figure)


def _has_had(figure: Span) -> bool:
    """Whether what a figure counts had been going on: "had already counted", "have crossed"."""
    every = [child for verb in _verbs(figure.root)[:2] for child in verb.children]
    return any(child.dep_ == "aux" and child.lemma_.lower() in ("have", "'ve", "'d") for child in every)


def _by(phrase: Phrase, dates: _Dates) -> bool:
    """Whether "by" stands before a phrase."""
    return bool(re.search(r"\bby(?: the)? $", dates.text[max(phrase.start - 8, 0) : phrase.start], re.IGNORECASE))


def _cumulated(figure: Span, own: Phrase, dates: _Dates) -> Period:
    """Return the days of "by the end of August it had counted": from the start of the range or year spoken of."""
    period = own.period
    if period.kind == "before" and period.end and period.words.lower().startswith(("through", "until", "up to")):
        named = re.search(
            r"\b(?:fiscal|budget)[- ]year\b|\b(?:this|the) year\b|\byear-to-date\b", figure.sent.text, re.I
        )
        unit = "fiscal_year" if named and re.match("fiscal|budget", named.group(), re.I) else "year"
        first = unit_around(period.end, unit).start if named else None
        return replace(period, start=first, kind="range") if first else period
    if period.kind != "day" or not period.start or not _has_had(figure) or _is_state(figure):
        return period
    if not _by(own, dates):
        return period
    number = dates.sentence(figure.start)
    from_here = dates.sentences[max(number - 4, 0)].start_char
    for phrase in dates.phrases[::-1]:
        first = phrase.period.start
        if (
            not from_here <= phrase.start < figure.sent.end_char
            or phrase.start == own.start
            or phrase.compared
            or not first
            or first >= period.start
        ):
            continue
        if phrase.period.kind in ("range", "months", "since"):
            return replace(period, start=first, kind="range")
        if phrase.period.kind in ("year", "fiscal_year") and (phrase.period.end or first) >= period.start:
            return replace(period, start=first, kind="range")
    return period


def _heading(figure: Span, dates: _Dates) -> Phrase | None:
    """Return the month, quarter or year that the nearest heading above a figure names."""
    number = dates.sentence(figure.start)
    for place in sorted((at for at in dates.headings if at < number), reverse=True):
        found = _named_in_heading(dates.sentences[place], dates)
        if found:
            return found
    return None


def _named_in_heading(sentence: Span, dates: _Dates) -> Phrase | None:
    kinds = ("month", "months", "quarter", "fiscal_year", "year")
    return next((p for p in _phrases_of(sentence, dates) if p.period.kind in kinds and not p.points), None)


def _governing(figure: Span, dates: _Dates) -> tuple[Phrase | None, bool]:
    """Return the phrase of the sentence that dates the figure best, and whether it dates the saying."""
    doc, sentence = figure.doc, dates.sentences[dates.sentence(figure.start)]
    best: tuple[float, Phrase | None, bool] = (1e9, None, False)
    low = bisect.bisect_left(dates.phrases, max(sentence.start_char, figure.start_char - 700), key=lambda p: p.start)
    for phrase in dates.phrases[low:]:
        if phrase.start >= min(sentence.end_char, figure.end_char + 700):
            break
        if (phrase.start < figure.end_char and figure.start_char < phrase.end) or _is_future(phrase, dates.today):
            continue
        # "than in June 2019, when it passed 237 to 187": what is compared with dates the clause about itself.
        about = phrase.end < figure.start_char and _WHEN.match(dates.text, phrase.end)
        if (phrase.compared and not about) or figure.start_char < phrase.after:
            continue
        cost, told = _cost(doc, figure, sentence, phrase, dates)
        if cost < best[0]:
            best = (cost, phrase, told)
    return best[1], best[2]


def _is_future(phrase: Phrase, today: dt.date | None) -> bool:
    """Whether a phrase names days after the article's."""
    first, last = phrase.period.start, phrase.period.end
    return bool(today and ((first and first > today) or (first is None and last and last > today)))


def _cost(doc: Doc, figure: Span, sentence: Span, phrase: Phrase, dates: _Dates) -> tuple[float, bool]:
    """Return how far a phrase is from dating a figure, and whether it dates the saying; infinite where it cannot."""
    span = doc.char_span(phrase.start, phrase.end, alignment_mode="expand")
    if span is None or not len(span):
        return float("inf"), False
    after = span.start >= figure.end
    between = doc[figure.end : span.start] if after else doc[span.end : figure.start]
    numbers = bisect.bisect_left(dates.numbers, between.end) - bisect.bisect_left(dates.numbers, between.start)
    commas = sum(token.text == "," for token in between)
    breaks = sum(token.text in {";", ":", "—", "–", "(", ")"} for token in between)
    joins = [token for token in between if token.dep_ == "cc" or token.lower_ in ("while", "whereas", "so", "but")]
    opens = span.start - sentence.start < 4 and not after
    verbs, head = _verbs(figure.root), governor(doc, phrase)[0]
    upper = _verbs(head)[:1] if head is not None else []
    told = phrase.said and (verbs[:1] != upper or any(token.text == ":" for token in between))
    if after and (breaks or joins) and _has_subject(between, joins):
        return float("inf"), told
    if upper and upper[0].dep_ in ("relcl", "acl") and not phrase.said and not _relates(figure, upper[0]):
        return float("inf"), told
    gap = min(len(between), 12)
    cost = gap + 9 * min(numbers, 2) + commas + 5 * breaks + 3 * len(joins) + (0 if after else 1)
    if opens:
        cost = min(gap, 3) + 9 * min(numbers, 1) + 3 * len(joins) + 1
    if after and (commas or joins):
        following = bisect.bisect_left(dates.numbers, span.end)
        close = following < len(dates.numbers) and dates.numbers[following] - span.end < 4
        cost += 8 * (close and numbers == 0)
    if head is not None and (head in figure or figure.root.head is head) and after and not breaks:
        cost -= 6
    if upper and upper[0] not in verbs:
        cost += 2
    return cost + 20 * told, told


def _has_subject(between: Span, joins: list[Token]) -> bool:
    """Whether a new clause with a subject of its own begins in the words between."""
    start = joins[0].i if joins else between.start
    return any(token.dep_ in ("nsubj", "nsubjpass") and token.i > start for token in between)


def _relates(figure: Span, verb: Token) -> bool:
    """Whether a clause about a noun can date the figure: it is about things counted, holds it, or tells of a poll."""
    noun = verb.head
    if verb.lemma_.lower() in _ASKING or noun in figure or verb.is_ancestor(figure.root) or verb is figure.root:
        return True
    if noun.lemma_.lower() in ("record", "peak", "high", "maximum", "low"):
        return True
    counted = noun.tag_ in ("NNS", "NNPS", "DT", "CD") or any(child.like_num for child in noun.lefts)
    return counted or noun is figure.root.head or noun.is_ancestor(figure.root) or figure.root.is_ancestor(noun)


_SHARE = re.compile(r"%|per ?cent|\bin\b|\bout of\b|half|third|quarter", re.IGNORECASE)
_WHEN = re.compile(r",? (?:when|in which)\b")
_COMPARING = re.compile(
    r"\b(?:(?:(?<!more )(?<!less )(?<!fewer )than|than the|compared|against|versus)\b[^.;,]{0,40}|from (?:\w+ )?)$",
    re.IGNORECASE,
)


def _carried(figure: Span, dates: _Dates, *, near: bool, changes: bool) -> Phrase | None:
    """Return the phrase that the text before a figure's sentence speaks of: in its paragraph, or in those before it."""
    number, breaks = dates.sentence(figure.start), 0
    month = told_before = None
    of_poll = bool(_POLL.search(figure.sent.text))
    for place in range(number - 1, max(number - 16, -1), -1):
        sentence = dates.sentences[place]
        breaks += sentence.text_with_ws.endswith("\n\n") or "\n\n" in sentence.text[-3:]
        if (breaks > 0 and near) or breaks > 4:
            break
        if breaks == 0 and not near:
            if any(phrase.period.start is None for phrase in _phrases_of(sentence, dates)):
                return None
            continue
        if breaks > 0 and sentence.text.rstrip().endswith("?") and (asked := _phrases_of(sentence, dates)):
            return month or told_before or asked[-1]
        if place in dates.headings and not near and (found := _named_in_heading(sentence, dates)):
            return month or told_before or found
        if of_poll and not _POLL.search(sentence.text):
            continue
        found, digresses = _topic(sentence, dates, changes=changes)
        if found and digresses:
            told_before = told_before or found
            continue
        if found:
            # "Before 2010" dates its own figure and says nothing of the next.
            return found if found.period.start else None
        inside = [p for p in _phrases_of(sentence, dates) if not (changes and p.points)]
        if inside and near:
            return inside[-1] if inside[-1].period.start else None
        long = ("month", "quarter", "fiscal_year", *(("range", "months") if of_poll and breaks < 2 else ()))
        month = month or next((p for p in inside if p.period.kind in long), None)
    return told_before or month


def _topic(sentence: Span, dates: _Dates, *, changes: bool) -> tuple[Phrase | None, bool]:
    """Return the phrase that dates a sentence's last number, and whether it looks back: "In 2014 there had been 282".

    A change is not of what it is compared with.
    """
    low, high = (bisect.bisect_left(dates.numbers, edge) for edge in (sentence.start, sentence.end))
    for at in dates.numbers[low:high][-6:][::-1]:
        figure = sentence.doc[at : at + 1]
        before = dates.text[max(sentence.start_char, figure.start_char - 60) : figure.start_char]
        found, told = _governing(figure, dates)
        if found and not told and not _COMPARING.search(before) and not (changes and found.points):
            helpers = [child for verb in _verbs(figure.root)[:1] for child in verb.children if child.dep_ == "aux"]
            return found, any(helper.lower_ == "had" for helper in helpers) and not _by(found, dates)
    return None, False


def _phrases_of(sentence: Span, dates: _Dates) -> list[Phrase]:
    """Return a sentence's phrases that may date what follows."""
    first = bisect.bisect_left(dates.phrases, sentence.start_char, key=lambda phrase: phrase.start)
    inside = [p for p in dates.phrases[first : first + 20] if p.start < sentence.end_char]
    return [p for p in inside if not p.compared and not p.said and p.after < 0 and not _is_future(p, dates.today)]


def _is_heading(sentence: Span, text: str) -> bool:
    """Whether a sentence stands in a short paragraph without an end: a headline, or a line above bullets."""
    first = text.rfind("\n", 0, sentence.start_char) + 1
    line = text[first : (text.find("\n", first) + 1 or len(text) + 1) - 1].strip()
    return len(line) < 120 and not re.search(r"[.!?;,…][\"'”’)]*$", line) and not _ITEM.match(line)


def _read(doc: Doc, today: dt.date | None) -> _Dates:
    """Return the text's phrases and numbers, worked out once for a text and date."""
    key = f"vado dates {today}"
    if key not in doc.user_data:
        text, sentences = text_of(doc), list(doc.sents)
        found = find(doc, text, sentences, today)
        starts = [phrase.start for phrase in found]
        numbers = []
        for token in doc:
            if token.like_num or token.text[0].isdigit():
                at = bisect.bisect_right(starts, token.idx) - 1
                if at < 0 or token.idx >= found[at].end:
                    numbers.append(token.i)
        headings = {at for at, sentence in enumerate(sentences) if _is_heading(sentence, text)}
        doc.user_data[key] = _Dates(text, sentences, found, numbers, today, headings)
    dates: _Dates = doc.user_data[key]
    return dates
