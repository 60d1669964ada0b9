"""The phrases that name days by themselves: "September 2021", "fiscal 2021", "last Thursday", "two weeks ago".

Each pattern has its reading: a match and the article's date in, the days out. Months without a year are the last ones
that began before the article's date; fiscal years are those of the US government, October to September; weeks run from
Monday to Sunday.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace

from vado.claims.article import MONTHS, calendar_day
from vado.claims.figure import Period
from vado.ledger.dates import add_months, fiscal_year, month_end, months_on

# ---------------------------------------------------------------- days, months, years

UNITS = {"day": 1, "week": 7, "month": 1, "quarter": 3, "year": 12, "fiscal_year": 12}


def _month(year: int, month: int) -> Period:
    first = dt.date(year, month, 1)
    return Period(first, month_end(first), "month")


def a_year(year: int) -> Period:
    """Return a year of the calendar."""
    return Period(dt.date(year, 1, 1), dt.date(year, 12, 31), "year")


def a_fiscal_year(year: int) -> Period:
    """Return a fiscal year of the US government."""
    return Period(*fiscal_year(year), "fiscal_year")


def one_day(day: dt.date) -> Period:
    """Return a day as a period."""
    return Period(day, day, "day")


def shifted(given: Period, unit: str, count: int) -> Period:
    """Return the period moved by a count of units."""
    if given.start is None or given.end is None:
        return given
    steps = UNITS[unit] * count
    if unit in ("day", "week"):
        return replace(given, start=given.start + dt.timedelta(steps), end=given.end + dt.timedelta(steps))
    return replace(given, start=months_on(given.start, steps), end=end_on(given, given.end, steps))


def end_on(given: Period, end: dt.date, months: int) -> dt.date:
    """Return a period's end some months on: the last day of a month stays a last day, but for single days."""
    return add_months(end, months) if given.kind != "day" and end == month_end(end) else months_on(end, months)


