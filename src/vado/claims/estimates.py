"""Published estimates of a stock: rivals by publisher and release, none joined to another.

A figure with a period is held against the estimates whose reference date lies in it, or against each publisher's last
one before it. A figure without one is held against the last estimate that each publisher had out on the day of the
text. A publisher that the text credits comes first, in whatever release has its value.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from vado.claims.agreement import fit
from vado.claims.question import Question
from vado.claims.rivals import NO_SOURCE, NOT_COMPARABLE, OUTSIDE, Evidence, Rival, frame_of, stuck
from vado.claims.wording import countries, date, during, quantity, span, words
from vado.ledger.codes import ALL

#: An estimate stands in for a period after it up to this many days later.
STANDS_IN = 730

#: Without a period, a publisher's last estimate counts if its reference date lies at most so many days back.
CURRENT = 6 * 366

#: A day or month that ends at most so many days before the text is the present.
NOW = 31

#: "Before 2010" means reference dates of at most so many days before.
BEFORE = 6 * 366

#: Attributes that single out a part of the population.
_PARTS = ("birth_region", "states")

#: Words of a publisher's name that tell nothing of who it is.
_COMMON = words(
    "the of and for on us u s center centre research institute institution studies study policy department office "
    "bureau university school college data figures estimate estimates report team model"
)


def gather(question: Question) -> Evidence:
    """Return the estimates that a figure of a stock can be held against."""
    rows = _scoped(question, question.shelf.records(question.measure))
    if question.figure.unit == "percent":
        return _share(question, rows)
    if not rows:
        return stuck(NO_SOURCE, f"the ledger has no {_subject(question)}")
    chosen, when = _dated(question, rows)
    if not chosen:
        return stuck(NOT_COMPARABLE, f"the ledger has no {_subject(question)} {when}")
    rivals = [_rival(question, row, rows) for row in chosen]
    credited = question.credited
    own = [rival for rival in rivals if credited and is_publisher(rival.name, credited)]
    others = [
        replace(_rival(question, row, rows), scope=during(_day(row), _day(row)), bearing=OUTSIDE, digits=3)
        for row in rows
        if row not in chosen and (not credited or is_publisher(str(row["who"]), credited))
    ]
    beside = [rival for rival in others if fit(question.figure, rival) == "agrees"]
    ordered = [*own, *[rival for rival in rivals if rival not in own], *beside]
    return Evidence(
        "estimates",
        tuple(ordered),
        frame_of(_framed(row) for row in chosen),
        (),
        None,
        credited if own else "",
        "" if own or not credited else f"the ledger has no estimate of {credited} {when}",
    )


def is_publisher(name: str, asked: str) -> bool:
    """Return whether a publisher is the one that a text names, by a word of its name or by its initials.

    >>> is_publisher("DHS OIS", "Department of Homeland Security"), is_publisher("Pew Research Center", "Pew")
    (True, True)
    >>> is_publisher("Center for Migration Studies", "CMS"), is_publisher("Center for Immigration Studies", "CMS")
    (True, False)
    """
    given, wanted = _letters(name), _letters(asked)
    if (set(given) & set(wanted)) - _COMMON - _SHARED:
        return True
    telling = [set(letters) - _COMMON for letters in (given, wanted)]
    if any(len(own) > 1 and own <= other for own, other in (telling, telling[::-1])):
        return True
    return _abbreviates(given, wanted) or _abbreviates(wanted, given)


def _abbreviates(short: Sequence[str], long: Sequence[str]) -> bool:
    """Return whether a word of one name is made of the first letters of the other, in whichever order."""
    initials = "".join(word[0] for word in long if word not in ("of", "for", "the", "and", "us", "u", "s"))
    return any(
        len(word) > 2 and len(long) > 1 and (initials.startswith(word) or sorted(initials) == sorted(word))
        for word in short
        if word not in _COMMON
    )


#: Words that publishers of different names share.
_SHARED = words(
    "migration immigration security homeland national american survey census border patrol customs protection del rio "
    "mayor chief judge county sec sen rep text news times post press officials authorities government mexican mexico"
)


def _letters(text: str) -> list[str]:
    return re.sub(r"[^a-z0-9 ]", " ", text.casefold().replace(".", "")).split()


def _scoped(question: Question, rows: Sequence[dict[Any, Any]]) -> list[dict[str, Any]]:
    """Return the rows of the place and group of the figure."""
    reading = question.reading
    nationalities = [code for code in reading.nationalities if code != ALL] or [ALL]
    place = reading.place if reading.place and not question.tally.is_whole(reading.place) else "USA"
    regions = {key: reading.attributes[key] for key in _PARTS if key in reading.attributes}
    places = (place, ALL) if place == "USA" else (place,)
    return [
        {str(key): value for key, value in row.items()}
        for row in rows
        if row["nationality"] in nationalities
        and row["place"] in places
        and {key: row["pairs"][key] for key in _PARTS if key in row["pairs"]} == regions
    ]


def _dated(question: Question, rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], str]:
    """Return the estimates of the figure's period, and the words for it."""
    start, end = question.period.start, question.period.end
    text = question.article_date
    if (
        text is not None
        and end is not None
        and (text - end).days <= NOW
        and start is not None
        and (end - start).days < 32
    ):
        # "Now" and "this month" mean the last estimate, which is always some years old.
        start, end = None, None
    if end is None and start is None:
        day = question.article_date or max(_day(row) for row in rows)
        out = [row for row in rows if row["published"].date() <= day and (day - _day(row)).days <= CURRENT]
        return _last_of_each(out), f"published by {date(day)} for the years before it"
    if start is None and end is not None:
        inside = [row for row in rows if 0 <= (end - _day(row)).days <= BEFORE]
        return inside, f"of the years before {end.year + 1}"
    end = end or question.article_date or start
    assert start is not None
    assert end is not None
    inside = [row for row in rows if start <= _day(row) <= end]
    last = _last_of_each([row for row in rows if 0 <= (start - _day(row)).days <= STANDS_IN])
    if inside:
        # A publisher without an estimate in the period is no rival for it.
        return sorted(inside, key=_day), during(start, end)
    return last, f"{during(start, end)} or the two years before"


