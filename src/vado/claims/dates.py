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
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vado.claims.day_phrases import MOVES, SAY, Phrase, find, governor
from vado.claims.day_words import one_day
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
        own = _carried(figure, dates, near=True, changes=changes) or own
    if own is None and article_date and _CLOCK.match(dates.text[dates.text.rfind("\n", 0, start) + 1 :][:12]):
        return one_day(article_date)
    if own is None and not _is_standing(figure):
        own = _carried(figure, dates, near=False, changes=changes)
    if own is None:
        return _UNSTATED
    return own.last if own.last and changes else own.period


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
    helpers = [child for child in verbs[0].children if child.dep_ in ("aux", "auxpass")]
    return (helpers or verbs)[0].tag_ in ("VBZ", "VBP")


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
        if phrase.compared and not about:
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
    counted = noun.tag_ in ("NNS", "NNPS", "DT", "CD") or any(child.like_num for child in noun.lefts)
    return counted or noun is figure.root.head or noun.is_ancestor(figure.root) or figure.root.is_ancestor(noun)


_SHARE = re.compile(r"%|per ?cent|\bin\b|\bout of\b|half|third|quarter", re.IGNORECASE)
_WHEN = re.compile(r",? (?:when|in which)\b")
_COMPARING = re.compile(
    r"\b(?:(?:(?<!more )(?<!less )(?<!fewer )than|compared|against|versus)\b[^.;,]{0,40}|from (?:\w+ )?)$",
    re.IGNORECASE,
)


def _carried(figure: Span, dates: _Dates, *, near: bool, changes: bool) -> Phrase | None:
    """Return the phrase that the text before a figure's sentence speaks of: in its paragraph, or in those before it."""
    number, breaks = dates.sentence(figure.start), 0
    month = None
    for sentence in dates.sentences[max(number - 15, 0) : number][::-1]:
        breaks += sentence.text_with_ws.endswith("\n\n") or "\n\n" in sentence.text[-3:]
        if (breaks > 0 and near) or breaks > 4:
            break
        if breaks == 0 and not near:
            continue
        found = _topic(sentence, dates, changes=changes)
        if found:
            # "Before 2010" dates its own figure and says nothing of the next.
            return found if found.period.start else None
        inside = [p for p in _phrases_of(sentence, dates) if not (changes and p.points)]
        if inside and near:
            return inside[-1] if inside[-1].period.start else None
        month = month or next((p for p in inside if p.period.kind in ("month", "quarter", "fiscal_year")), None)
    return month


def _topic(sentence: Span, dates: _Dates, *, changes: bool) -> Phrase | None:
    """Return the phrase that dates a sentence's last number; a change is not of what it is compared with."""
    low, high = (bisect.bisect_left(dates.numbers, edge) for edge in (sentence.start, sentence.end))
    for at in dates.numbers[low:high][-6:][::-1]:
        figure = sentence.doc[at : at + 1]
        before = dates.text[max(sentence.start_char, figure.start_char - 60) : figure.start_char]
        found, told = _governing(figure, dates)
        if found and not told and not _COMPARING.search(before) and not (changes and found.points):
            return found
    return None


def _phrases_of(sentence: Span, dates: _Dates) -> list[Phrase]:
    """Return a sentence's phrases that may date what follows."""
    first = bisect.bisect_left(dates.phrases, sentence.start_char, key=lambda phrase: phrase.start)
    inside = [p for p in dates.phrases[first : first + 20] if p.start < sentence.end_char]
    return [p for p in inside if not p.compared and not p.said and not _is_future(p, dates.today)]


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
        doc.user_data[key] = _Dates(text, sentences, found, numbers, today)
    dates: _Dates = doc.user_data[key]
    return dates
