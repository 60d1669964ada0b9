"""Every phrase of a text that names days: whole, cut, joined, bounded, or pointing to another.

What :mod:`day_words` reads is cut by the words before it ("the first half of"), joined to ranges ("from May to July")
and bounded ("since", "before"); phrases that point back ("that month") get the days of the one that they point to. Each
is marked where it dates a saying ("said on Thursday") or is what a figure is compared with ("up from May").
"""

from __future__ import annotations

import bisect
import datetime as dt
import itertools
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from vado.claims.day_words import (
    COUNT,
    PARTS,
    RULES,
    UNIT,
    WILL,
    YEAR,
    a_fiscal_year,
    a_year,
    back_from,
    count_of,
    end_on,
    part_of,
    shifted,
    unit_around,
    unit_of,
    until,
)
from vado.claims.figure import Period
from vado.ledger.dates import months_on

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

_UNSTATED = Period(None, None, "unstated")


@dataclass(frozen=True)
class Phrase:
    """A phrase that names days: its characters, the days, and how it stands in its sentence."""

    start: int
    end: int
    period: Period
    fixed: bool = True  # its year is said, or follows from the article's date: a range does not move it
    last: Period | None = None  # the second part of "from A to B"
    compared: bool = False  # what a figure is compared with, or "the most since"
    said: bool = False  # when something was said or published
    points: bool = False  # it points back: "the year before"
    after: int = -1  # it dates only what stands after this character: "17,638, against [7,569 in August]"


# ---------------------------------------------------------------- phrases that point to another

_EARLIER = r"(?:before(?! (?:(?:the|his|her|its|their|that)\b|(?-i:[A-Z])))|earlier|prior|previously)"
#: Patterns that point back, with the count of units to move.
_BACK = [
    (re.compile(rf"\b{pattern}", re.IGNORECASE), steps)
    for pattern, steps in [
        (rf"(?:the|an?|one) {UNIT}[ -]{_EARLIER}\b", -1),
        (rf"{COUNT} {UNIT}s {_EARLIER}\b", None),
        (rf"{COUNT} {UNIT}s? (?P<later>later|afterwards?)\b", None),
        (rf"(?:the )?(?:previous|prior|preceding) {UNIT}\b", -1),
        (rf"(?:the )?(?P<window>previous|prior|preceding) {COUNT} {UNIT}s\b", None),
        (rf"the (?:following|next|subsequent) {UNIT}\b", 1),
        (r"(?:a|one) (?P<unit>year)[ -]ago", -1),
        (r"the same (?:\w+ ){0,2}(?:days?|weeks?|months?|quarter|period|time|stretch),? "
         r"(?:of |in |from |an? |one |the )?(?:(?:last|previous|prior) (?P<unit>year)|year (?:ago|earlier|before)"
         rf"|{YEAR})", -1),
        (r"(?:those|these|both|the|those same|all) (?P<of>two |three |four |five |)(?P<unit>year|month)s\b"
         r"(?! (?:of|in|ago|later|earlier|before|since|to)\b)", 0),
        (rf"(?:that|that same|the same) (?:{UNIT}|period|time|span)\b(?! (?:of|in|last|a year|the)\b)", 0),
        (r"(?:(?<=\bin )|(?<=\bfor )|(?<=\bduring )|(?<=\bover )|(?<=\bof ))"
         rf"the (?:calendar )?{UNIT}\b(?! (?:to|through|that|in|of|end)\b)", 0),
        (r"the (?P<unit>(?:federal )?fiscal year)\b", 0),
        (r"(?P<since>since (?:then|that (?:day|date)))\b", 0),
        (r"(?P<whole>the (?:whole|full|entire) (?P<unit>year)|the (?P<unit2>year) as a whole)", 0),
    ]
]  # fmt: skip
#: The kinds of period that each unit can point back to.
_POINTS_TO = {
    "day": {"day"},
    "week": {"week", "range", "day"},
    "month": {"month", "day"},
    "quarter": {"quarter"},
    "fiscal_year": {"fiscal_year"},
    "year": {"year", "month", "months", "quarter", "fiscal_year", "range", "week"},
    "": {"month", "months", "quarter", "fiscal_year", "range", "week", "year", "day"},
}