def unit_around(day: dt.date, unit: str) -> Period:
    """Return the unit that holds a day."""
    if unit in ("day", "week"):
        first = day - dt.timedelta(day.weekday() if unit == "week" else 0)
        return Period(first, first + dt.timedelta(UNITS[unit] - 1), unit)
    if unit == "fiscal_year":
        return a_fiscal_year(day.year + (day.month >= 10))
    months = UNITS[unit]
    first = dt.date(day.year, (day.month - 1) // months * months + 1, 1)
    return Period(first, months_on(first, months) - dt.timedelta(1), unit)


def _past(given: Period, today: dt.date | None) -> Period:
    """Return the last such period that began before the article's date."""
    while today and given.start and given.start > today:
        given = shifted(given, "year", -1)
    return given


def until(given: Period, today: dt.date) -> Period:
    """Return the part of a period until the article's date."""
    return replace(given, end=max(min(given.end or today, today), given.start or today))


def back_from(last: dt.date, count: int, unit: str) -> Period:
    """Return the days, weeks, months or years that end with a day."""
    return Period(shifted(one_day(last + dt.timedelta(1)), unit, -count).start, last, "range")


def forward_from(first: dt.date, count: int, unit: str) -> Period:
    """Return the days, weeks, months or years that begin with a day."""
    after = shifted(one_day(first), unit, count).start or first
    return Period(first, after - dt.timedelta(1), "range")


# ---------------------------------------------------------------- phrases that stand for themselves

COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "couple of": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
COUNTS |= {"eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12}
COUNTS |= {"fifteen": 15, "twenty": 20, "thirty": 30}
ORDER = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": 3, "final": 3}
_SEASONS = {"winter": 12, "spring": 3, "summer": 6, "autumn": 9, "fall": 9}
_NAMES = sorted(MONTHS, key=len, reverse=True)
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

_MON = r"(?P<mon>(?-i:" + "|".join(f"{name.title()}|{name.upper()}" for name in _NAMES) + r")\b)\.?"
YEAR = r"(?P<yr>(?:19[4-9]|20[0-6])\d)(?![\d%]|[.,]\d)"
COUNT = r"(?P<n>\d{1,2}|" + "|".join(sorted(COUNTS, key=len, reverse=True)) + ")"
UNIT = r"(?P<unit>(?:(?:federal )?fiscal|budget|financial) year|day|week|month|quarter|year)"
_WEEKDAY = r"(?P<name>(?-i:" + "|".join(_DAYS) + "))"
_DD = r"(?P<dd>[0-3]?\d)(?:st|nd|rd|th)?"
_D2 = r"(?P<d2>[0-3]?\d)(?:st|nd|rd|th)?"
#: A number after a month is a count, not a day, where what is counted follows: "In June 26 percent".
_END = (
    r"(?![\w%]|[.,:]\d| (?:percent|per cent|million|thousand|hundred|people|men|women|children|out|of the)\b"
    r"| (?!was\b|is\b|has\b|as\b|this\b|his\b|its\b|across\b|says\b)[a-z]+s\b)"
)
_TO = r"(?: ?[-–—] ?| to | through | and | until )"
_ENDED = (
    r"(?:that |which )?(?:has |had )?(?:just )?(?:past|gone|over|ended|ending|ends|closed|closing|concluded"
    r"|wrapped up|finished|closed out|drew to a close|came to (?:a close|an end))"
)
_FISCAL = r"(?:the )?(?:(?:federal )?(?:fiscal|budget|financial)[- ](?:years? )?(?:of )?|FYs?[- ]?)['’]?"
_NUMBERED = (
    r"\b(?:no\.|nos?|room|flight|highway|route|mile|section|bill|h\.r\.|s\.|resolution|form|suite|box|article) ?$"
)
_LEADS = (
    r"(?:\b(?:in|of|since|from|to|by|until|till|through|before|after|between|and|or|during|for|than|last|this|with|over|when)"
    r"|early|late|mid-?|,|:|\() ?$"
)
_FOLLOWS = (
    r"['’]s|[:,?]|$| (?:at|in|was|saw|brought|had|alone|through)\b"
    rf"| (?:and|to|or) (?-i:{'|'.join(name.title() for name in _NAMES)})\b"
)
#: Words before a month without a year that make it one to come.
WILL = re.compile(r"\b(?:will|shall|due|scheduled|expected|expects|plans) [^.;:\n]*$")

_Rule = Callable[[re.Match[str], dt.date], Period | None]


def unit_of(words: str) -> str:
    """Return the unit's name: a budget year is a fiscal year."""
    return "fiscal_year" if re.search("fiscal|budget|financial", words, re.IGNORECASE) else words.lower()


def count_of(words: str) -> int:
    """Return the number that a word or digits say, at least one."""
    return COUNTS.get(words.lower()) or max(int(words), 1)


def _named(match: re.Match[str], today: dt.date) -> Period | None:
    """Return the month, or the days of it, that its name and numbers say."""
    said = match.groupdict()
    year, month = int(said["yr"] or today.year), MONTHS[said["mon"].lower()]
    if not said.get("dd"):
        return _month(year, month) if said["yr"] else _past(_month(year, month), today)
    try:
        first = dt.date(year, month, int(said["dd"]))
        last = dt.date(year, month, int(said.get("d2") or said["dd"]))
    except ValueError:
        return None
    found = Period(first, last, "range") if first < last else one_day(first)
    return found if said["yr"] else _past(found, today)


def _bare_month(match: re.Match[str], today: dt.date) -> Period | None:
    """Return the last such month, unless the word is a verb or a person's name."""
    after = match.string[match.end() : match.end() + 10]
    led = re.search(_LEADS, match.string[max(0, match.start() - 12) : match.start()], re.IGNORECASE)
    verb_or_name = match["mon"].lower() in ("may", "march") or len(match["mon"]) < 4
    a_name = match["mon"].lower() in ("april", "june", "august") and re.match(r" [A-Z][a-z]", after)
    if not led and (verb_or_name or a_name) and not re.match(_FOLLOWS, after):
        return None
    return _named(match, today)


def _fiscal_named(match: re.Match[str], today: dt.date) -> Period | None:
    """Return the fiscal year of a number of four or two digits, or several."""
    said = match.groupdict()
    first = int(said["yr"] or 2000 + int(said["y2"]))
    last = first if not said.get("y3") else int(said["y3"]) % 100 + first // 100 * 100
    if last <= first:
        return a_fiscal_year(first)
    return Period(a_fiscal_year(first).start, a_fiscal_year(last).end, "range")


def _fiscal_ended(match: re.Match[str], today: dt.date) -> Period | None:
    said = match["yr"]
    return a_fiscal_year(int(said)) if said else shifted(unit_around(today, "fiscal_year"), "fiscal_year", -1)


def _last_year(match: re.Match[str], today: dt.date) -> Period | None:
    """Return the year that is just over: in autumn that is a fiscal year."""
    return a_fiscal_year(today.year) if today.month >= 10 else a_year(today.year - 1)


def _calendar_year(match: re.Match[str], today: dt.date) -> Period | None:
    """Return a year, unless the number names a room or a law, or counts people."""
    if re.search(_NUMBERED, match.string[max(0, match.start() - 14) : match.start()], re.IGNORECASE):
        return None
    first = int(match["yr"])
    last = int(match["y2"]) % 100 + first // 100 * 100 if match["y2"] else first
    return Period(a_year(first).start, a_year(last).end, "range") if last > first else a_year(first)


def _relative(match: re.Match[str], today: dt.date) -> Period | None:
    """Return "this month" until today, "last year" as a year of the calendar, "the past year" as twelve months."""
    which, unit = match["which"].lower(), unit_of(match["unit"])
    if which in ("this", "the current", "current", "the"):
        return until(unit_around(today, unit), today)
    if which in ("the last", "the past", "past", "the latest") and unit != "fiscal_year":
        return back_from(today, 1, unit)
    return shifted(unit_around(today, unit), unit, 1 if which == "next" else -1)


def _several(match: re.Match[str], today: dt.date) -> Period | None:
    """Return "the past 12 months", "the last two fiscal years"."""
    count, unit = count_of(match["n"]), unit_of(match["unit"])
    if unit != "fiscal_year":
        return back_from(today, count, unit)
    last = unit_around(today, unit)
    return Period(shifted(last, unit, -count).start, shifted(last, unit, -1).end, "range")


def _ago(match: re.Match[str], today: dt.date) -> Period | None:
    unit = unit_of(match["unit"])
    count = count_of(match["n"])
    day = shifted(one_day(today), unit, -count).start or today
    return one_day(day) if (unit, count) == ("week", 1) else unit_around(day, unit)


def _ago_today(match: re.Match[str], today: dt.date) -> Period | None:
    """Return "a year ago today", "a year ago this week"."""
    held = unit_around(today, match["held"].lower()) if match["held"] else one_day(today)
    return shifted(held, unit_of(match["unit"]), -count_of(match["n"]))


def _weekday(match: re.Match[str], today: dt.date) -> Period | None:
    """Return the last such day: today's name is today, "last" is before it, "next" after it."""
    back = (today.weekday() - _DAYS.index(match["name"])) % 7
    which = (match["which"] or "").strip().lower()
    if which == "next":
        return one_day(today + dt.timedelta(7 - back))
    return one_day(today - dt.timedelta(back or (7 if which in ("last", "past") else 0)))


def _day_word(match: re.Match[str], today: dt.date) -> Period | None:
    word, yesterday = match.group().lower(), today - dt.timedelta(1)
    if word == "overnight":
        return Period(yesterday, today, "range")
    return one_day(yesterday if word in ("yesterday", "last night") else today)


def _year_to_date(match: re.Match[str], today: dt.date) -> Period | None:
    return until(unit_around(today, "fiscal_year" if "fiscal" in match.group().lower() else "year"), today)


def _weekend(match: re.Match[str], today: dt.date) -> Period | None:
    saturday = today - dt.timedelta((today.weekday() - 5) % 7)
    return Period(saturday, min(saturday + dt.timedelta(1), max(today, saturday)), "range")


def _season(match: re.Match[str], today: dt.date) -> Period | None:
    """Return three months: spring begins in March; the winter of 2021 in December 2020."""
    month, said = _SEASONS[match["season"].lower()], match["yr"]
    year = int(said) if said else today.year
    first = dt.date(year - (month == 12 and bool(said)), month, 1)
    found = Period(first, months_on(first, 3) - dt.timedelta(1), "months")
    if said:
        return found
    found = _past(found, today)
    if match["which"].lower() != "this" and found.end and found.end >= today:
        return shifted(found, "year", -1)
    return until(found, today)


def _quarter(match: re.Match[str], today: dt.date) -> Period | None:
    """Return "Q3 2021", or the last such quarter that is over."""
    order = int(match["q"]) - 1 if match["q"] else ORDER[match["order"].lower()]
    found = unit_around(dt.date(int(match["yr"] or today.year), 3 * order + 1, 1), "quarter")
    return found if match["yr"] else _past(found, today)


def _first_months(match: re.Match[str], today: dt.date) -> Period | None:
    """Return "the first eight months", of the year that has them."""
    months = min(count_of(match["n"]), 12)
    year = today.year - (months_on(dt.date(today.year, 1, 1), months) > today + dt.timedelta(31))
    return Period(dt.date(year, 1, 1), months_on(dt.date(year, 1, 1), months) - dt.timedelta(1), "months")


def _last_named(match: re.Match[str], today: dt.date) -> Period | None:
    found = _past(_month(today.year, MONTHS[match["mon"].lower()]), today)
    ongoing = found.end and found.end >= today and match["which"].lower() != "this"
    return shifted(found, "year", -1) if ongoing else found


def _inauguration(match: re.Match[str], today: dt.date) -> Period | None:
    """Return the day that a president of the US took office: the one named, else the one of the article's date."""
    name, said = (match["who"] or "").lower(), match["yr"]
    years = [_INAUGURATED[key] for key in _INAUGURATED if key in name] or sorted(_INAUGURATED.values())
    before = [year for year in years if dt.date(year, 1, 20) <= today]
    return one_day(dt.date(int(said) if said else before[-1], 1, 20)) if said or before else None


def _digits(match: re.Match[str], today: dt.date) -> Period | None:
    day = calendar_day(match.group())
    return one_day(day) if day else None


def _new_year(match: re.Match[str], today: dt.date) -> Period | None:
    return one_day(dt.date(today.year - 1, 12, 31) if "eve" in match.group().lower() else dt.date(today.year, 1, 1))


def _decade(match: re.Match[str], today: dt.date) -> Period | None:
    return Period(dt.date(int(match["d"]), 1, 1), dt.date(int(match["d"]) + 9, 12, 31), "range")


_INAUGURATED = {"clinton": 1993, "bush": 2001, "obama": 2009, "trump": 2017, "biden": 2021}
_HOUR = r"(?: (?:morning|afternoon|evening|night|noon))?"
_SO_FAR = r"(?:,? so far|[- ]to[- ]date)?"
#: Patterns that name days, with their reading, and whether they need the article's date.
RULES: list[tuple[re.Pattern[str], _Rule, bool]] = [
    (re.compile(rf"(?<![\w$€£#.])(?<!\d,){pattern}", re.IGNORECASE), rule, needs)
    for pattern, rule, needs in [
        (rf"(?:{_WEEKDAY}(?:,|, the|)? )?{_MON} {_DD}(?:{_TO}{_D2})?{_END}(?:,? {YEAR})?", _named, False),
        (rf"(?:{_WEEKDAY}(?:,|, the|)? )?{_DD}(?:{_TO}{_D2})? (?:of )?{_MON}(?:,? {YEAR})?(?!\w)", _named, False),
        (rf"{_MON}(?: of|,)? {YEAR}", _named, False),
        (rf"{_MON}(?P<yr>)(?!\w)", _bare_month, False),
        (r"(?:19|20)\d\d([-/])\d\d?\1\d\d?\b|\d\d?/\d\d?/(?:19|20)\d\d\b", _digits, False),
        (rf"{_FISCAL}(?:{YEAR}|(?P<y2>\d\d)\b(?![.,]\d|%))(?:[-–/](?P<y3>(?:20)?\d\d)\b)?", _fiscal_named, False),
        (rf"(?:the )?{YEAR} (?:federal )?(?:fiscal|budget) year", _fiscal_named, False),
        (rf"(?:the )?(?:last |federal )?(?:fiscal|budget|financial) year,? {_ENDED}"
         rf"(?:(?: in| on| at the end of| last)? {_MON}(?: \d\d?\b)?(?:,? {YEAR})?"
         rf"| (?:last|this|earlier this) (?:month|week)| {COUNT} (?:day|week|month)s? ago)?",
         _fiscal_ended, True),
        (rf"(?:the )?(?:federal )?(?:fiscal|budget) year (?:to|through) (?:last )?{_MON}(?:,? {YEAR})?",
         _fiscal_ended, True),
        (r"the year (?:that |which )?(?:has |had )?just (?:past|gone|over|ended|closed|concluded)", _last_year, True),
        (rf"(?:calendar (?:year )?)?{YEAR}(?:[-–/](?P<y2>(?:19|20)?\d\d)\b)?(?![-–]year| (?:people|migrants)\b)",
         _calendar_year, False),
        (r"(?P<which>the) new (?P<unit>(?:federal )?(?:fiscal|budget) year)", _relative, True),
        (rf"(?P<which>this|the current|current|last|the last|the past|past|the latest|next) {UNIT}\b{_SO_FAR}"
         r"(?! (?:before|in which|that|when|for which|of (?:the|that|its|fiscal))\b)", _relative, True),
        (rf"(?:the )?(?:past|last|latest) {COUNT} {UNIT}s\b(?! of\b| in \d)", _several, True),
        (r"(?:the )?(?:fiscal )?year[- ]to[- ]date", _year_to_date, True),
        (rf"{COUNT} {UNIT}s? ago (?:today|this (?P<held>week|month))\b", _ago_today, True),
        (rf"{COUNT} (?!year ago){UNIT}s? ago", _ago, True),
        (rf"(?P<which>last |this |next |past )?{_WEEKDAY}{_HOUR}(?!\w)", _weekday, True),
        (rf"(?P<which>last|this|past) {_MON}(?! \d)", _last_named, True),
        (r"yesterday|(?<!usa )today|tonight|this (?:morning|afternoon|evening)|last night|overnight", _day_word, True),
        (r"(?:the|last|this|this past|the past) weekend\b", _weekend, True),
        (rf"(?P<which>this|last|past|the past) (?P<season>{'|'.join(_SEASONS)})\b(?P<yr>)", _season, True),
        (rf"(?:the )?(?P<which>)(?P<season>{'|'.join(_SEASONS)})(?: of|,)? {YEAR}", _season, False),
        (r"(?:the )?(?:Q(?P<q>[1-4])|(?P<order>first|second|third|fourth) quarter)\b(?! of (?:the )?(?:fiscal|FY))"
         rf"(?:(?: of|,)? {YEAR})?", _quarter, False),
        (rf"the first {COUNT} months(?! (?:of|in)\b)", _first_months, True),
        (r"(?-i:New Year)(?:['’]s)?(?: (?:Day|Eve))?\b", _new_year, True),
        (r"the (?P<d>(?:19|20)\d0)s\b", _decade, False),
        (rf"(?:(?P<who>(?:president |mr\. |joe |donald |barack )?\w+) took office|inauguration day(?:,? {YEAR})?)\b",
         _inauguration, True),
    ]
]  # fmt: skip


# ---------------------------------------------------------------- parts

#: Words before a period that cut it, as the piece and the number of pieces; thirds of a month are ten days.
_PIECES = {"early": (0, 3), "mid": (1, 3), "middle": (1, 3), "late": (2, 3), "first half": (0, 2)}
_PIECES |= {"second half": (1, 2), "latter half": (1, 2), "last half": (1, 2)}
_PIECES |= {"opening quarter": (0, 4), "closing quarter": (3, 4), "opening half": (0, 2), "closing half": (1, 2)}
_PIECES |= {f"{word} quarter": (number, 4) for word, number in ORDER.items()}
PARTS = re.compile(
    rf"\b(?:the )?(?:very )?(?:(?P<piece>{'|'.join(_PIECES)})(?:-| of | in | )"
    r"|(?P<edge>start|beginning|first|end|close) of "
    rf"|(?P<side>first|last|final) (?:{COUNT} )?(?P<unit>day|week|month|quarter)s? (?:of|in) "
    rf"|(?<!this )(?<!last )(?<!that )(?<!fiscal )(?:(?P<n2>\d\d?|{'|'.join(COUNTS)})[ -])?"
    r"(?P<length>day|week|month|year)s?(?: period)? "
    r"(?P<how>of|starting|beginning|to|through|up to|(?:that |which )?(?:began|ended|ending))(?: on| in)? "
    r"|(?:all|whole|entire|course) of )(?:the )?$",
    re.IGNORECASE,
)


def part_of(match: re.Match[str], given: Period) -> Period:
    """Return what the words before a period make of it."""
    if given.start and given.kind in UNITS:
        given = unit_around(given.start, given.kind)  # all of "this year", not only what is over
    first, last = given.start, given.end
    if first is None or last is None:
        return given
    if (match["piece"] or "").lower() == "middle" and given.kind == "year":
        return one_day(first.replace(month=7))  # as populations are given
    if match["piece"]:
        return _piece(given, first, last, *_PIECES[match["piece"].lower()])
    if match["edge"]:
        return one_day(first if match["edge"].lower() in ("start", "beginning", "first") else last)
    if match["side"]:
        unit, count = match["unit"].lower(), count_of(match["n"] or "1")
        cut = forward_from(first, count, unit) if match["side"].lower() == "first" else back_from(last, count, unit)
        return replace(cut, kind="months") if unit in ("month", "quarter") else cut
    if match["length"]:
        unit, how = match["length"].lower(), match["how"].lower()
        if how == "of":
            return unit_around(first, "week") if unit == "week" else given
        if how in ("starting", "beginning") or how.endswith("began"):
            return forward_from(first, 1, unit)
        return back_from(last, count_of(match["n2"] or "1"), unit)
    return given


def _piece(given: Period, first: dt.date, last: dt.date, at: int, pieces: int) -> Period:
    """Return one of the equal pieces of a period: months of a year, days of anything shorter."""
    months = round(((last - first).days + 1) / 30.4)
    if months >= pieces:
        bounds = [months_on(first, months * step // pieces) for step in (at, at + 1)]
        return Period(bounds[0], bounds[1] - dt.timedelta(1), "quarter" if pieces == 4 else "months")
    size = 10 if pieces == 3 and given.kind == "month" else max(((last - first).days + 1) // pieces, 1)
    start = min(first + dt.timedelta(size * at), last)
    return Period(start, last if at == pieces - 1 else start + dt.timedelta(size - 1), "range")
