"""What rises or falls, and what is a record: claims that two or more periods of one series decide.

A trend compares the first with the last quarter of its window, a single month with the one before. A record is the
highest or lowest since the series began, or since when the words say.
"""

from __future__ import annotations

import datetime as dt
import math
import re

from vado.claims import observed
from vado.claims.figure import Claim
from vado.claims.flows import of_total, what
from vado.claims.question import Question
from vado.claims.rivals import NOT_COMPARABLE, OUTSIDE, Rival
from vado.claims.spans import Span, months_in, window
from vado.claims.tally import Part
from vado.claims.verdict import Verdict, said
from vado.claims.wording import during, quantity, span
from vado.ledger.dates import add_months

#: Days before the text that a trend of a stock without a period is about.
RECENT_DAYS = 90

#: A stock's trend over fewer days is looked for in :data:`RECENT_DAYS`.
DAYS_OF_TREND = 14

#: A trend of a stock needs at least so many days counted.
ENOUGH_DAYS = 8

#: A change smaller than this share is no trend.
LEVEL = 0.05

UNDATED = "neither the claim nor the text has a date"

_YEARS = re.compile(
    r"\bin (?:(?:more than|over|at least|nearly|almost|about) )?(?P<count>[\w-]+) (?P<unit>year|decade)s?\b", re.I
)
_SINCE = re.compile(r"\bsince (?:(?P<month>[A-Z][a-z]+) )?(?P<year>(?:19|20)\d\d)\b")
_ONES = re.findall(
    r"\w+", "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
)
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
_MONTHS = [f"{dt.date(2000, month, 1):%B}" for month in range(1, 13)]


def held(holds: bool, name: str, reason: str, rivals: list[Rival], question: Question, trap: str = "") -> Verdict:
    """Return the verdict on a claim that the data decide, with the measure's caution."""
    caution = question.caution() if question.measure in question.shelf.measures else ()
    return said(f"matches {name}" if holds else OUTSIDE, reason, rivals, " ".join(t for t in (trap, *caution) if t))