def _point(match: re.Match[str], steps: int | None, context: Period | None, today: dt.date | None) -> Period | None:
    """Return the period that a phrase points to, by the one it points from."""
    said = match.groupdict()
    unit = unit_of(said.get("unit") or said.get("unit2") or ("year" if steps else ""))
    count = count_of(said["n"]) * (1 if said.get("later") else -1) if steps is None else steps
    if said.get("window"):
        last = context.start - dt.timedelta(1) if context and context.start else today
        return back_from(last, -count, unit) if last else None
    if said.get("yr"):
        year = int(said["yr"])
        return shifted(context, "year", year - context.start.year) if context and context.start else a_year(year)
    if said.get("since"):
        return (
            Period(context.start, max(today or context.start, context.start), "since")
            if context and context.start
            else None
        )
    if said.get("whole") and today and (context is None or context.kind not in ("year", "fiscal_year")):
        # What is over: the fiscal year in autumn, the year of the calendar in winter.
        if today.month >= 10:
            return a_fiscal_year(today.year)
        return a_year(today.year - 1) if today.month < 3 else until(a_year(today.year), today)
    if context is None:
        if today is None or not unit:
            return None
        around = shifted(unit_around(today, unit), unit, count)
        if unit == "fiscal_year" and not count and today.month in (10, 11):
            return shifted(around, unit, -1)
        return until(around, today) if not count else around
    fiscal = unit == "year" and context.kind == "fiscal_year" and "calendar" not in match.group().lower()
    if count or context.start is None or fiscal or unit in ("", context.kind):
        clipped = context.start and context.kind in ("week", "month", "quarter", "year", "fiscal_year") and count
        whole = unit_around(context.start, context.kind) if context.start and clipped else context
        return shifted(whole, unit, count) if unit else context
    if unit in ("day", "week"):
        return context
    at = context.end if context.kind == "fiscal_year" and context.end else context.start
    return until(unit_around(at, unit), today) if today and at <= today else unit_around(at, unit)


# ---------------------------------------------------------------- ranges, bounds

_RANGE = re.compile(r",? ?(?:to|through|thru|until|till|up to|(?P<and>and)|[-–—])(?: on)? ?", re.IGNORECASE)
_BOUND = re.compile(
    r"\b(?P<how>since|(?:from )?before|prior to|pre-|until|till|up to|through)(?: at least| about)?(?: the)? ?$",
    re.IGNORECASE,
)


#: "Since the order ended on May 11".
_SINCE_EVENT = re.compile(r"\b(?P<how>since) [^,.;:\n]{3,50} (?:on|in)(?: early| late)? $", re.IGNORECASE)


def _cut(text: str, phrase: Phrase) -> Phrase:
    """Return a phrase with the words before it that name a part of it: "the first half of", "mid-"."""
    for _ in range(3):
        match = PARTS.search(text, max(phrase.start - 50, 0), phrase.start)
        if not match:
            break
        phrase = replace(phrase, start=match.start(), period=part_of(match, phrase.period))
    return phrase


def _join(text: str, found: list[Phrase], today: dt.date | None) -> list[Phrase]:
    """Return the phrases with "from A to B" as one, and those after "since" or "before" as such."""
    joined: list[Phrase] = []
    for phrase in found:
        before = joined[-1] if joined else None
        if before and (dated := _of_year(text, before, phrase)):
            joined[-1] = dated
            continue
        link = _RANGE.fullmatch(text, before.end, phrase.start) if before else None
        if before and link and before.last is None:
            lead = text[max(before.start - 12, 0) : before.start].lower()
            whole = _span(before, phrase)
            both = whole and link["and"] and _follow(whole, before.period, phrase.period)
            if whole and (not link["and"] or both or re.search(r"\bbetween (?:the )?$", lead)):
                last = phrase.period if re.search(r"\bfrom $", lead) and "to" in link.group() else None
                joined[-1] = replace(before, end=phrase.end, period=whole, last=last)
                continue
        joined.append(phrase)
    return [_bounded(text, phrase, today) for phrase in joined]


