"""Every figure of a text: its numbers joined to ranges and votes, with the words that bound them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from vado.claims.counted import Counted, counted, counts_things
from vado.claims.figure import Bound, Figure
from vado.claims.language import text_of
from vado.claims.not_counted import PERCENT, dated
from vado.claims.numbers import Number, numbers

if TYPE_CHECKING:
    from spacy.tokens import Doc

#: Words of bound before a number, the longest first; each ends where the number begins.
_BOUNDS: tuple[tuple[Bound, str], ...] = (
    (
        "at most",
        r"up to|as (?:many|much|high|large) as|no more than|not more than|at (?:the )?most|a maximum of|maximum"
        r"|at a maximum",
    ),
    (
        "at least",
        r"at (?:the very )?least|no (?:fewer|less|lower) than|not (?:fewer|less) than|a minimum of|minimum"
        r"|as (?:few|low|little) as",
    ),
    (
        "more than",
        r"(?:well |far |slightly |a little |just |some)?(?:more than|over|above|upwards? of|in excess of"
        r"|north of|beyond|higher than|greater than)"
        r"|exceed(?:ed|ing|s)?|topp(?:ed|ing)|tops|surpass(?:ed|ing|es)?|past the|(?:had |has |have )?(?:just "
        r"|already |now )?passed|better than",
    ),
    (
        "less than",
        r"(?:well |far |slightly |a little |just |somewhat )?(?:fewer than|less than|under|below|lower than"
        r"|short of|shy of)",
    ),
    (
        "about",
        r"about|around|roughly|approximately|approx\.?|circa|nearly|almost|close to|near|some|an estimated"
        r"|estimated|estimates? (?:of|at)"
        r"|something like|in the (?:neighbou?rhood|region) of|on the order of|perhaps|maybe|or so|~|≈|virtually"
        r"|nigh on|c\.|ca\.|circa|closer to|give or take|reckoned(?: at)?|an? (?:rough|approximate)",
    ),
)
_BEFORE = [
    (
        bound,
        re.compile(
            rf"(?:^|(?<=[\s(“\"'‘—–-]))(?:{words})(?:,)?\s*(?:(?:the|a|an|its|their|record|total|another)\s+){{0,2}}$",
            re.I,
        ),
    )
    for bound, words in _BOUNDS
]
_AFTER: tuple[tuple[Bound, re.Pattern[str]], ...] = (
    (
        "at least",
        re.compile(
            r"^\s+(?:(?:[\w-]+\s+){0,2}or\s+(?:more|better|higher|above)|(?:and|or)\s+(?:up|upwards?|counting)"
            r"|at\s+(?:the\s+very\s+)?least|minimum)\b",
            re.I,
        ),
    ),
    (
        "at least",
        re.compile(r"^(?:\+|[\s-]plus\b)|^[^.;,]{0,12}\sif\s(?:there['’]s|there\sis|a\w*)\s(?:one|a\w*)", re.I),
    ),
    ("more than", re.compile(r"^\s+(?:and\s(?:change|then\ssome)|and\ssome\schange)\b", re.I)),
    ("at most", re.compile(r"^\s+(?:or\s+(?:fewer|less|under|below)|at\s+(?:the\s+)?most|maximum|tops)\b", re.I)),
    ("about", re.compile(r"^,?\s+(?:or\s+(?:so|thereabouts)|-?odd|give\s+or\s+take|or\s+nearly\s+so)\b", re.I)),
)
_TO = re.compile(r"^\s*(?:%|per\s?cent)?\s*(?:-|–|—|to|and|or)\s*$", re.I)
_CHANGE = re.compile(
    r"\b(?:rose|risen|rise|rises|rising|increas\w*|grew|grow\w*|climb\w*|jump\w*|soar\w*|surg\w*|swell\w*"
    r"|swollen|went|gone|fell|fall\w*|drop\w*|"
    r"declin\w*|decreas\w*|plung\w*|plummet\w*|shr[aiu]nk|slip\w*|slid\w*|dip\w*|tumbl\w*|ballooned|moved"
    r"|shifted|changed|doubled|tripled|"
    r"up|down|revised|sank|sunk|cut|raised|raise|lowered|expand\w*)\b[^.;:]{0,60}$",
    re.I,
)
_VOTE = re.compile(
    r"\b(?:vot\w*|pass\w*|approv\w*|senat\w*|house|cloture|reject\w*|defeat\w*|advanc\w*|roll.call|tally|margin"
    r"|chamber|"
    r"lawmaker\w*|bill|measure|amendment|yeas?|nays?|ayes?|filibuster|floor|congress)\b",
    re.I,
)
_YEAS = re.compile(
    r"^\s*(?:yeas?|ayes?|yes(?:\svotes)?|votes?(?:\s(?:in\sfavou?r|for))?|in\sfavou?r|for|to|-|–|—)?\s*(?:,|and|;|to"
    r"|-|–|—|against|versus|vs\.?)?\s*$",
    re.I,
)


def figures(doc: Doc) -> list[Figure]:
    """Return the figures of a parsed text in order of their place.

    Parameters
    ----------
    doc
        The text as parsed; offsets are characters of its text.
    """
    text = text_of(doc)
    found = numbers(text)
    made: list[Figure] = []
    index = 0
    while index < len(found):
        number = found[index]
        following = found[index + 1] if index + 1 < len(found) else None
        if following is not None and (joined := _vote(text, number, following) or _range(doc, number, following)):
            made.append(joined)
            index += 2
            continue
        number = _with_scale(text, number, following)
        what = counted(doc, number)
        if what is not None and not (what.noun == "" and what.unit == "count" and _of_things(doc, found, index)):
            made.append(_single(text, number, what))
        index += 1
    return made


def _of_things(doc: Doc, found: Sequence[Number], index: int) -> bool:
    """Tell whether a bare number goes on from one of things ("680 beds, up from 410"), or opens their range."""
    text, number = text_of(doc), found[index]
    if index + 1 < len(found):
        between = text[number.end : found[index + 1].start]
        if re.fullmatch(r"\s?(?:to|-|–)\s?", between) and counted(doc, found[index + 1]) is None:
            return True
    if not index or not re.search(
        r"\b(?:from|to|than|against|versus|with)\s$", text[max(0, number.start - 9) : number.start]
    ):
        return False
    before = found[index - 1]
    same_sentence = not re.search(r"[.;!?]\s", text[before.end : number.start])
    return same_sentence and counts_things(doc, before)


def _single(text: str, number: Number, what: Counted) -> Figure:
    bound, start = _bound_before(text, number.start)
    end = what.end
    if bound == "exact":
        bound, end = _bound_after(text, what.end)
    return Figure(
        start=number.start,
        end=what.end,
        number=text[number.start : what.end],
        words=text[start:end],
        value=number.value,
        bound=bound,
        unit=what.unit,
        step=number.step,
    )


def _bound_before(text: str, start: int) -> tuple[Bound, int]:
    """Return the bound that the words before a number give it, and where they begin."""
    window = text[max(0, start - 48) : start]
    for bound, pattern in _BEFORE:
        if match := pattern.search(window):
            return bound, start - len(window) + match.start()
    return "exact", start


def _bound_after(text: str, end: int) -> tuple[Bound, int]:
    window = text[end : end + 40]
    for bound, pattern in _AFTER:
        if match := pattern.match(window):
            return bound, end + match.end()
    return "exact", end


def _range(doc: Doc, low: Number, high: Number) -> Figure | None:
    """Return two numbers as one range where the words between and before make them so."""
    text = text_of(doc)
    between = text[low.end : high.start]
    match = _TO.match(between)
    one_sided = PERCENT.match(between) and not PERCENT.match(text[high.end : high.end + 12])
    if match is None or low.share or high.share or one_sided:
        return None
    link = between.strip().lower().removeprefix("%").strip()
    before = text[max(0, low.start - 80) : low.start]
    opened = re.search(
        r"\b(?:between|anywhere\sfrom|ranging\sfrom|range\sof|from)\s*(?:about\s|roughly\s|some\s|an\sestimated\s)?$",
        before,
        re.I,
    )
    word = opened[0].split()[0].lower() if opened else ""
    if link.endswith("and") and word != "between":
        return None
    if link.endswith("or") and not (0 < _scaled(low, high).value < high.value <= 1.6 * _scaled(low, high).value):
        return None
    if word == "from" and _CHANGE.search(before[: opened.start()] if opened else before):
        return None
    lower = _scaled(low, high)
    if not lower.value < high.value:
        return None
    what = counted(doc, replace(high, start=low.start)) if _dashed(between) else counted(doc, high)
    if what is None:
        return None
    start = (
        low.start
        if word not in {"between", "from", "range", "ranging", "anywhere"}
        else low.start - len(opened[0] if opened else "")
    )
    return Figure(
        start=low.start,
        end=what.end,
        number=text[low.start : what.end],
        words=text[start : what.end],
        value=lower.value,
        high=high.value,
        bound="between",
        unit="percent" if what.unit == "change_percent" and word != "by" else what.unit,
        step=min(lower.step, high.step),
    )


def _dashed(between: str) -> bool:
    return between.strip() in {"-", "–", "—"}


def _scaled(low: Number, high: Number) -> Number:
    """Give the lower number of "10.5 to 12 million" the scale of the upper one."""
    if low.scale == 1 and high.scale > 12 and low.value < 1000:
        return replace(low, value=low.value * high.scale, step=low.step * high.scale, scale=high.scale)
    return low


def _with_scale(text: str, number: Number, following: Number | None) -> Number:
    """Give the first number of "from 10 to 12 million" the scale of the second, where both are figures of their own."""
    if following is not None and re.fullmatch(r"\s+(?:to|and)\s+", text[number.end : following.start]):
        return _scaled(number, following)
    return number


def _vote(text: str, yeas: Number, nays: Number) -> Figure | None:
    """Return two numbers as a vote where they stand as one and a vote is spoken of."""
    between = text[yeas.end : nays.start]
    if dated(text, yeas):
        return None
    whole = all(n.scale == 1 and n.value == int(n.value) and 0 <= n.value <= 435 and not n.share for n in (yeas, nays))
    if not whole or yeas.value + nays.value < 20 or PERCENT.match(text[nays.end : nays.end + 12]):
        return None
    sentence = text[max(0, yeas.start - 220) : nays.end + 120]
    tight = re.fullmatch(r"\s?(?:-|–|—|to)\s?", between)
    worded = (
        len(between) < 32 and _YEAS.match(between) and re.search(r"\b(?:yea|aye|yes|for|favou?r|votes?)", between, re.I)
    )
    after = re.match(
        r"^\s(?:nays?|noes|no(?:\svotes)?|against|opposed|voted\sagainst)\b", text[nays.end : nays.end + 20], re.I
    )
    if not (tight or worded) or not _VOTE.search(sentence):
        return None
    if tight and re.search(
        r"\b(?:between|ages?|aged|pages?|from|rose|grew|nos?\.)\s$", text[max(0, yeas.start - 10) : yeas.start], re.I
    ):
        return None
    if tight and yeas.value + nays.value > 435 + 3:
        return None
    end = nays.end + (after.end() if after and worded else 0)
    return Figure(
        start=yeas.start,
        end=end,
        number=text[yeas.start : end],
        words=text[yeas.start : end],
        value=yeas.value,
        high=nays.value,
        bound="vote",
        unit="vote",
        step=1.0,
    )