def trend(question: Question, claim: Claim, part: Part) -> Verdict:
    """Return the verdict on a rise or fall of a part of a measure."""
    days = window(question.period, question.article_date)
    if days is None:
        return said(NOT_COMPARABLE, UNDATED)
    length = months_in(days.start, days.end)
    quarter = max(1, length // 4)
    if length == 1:
        before = Span(add_months(days.start, -1).replace(day=1), add_months(days.end, -1))
        windows = [before, days]
    else:
        windows = [
            Span(days.start, add_months(days.start, quarter - 1)),
            Span(add_months(days.end, 1 - quarter).replace(day=1), days.end),
        ]
    totals = [question.tally.total(part, window.start, window.end) for window in windows]
    first, last = totals
    if first is None or last is None or first.series != last.series or not first.value:
        return said(
            NOT_COMPARABLE, f"the ledger has no {question.title()} over the whole of {span(days.start, days.end)}"
        )
    rivals = [of_total(question, question.measure, part, t, w) for t, w in zip((first, last), windows, strict=True)]
    change = last.value / first.value - 1
    when = [during(days.start, days.end) for days in windows]
    reason = (
        f"{rivals[1].name}'s {what(question, question.measure, part)} went from {quantity(first.value)} {when[0]} to "
        f"{quantity(last.value)} {when[1]}"
    )
    if abs(change) < LEVEL:
        return said(NOT_COMPARABLE, f"{reason}, which is hardly a change", rivals)
    return held(math.copysign(1, change) == claim.direction, rivals[1].name, reason, rivals, question)


def stock_trend(question: Question, claim: Claim) -> Verdict:
    """Compare the first with the last quarter of the days on which one observer counted the same thing."""
    end = question.period.end or question.article_date
    if end is None:
        return said(NOT_COMPARABLE, UNDATED)
    start = question.period.start
    if start is None or (end - start).days < DAYS_OF_TREND:
        start = end - dt.timedelta(days=RECENT_DAYS)
    found = [
        rival for rival in observed.counts(question) if start <= rival.period_end <= end and rival.value is not None
    ]
    if len({rival.name + rival.what for rival in found}) != 1 or len(found) < ENOUGH_DAYS:
        return said(NOT_COMPARABLE, f"the ledger has no regular counts of {question.title()} {during(start, end)}")
    found.sort(key=lambda rival: rival.period_end)
    quarter = max(1, len(found) // 4)
    means = [sum(r.value or 0.0 for r in part) / len(part) for part in (found[:quarter], found[-quarter:])]
    first, last = (quantity(round(mean)) for mean in means)
    reason = (
        f"{found[0].name}'s counts of {found[0].what} went from a mean of {first} "
        f"{during(found[0].period_end, found[quarter - 1].period_end)} to {last} "
        f"{during(found[-quarter].period_end, found[-1].period_end)}"
    )
    shown = [found[0], found[-1]]
    if not means[0] or abs(means[1] / means[0] - 1) < LEVEL:
        return said(NOT_COMPARABLE, f"{reason}, which is hardly a change", shown)
    return held((means[1] - means[0]) * claim.direction > 0, found[0].name, reason, shown, question)


def record(question: Question, claim: Claim, part: Part) -> Verdict:
    """Return the verdict on a highest or lowest number."""
    days = window(question.period, question.article_date)
    if days is None:
        return said(NOT_COMPARABLE, UNDATED)
    length = months_in(days.start, days.end)
    if question.period.end is None:
        days, length = Span(days.end.replace(day=1), days.end), 1
    now = question.tally.total(part, days.start, days.end)
    if now is None or length not in (1, 12):
        return said(NOT_COMPARABLE, f"the ledger has no {question.title()} for {span(days.start, days.end)} as a whole")
    since = _since(claim.words, days.end)
    earlier: list[Rival] = []
    step = 1
    while True:
        before = Span(add_months(days.start, -step * length).replace(day=1), add_months(days.end, -step * length))
        total = question.tally.total(part, before.start, before.end, now.series)
        if total is None or (since is not None and before.start < since):
            break
        earlier.append(of_total(question, question.measure, part, total, before))
        step += 1
    if not earlier:
        return said(NOT_COMPARABLE, f"the ledger has no earlier {question.title()} to compare with")
    begun = earlier[-1].period_start
    if since is not None and begun > add_months(since, 1):
        return said(
            NOT_COMPARABLE,
            f"the ledger's {question.title()} begin in {begun:%B %Y}, after the time that the text speaks of",
        )
    extreme = max(earlier, key=lambda rival: claim.direction * (rival.value or 0.0))
    holds = claim.direction * (now.value - (extreme.value or 0.0)) > 0
    word = "highest" if claim.direction >= 0 else "lowest"
    own = of_total(question, question.measure, part, now, days)
    reason = (
        f"{own.name} has {quantity(now.value)} {own.what} {during(days.start, days.end)}, and the {word} before it "
        f"since {begun:%B %Y} is {quantity(extreme.value or 0.0)} {during(extreme.period_start, extreme.period_end)}"
    )
    trap = f"The series begins in {begun:%B %Y}; what was before it is not in this comparison." if since is None else ""
    return held(holds, own.name, reason, [own, extreme], question, trap)


def _since(words: str, end: dt.date) -> dt.date | None:
    """Return the first day that a record is said to go back to, None where the words do not say.

    >>> _since("the most in any month in thirteen years", dt.date(2019, 5, 31))
    datetime.date(2006, 6, 1)
    >>> _since("the highest since March 2006", dt.date(2019, 5, 31))
    datetime.date(2006, 4, 1)
    """
    if match := _SINCE.search(words):
        month = match["month"]
        if month in _MONTHS:
            return add_months(dt.date(int(match["year"]), _MONTHS.index(month) + 1, 1), 0) + dt.timedelta(days=1)
        return dt.date(int(match["year"]) + 1, 1, 1)
    if match := _YEARS.search(words):
        count = match["count"].casefold()
        number = int(count) if count.isdigit() else _number(count)
        if number:
            years = number * (10 if match["unit"].casefold() == "decade" else 1)
            return add_months(end, -12 * years) + dt.timedelta(days=1)
    return None


def _number(word: str) -> int:
    tens, _, ones = word.partition("-")
    if word in _ONES:
        return _ONES.index(word)
    return _TENS.get(tens, 0) + (_ONES.index(ones) if ones in _ONES else 0) if tens in _TENS else 0