def _of_year(text: str, month: Phrase, year: Phrase) -> Phrase | None:
    """Return "September of last year" as one phrase, or None where the two are not that."""
    said, first = year.period.start, month.period.start
    if month.fixed or year.period.kind != "year" or not said or not first:
        return None
    if not re.fullmatch(r",? (?:of )?", text[month.end : year.start]):
        return None
    return replace(month, end=year.end, period=shifted(month.period, "year", said.year - first.year), fixed=True)


def _span(a: Phrase, b: Phrase) -> Period | None:
    """Return the days from one phrase to the next, or None where they make no range."""
    first, last = a.period, b.period
    if first.kind == "fiscal_year" and last.kind == "year" and last.start:
        last = a_fiscal_year(last.start.year)
    if not (first.start and first.end and last.start and last.end):
        return None
    start, end = first.start, last.end
    if not a.fixed:
        start = months_on(start, 12 * (last.start.year - start.year))
        start = months_on(start, -12) if start > last.start else start
    elif not b.fixed:
        end = end_on(last, end, 12 * (start.year - last.start.year))
        end = end_on(last, end, 12) if end < start else end
    if start > end:
        return None
    return Period(start, end, "months" if first.kind == last.kind == "month" else "range")


def _follow(whole: Period, a: Period, b: Period) -> bool:
    """Whether "A and B" are neighbours of one kind, so that they are spoken of together."""
    if a.kind == "fiscal_year" and b.kind == "year" and b.start:
        b = a_fiscal_year(b.start.year)
    if not (whole.start and whole.end and a.start and a.end and b.start and b.end) or a.kind != b.kind:
        return False
    sizes = (a.end - a.start).days + (b.end - b.start).days + 2
    return abs((whole.end - whole.start).days + 1 - sizes) <= 1


def _bounded(text: str, phrase: Phrase, today: dt.date | None) -> Phrase:
    """Return a phrase after "since", "before" or "through" as what it bounds."""
    match = _BOUND.search(text, max(phrase.start - 25, 0), phrase.start)
    match = match or _SINCE_EVENT.search(text, max(phrase.start - 70, 0), phrase.start)
    first, last = phrase.period.start, phrase.period.end
    if today and first and first <= today and re.search(r"\bso far (?:in|during) $", text[: phrase.start][-16:], re.I):
        return replace(phrase, period=until(phrase.period, today))
    if not match or not first or not last:
        return phrase
    how = match["how"].lower()
    if how in ("until", "till", "up to", "through") and phrase.period.kind not in ("day", "month", "year"):
        return phrase
    if how == "since":
        middle = text[phrase.start : phrase.end].lower().startswith(("mid", "the middle"))
        first = first + (last - first) // 2 if middle else first
        bound = Period(first, max(today or last, first), "since")
    else:
        excluded = how.endswith(("before", "prior to", "pre-"))
        bound = Period(None, first - dt.timedelta(1) if excluded else last, "before")
    return replace(phrase, start=match.start(), period=bound)