def _last_of_each(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the last estimate of each publisher, the newest release of it, and its interval rows."""
    found: list[dict[str, Any]] = []
    for family in dict.fromkeys(_family(row) for row in rows):
        own = [row for row in rows if _family(row) == family]
        latest = max(_day(row) for row in own)
        at = [row for row in own if _day(row) == latest]
        newest = max(row["published"] for row in at)
        found += [row for row in at if row["published"] == newest or row["value"] != row["value"]]
    return found


def _family(row: dict[str, Any]) -> str:
    """Return what releases of one publisher have in common: the series without its vintage, apart for other methods."""
    return re.split(r"[_0-9]", str(row["series"]))[0] + (
        "/" + str(row["series"]) if "conservative" in row["series"] or "CPS" in row["series"] else ""
    )


def _day(row: dict[str, Any]) -> dt.date:
    day: dt.date = row["period_end"].date()
    return day


def _rival(question: Question, row: dict[str, Any], rows: list[dict[str, Any]]) -> Rival:
    value, low, high = (None if row[key] != row[key] else float(row[key]) for key in ("value", "low", "high"))
    published = row["published"].date()
    notes = []
    if question.article_date and published > question.article_date:
        notes.append(f"It was published on {date(published)}, after the text.")
    elif later := _revised(row, rows):
        notes.append(
            f"{row['who']} later revised {during(_day(row), _day(row)).removeprefix('on ')} to "
            f"{quantity(float(later['value']))} (release of {later['published'].year})."
        )
    if isinstance(row["note"], str) and "prelim" in row["note"].casefold():
        notes.append("It was preliminary.")
    return Rival(
        name=str(row["who"]),
        value=value,
        low=low,
        high=high,
        what=_subject(question),
        period_start=_day(row),
        period_end=_day(row),
        published=published,
        source_id=str(row["source_id"]),
        unit=str(row["unit"]),
        note=" ".join(notes),
        says=_says(question, row, value, low, high),
    )


def _says(question: Question, row: dict[str, Any], value: float | None, low: float | None, high: float | None) -> str:
    when = during(_day(row), _day(row))
    if isinstance(row["note"], str) and "day of the year assumed" in row["note"]:
        when = f"in {_day(row).year}"
    ends = [quantity(end) for end in (low, high) if end is not None]
    interval = f"{' to '.join(ends)} ({row['interval']})" if ends else ""
    if value is None:
        return f"{row['who']} gives {interval} for the {_subject(question)} {when}"
    shown = f", with an interval of {interval}" if len(ends) == 2 else ""
    return f"{row['who']} puts the {_subject(question)} {when} at {quantity(value)}{shown}"


def _revised(row: dict[str, Any], rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    later = [
        other
        for other in rows
        if _family(other) == _family(row)
        and abs((_day(other) - _day(row)).days) < 10
        and other["published"] > row["published"]
        and other["value"] == other["value"]
        and other["value"] != row["value"]
    ]
    return max(later, key=lambda other: other["published"]) if later else None


def _subject(question: Question) -> str:
    reading = question.reading
    subject = question.title()
    nationalities = [code for code in reading.nationalities if code != ALL]
    if nationalities:
        subject += f" born in {countries(nationalities)}"
    if reading.place and not question.tally.is_whole(reading.place):
        subject += f" in {question.shelf.place_names.get(reading.place, reading.place)}"
    for key in _PARTS:
        if key in reading.attributes:
            subject += (
                f" born in {reading.attributes[key]}" if key == "birth_region" else f" in {reading.attributes[key]}"
            )
    return subject


def _share(question: Question, parts: list[dict[str, Any]]) -> Evidence:
    """Return the shares of a stock: those that a source prints, and those of a release's part in its own total."""
    shelf = question.shelf
    rivals: list[Rival] = []
    rows: list[dict[str, Any]] = []
    printed = f"{question.measure.removesuffix('_share')}_share"
    if printed in shelf.measures:
        for row in _scoped(question, shelf.records(printed)):
            says = f"{row['who']} puts the share {during(_day(row), _day(row))} at {quantity(row['value'], 'percent')}"
            rivals.append(replace(_rival(question, row, []), says=says))
            rows.append(row)
    whole = question.measure.removesuffix("_share")
    wanted = replace(question, reading=replace(question.reading, measure=whole))
    if whole != question.measure:
        parts = _scoped(wanted, shelf.records(whole))
    total = replace(wanted, reading=replace(wanted.reading, nationalities=(), place=None, attributes={}))
    tops = _scoped(total, shelf.records(whole))
    for row in parts:
        base = [
            t for t in tops if t["series"] == row["series"] and t["period_end"] == row["period_end"] and t["value"] > 0
        ]
        if base and row not in tops and row["value"] > 0:
            value = 100 * row["value"] / base[0]["value"]
            ratio = f"{quantity(row['value'])} of {quantity(base[0]['value'])}"
            says = f"{row['who']} has {ratio}, {quantity(value, 'percent')}, {during(_day(row), _day(row))}"
            rivals.append(replace(_rival(wanted, row, []), value=value, low=None, high=None, unit="percent", says=says))
            rows.append(row)
    if not rivals:
        return stuck(NO_SOURCE, f"the ledger has no share of the {_subject(wanted)}")
    return _timed_share(question, rivals, rows)


def _timed_share(question: Question, rivals: list[Rival], rows: list[dict[str, Any]]) -> Evidence:
    start, end = question.period.start, question.period.end
    if start is None or end is None:
        day = end or question.article_date
        known = [r for r in rivals if day is None or r.published is None or r.published <= day] or rivals
        latest = max(r.period_end for r in known)
        chosen = [r for r in known if (latest - r.period_end).days <= STANDS_IN]
    else:
        chosen = [r for r in rivals if start <= r.period_end <= end]
        chosen = chosen or [r for r in rivals if 0 <= (start - r.period_end).days <= STANDS_IN]
    if not chosen:
        when = span(start, end) if start and end else "that time"
        return stuck(NOT_COMPARABLE, f"the ledger has no share of the {_subject(question)} of {when}")
    credited = question.credited
    own = [rival for rival in chosen if credited and is_publisher(rival.name, credited)]
    ordered = [*own, *[rival for rival in chosen if rival not in own]]
    return Evidence(
        "estimates", tuple(ordered), frame_of(_framed(row) for row in rows), (), None, credited if own else ""
    )


def _framed(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "period_start": row["period_start"].date(),
        "period_end": _day(row),
        "published": row["published"].date(),
    }