def find(doc: Doc, text: str, sentences: list[Span], today: dt.date | None) -> list[Phrase]:
    """Return the phrases of a text; without the article's date, years that are said stand in for a month's year."""
    patterns = [pattern for pattern, _, _ in RULES] + [pattern for pattern, _ in _BACK]
    matches = [(m.start(), -m.end(), at, m) for at, pattern in enumerate(patterns) for m in pattern.finditer(text)]
    own: list[Phrase] = []
    back: list[tuple[re.Match[str], int | None]] = []
    years = [int(year) for year in re.findall(r"\b(?:19[89]|20[0-4])\d\b(?!,\d)", text)]
    clock = today or dt.date(max(years, default=2000), 12, 31)
    end = 0
    for start, _, at, match in sorted(matches, key=lambda item: item[:3]):
        if start < end:
            continue
        if at >= len(RULES):
            back.append((match, _BACK[at - len(RULES)][1]))
            end = match.end()
            continue
        _, rule, relative = RULES[at]
        found = rule(match, clock)
        if found is None:
            continue
        end = match.end()
        fixed = relative or bool(re.search(r"\d{4}", match.group()))
        if not fixed and WILL.search(text, max(start - 60, 0), start):
            found = shifted(found, "year", 1)
        if today is None and (relative or not (fixed or years)):
            found = Period(None, None, found.kind)
        own.append(Phrase(start, end, found, fixed))
    own = _join(text, [_cut(text, phrase) for phrase in own], today)
    own = [replace(p, said=_tells(doc, text, p), compared=_is_compared(text, p) or _heads(text, p, today)) for p in own]
    pointing = [_pointed(sentences, match, steps, own, today) for match, steps in back]
    every = sorted([*own, *(_cut(text, phrase) for phrase in pointing if phrase)], key=lambda phrase: phrase.start)
    every = _join(text, every, today)
    kept: list[Phrase] = []
    for phrase in every:
        start = max(phrase.start, kept[-1].end if kept else 0)
        if start < phrase.end:
            words = text[start : phrase.end].strip()
            kept.append(replace(phrase, start=start, period=replace(phrase.period, words=words)))
    for at, (phrase, after) in enumerate(itertools.pairwise(kept)):
        # "Ten years ago, in the 2012 budget year": the second says it more closely.
        between = text[phrase.end : after.start]
        since = after.period.kind == "since" and re.fullmatch(r"['’]s(?: [\w-]+){1,3},? ?\(?", between)
        if since or re.fullmatch(r",? (?:in |on |during )?", between):
            weaker = at + 1 if phrase.period.kind == "since" else at
            kept[weaker] = replace(kept[weaker], compared=True)
    for at, phrase in enumerate(kept):
        last, points = kept[at - 1], text[phrase.start : phrase.end].lower().startswith(("since then", "since that"))
        if points and last.period.start == phrase.period.start and "." not in text[last.end : phrase.start]:
            kept[at - 1] = replace(last, compared=True)  # "begun on Jan. 29, ... since that date"
        before = text[max(phrase.start - 90, 0) : phrase.start].rsplit("\n", 1)[-1]
        if phrase.last is None and (against := _AGAINST.search(before)):
            kept[at] = replace(phrase, after=phrase.start - len(before) + against.start())
    return kept


def _heads(text: str, phrase: Phrase, today: dt.date | None) -> bool:
    """Whether a phrase is the article's own date, as a line or a dateline gives it and no sentence does."""
    if phrase.period.kind != "day" or phrase.period.start != today:
        return False
    line, after = text[: phrase.start].rsplit("\n", 1)[-1], text[phrase.end : phrase.end + 60]
    in_full = bool(re.search(r"\d{4}", text[phrase.start : phrase.end]))
    return in_full or (len(line) < 60 and bool(re.match(r"\)?(?: ?\([^)]*\))?\s*(?:[—–|:\n-]|$)", after)))


def _pointed(
    sentences: list[Span], match: re.Match[str], steps: int | None, own: list[Phrase], today: dt.date | None
) -> Phrase | None:
    """Return a phrase that points back, by the nearest one before it of a fitting kind or one later in the sentence."""
    said = match.groupdict()
    kinds = _POINTS_TO[unit_of(said.get("unit") or said.get("unit2") or ("year" if steps else ""))]
    at = bisect.bisect_left(own, match.start(), key=lambda phrase: phrase.start)
    number = max(bisect.bisect_right(sentences, match.start(), key=lambda sentence: sentence.start_char) - 1, 0)
    sentence = sentences[number]
    near = [phrase for phrase in own[max(at - 12, 0) : at][::-1] if phrase.start >= sentence.start_char]
    near += [phrase for phrase in own[at : at + 3] if phrase.start < sentence.end_char]
    far = [phrase for phrase in own[max(at - 12, 0) : at][::-1] if phrase.start < sentence.start_char]
    if match.group().lower().startswith("the") and "year" in kinds and "month" in kinds:
        far.sort(key=lambda p: p.period.kind not in ("year", "fiscal_year"))
    if "of" in said:
        return _several_of(match, near + far)
    by_day = said.get("unit") in ("day", "week")
    fitting = (p for p in near + far if p.period.kind in kinds and (by_day or not p.said) and not p.compared)
    context = next(fitting, None)
    found = _point(match, steps, context.period if context else None, today)
    pointing = Phrase(match.start(), match.end(), found or _UNSTATED, points=steps != 0)
    # What lies in the months before a period ("had been stopped in the previous 12 months") is not of them.
    looks_back = bool(said.get("window") and context)
    return replace(pointing, compared=looks_back or _is_compared(match.string, pointing)) if found else None


def _several_of(match: re.Match[str], before: list[Phrase]) -> Phrase | None:
    """Return "those two years" as all of the years or months named before, where there are as many and they follow."""
    unit, number = match["unit"].lower(), count_of(match["of"].strip() or "two")
    plain = match.group().lower().startswith(("the ", "these", "all")) and not match["of"]
    named: list[Period] = []
    for phrase in before:
        start = phrase.period.start
        if start and phrase.period.kind in ("month", "day", unit, "fiscal_year") and not phrase.points:
            fiscal = unit == "year" and phrase.period.kind == "fiscal_year"
            around = phrase.period if fiscal else unit_around(start, unit)
            named += [around] if around not in named else []
    named = sorted(named[:number], key=lambda one: one.start or dt.date.min)
    if plain or len(named) < number:
        return None
    first, last = named[0].start, named[-1].end
    if not first or not last or round(((last - first).days + 1) / (365.25 if unit == "year" else 30.4)) != number:
        return None
    return Phrase(match.start(), match.end(), Period(first, last, "range"))


# ---------------------------------------------------------------- sayings and comparisons

SAY = frozenset(
    {"say", "tell", "announce", "report", "release", "publish", "post", "note", "testify", "declare", "write", "tweet"}
    | {"state", "claim", "confirm", "warn", "add", "insist", "argue", "reply", "answer", "issue", "disclose", "unveil"}
    | {"update", "quote", "cite", "estimate", "find", "project", "speak", "acknowledge", "reveal", "brief", "explain"}
)
_PAPERS = frozenset(
    {"report", "figure", "data", "statement", "tally", "release", "letter", "interview", "conference", "hearing"}
    | {"tweet", "video", "table", "memo", "update", "briefing", "speech", "article", "story", "post", "email", "remark"}
    | {"testimony", "document", "filing", "column", "editorial"}
)
#: What is dated by a year before it: "a 2018 study".
_STUDIES = {"study", "paper", "analysis", "report", "article", "book", "essay", "letter", "lawsuit", "memo"}
_STUDIES |= {"interview"}
_TOLD = re.compile(
    r"\b(?:said|says|told \w+(?: \w+)?|announced|tweeted|testified|wrote|posted|published)(?: on| in| late| early)* $"
)
_MOVE = (
    r"\b(?:up|down|ris\w+|rose|increas\w+|decreas\w+|declin\w+|drop\w*|f[ae]ll\w*|jump\w*|climb\w*|gr[eo]w\w*|gain\w*"
    r"|surg\w+|plung\w+|slump\w*|soar\w*|jumps?|doubl\w+|tripl\w+)\b"
)
MOVES = re.compile(_MOVE, re.IGNORECASE)
_CHANGE = rf"(?:{_MOVE}|\b(?:changes?|changed|differ\w*|more|fewer|higher|lower|less|percent|per cent|points?)\b|%)"
_IN = r"(?: (?:in|during|for|at|back|early|late|what it was|(?:that|those) of|levels? (?:of|in)))*(?: the)? ?$"
_COMPARED = re.compile(
    rf"\b(?:than|compared (?:with|to)|versus|vs\.?|against|relative to){_IN}"
    rf"|{_CHANGE}[^.;]{{0,60}}(?<!\bestimate )(?<!\bestimates )(?<!\bfigure )(?<!\bfigures )(?<!\bdata )\bfrom{_IN}",
    re.IGNORECASE,
)
_COMPARED_ON = re.compile(rf"{_CHANGE}[^.;]{{0,30}}\b(?:on|over){_IN}", re.IGNORECASE)
_NUMBER = r"(?:\d[\d,.]*%?|(?:\w+[ -])?\w+(?= (?:million|thousand|hundred|percent|per cent)\b))"
#: What is compared with another number, up to the phrase that dates it: "against 7,569 in August".
_AGAINST = re.compile(
    rf"\b(?:against|versus|compared (?:with|to)|than the|(?:up|down|rose|fell|risen|fallen|\w+ing) from) "
    rf"(?:(?:about|some|the|an?|nearly|roughly|only|just) )*{_NUMBER}[^.;:]{{0,30}}$",
    re.IGNORECASE,
)
_EXTREME = re.compile(
    r"\b(?:most|least|fewest|worst|record|first|first time|(?!west|rest|test|request|forest)\w{3,}est)\b", re.IGNORECASE
)


#: "In May, the department told the court, it released 95,318": what is said of May stands around the saying.
_ASIDE = re.compile(
    r", [^,.;:\n]{2,80}\b(?:said|says|told|reported|reports|announced|estimated|estimates|wrote|showed|show)\b"
    r"[^,.;:\n]{0,60}, (?:it|they|he|she|we|there|the|\d|[a-z])"
)


def _is_compared(text: str, phrase: Phrase) -> bool:
    """Whether a phrase is what a change or an extreme is measured against: "up from May", "the most since 1999"."""
    before = text[max(phrase.start - 90, 0) : phrase.start].rsplit("\n", 1)[-1]
    if phrase.period.kind == "since":
        return bool(_EXTREME.search(before[-50:]) or re.search(rf"(?:{_MOVE}|%|per ?cent)\W*$", before, re.IGNORECASE))
    if phrase.last:
        return False
    calendar_like = phrase.period.kind not in ("day", "range")
    return bool(_COMPARED.search(before) or (calendar_like and _COMPARED_ON.search(before)))


def governor(doc: Doc, phrase: Phrase) -> tuple[Token | None, str]:
    """Return the word that a phrase depends on, and the preposition between them."""
    span = doc.char_span(phrase.start, phrase.end, alignment_mode="expand")
    if span is not None and len(span) > 1 and span[-1].text == ".":
        span = span[:-1]
    if span is None or not len(span):
        return None, ""
    head, link = span.root.head, ""
    for _ in range(4):
        if head.pos_ not in ("ADP", "SCONJ") or head.head is head:
            break
        head, link = head.head, head.lower_
    return (None if head in span else head), link


def _tells(doc: Doc, text: str, phrase: Phrase) -> bool:
    """Whether a phrase says when something was said or published, not when it was so."""
    head, link = governor(doc, phrase)
    long = phrase.period.kind not in ("day", "week", "range")
    if long and _ASIDE.match(text, phrase.end):
        return False
    if head is not None and head.pos_ in ("VERB", "AUX") and head.lemma_.lower() in SAY:
        span = doc.char_span(phrase.start, phrase.end, alignment_mode="expand")
        is_subject = span is not None and len(span) and span.root.dep_ in ("nsubj", "nsubjpass") and not link
        is_verb = span is not None and span.root.pos_ == "VERB"
        return not (long and (is_subject or is_verb or link in ("for", "of")))
    if head is not None and head.pos_ in ("NOUN", "PROPN") and link not in ("for", "of", "through", "from", "since"):
        noun, kind = head.lemma_.lower(), phrase.period.kind
        of_paper = noun in _PAPERS and (kind in ("day", "week", "range") or link in ("in", "on"))
        return of_paper or (noun in _STUDIES and kind == "year")
    subjects = [child for child in head.children if child.dep_ in ("nsubj", "nsubjpass")] if head is not None else []
    if not long and any(one.lower_ == "numbers" or (one.lemma_.lower() in _PAPERS) for one in subjects):
        return True
    if re.match(r"\s*:\s*[\"“]", text[phrase.end : phrase.end + 4]):
        return True
    return bool(_TOLD.search(text[max(phrase.start - 40, 0) : phrase.start].lower()))
