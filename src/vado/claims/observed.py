"""Scattered rows: headcounts of a day, statements and quoted figures, each of an observer and a period of its own.

Such rows are never added up. The ones that a figure can be held against are those of its place, group and kind whose
period is the figure's, or as good as: a day may be off by one, a running count may end some days earlier. Observers
differ; all of them are listed.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from vado.claims.agreement import fit, significant_digits
from vado.claims.estimates import is_publisher
from vado.claims.flows import NO_SCOPE, _like, of_total, what
from vado.claims.question import Question
from vado.claims.rivals import NO_SOURCE, NOT_COMPARABLE, SAME, Evidence, Rival, frame_of, stuck
from vado.claims.spans import Span
from vado.claims.tally import Part
from vado.claims.wording import countries, during, narrowed, quantity, span
from vado.ledger.codes import ALL, SOUTHWEST_BORDER
from vado.ledger.dates import month_end

#: Two periods are one where they share this part of the days that either has.
SAME_PERIOD = 0.6

#: A running count with the same first day is the same count where it ends at most so many days apart.
RUNNING_DAYS = 10

#: A headcount of the day before or after stands in where the day itself has none.
NEXT_DAY = 1

#: A figure beyond all rows of any period by this ratio is outside them, whatever period it is of.
BEYOND = 1.1

#: An approximate row is taken as rounded to its last digit that is not zero, but to no more than this share.
APPROXIMATE = 0.025

#: Significant digits that a figure needs to be taken for the count of something else.
FEW_DIGITS = 3

#: Of more rows than this only the telling ones are listed.
MANY = 40

#: The measures of one camp or march, which are counts of different things.
_FAMILY = ("camp_headcount", "camp_peak_headcount", "camp_outcomes")


@dataclass(frozen=True)
class _Row:
    """One row with what it takes to compare it."""

    row: dict[str, Any]
    start: dt.date
    end: dt.date
    pairs: dict[str, str]


def gather(question: Question) -> Evidence:
    """Return the rows that a figure of scattered counts can be held against."""
    rows = list(_rows(question, question.measure))
    chosen = _chosen(question, rows)
    if not chosen:
        return stuck(NO_SOURCE, _nothing(question), _family(question), question.caution())
    start, end = question.period.start, question.period.end
    if end is None:
        return _undated(question, chosen)
    start = start or min(row.start for row in chosen)
    timed = _timed(question, chosen, start, end)
    if not timed:
        beside = [_rival(question, row, scope=during(row.start, row.end), bearing=NOT_COMPARABLE) for row in chosen]
        nearest = _nearest(beside, start, end)
        if _beyond(question, chosen):
            return _evidence(question, [replace(rival, scope=SAME) for rival in nearest], chosen)
        return stuck(NOT_COMPARABLE, _other_times(question, nearest, start, end), nearest, question.caution())
    rivals = [_rival(question, row) for row in timed]
    if (
        question.about["kind"] == "stock"
        and len({row.start for row in timed}) > 1
        and (end - start).days > 2 * NEXT_DAY
    ):
        return _over_days(question, rivals, timed)
    return _evidence(question, [*rivals, *_family(question)], timed)


def _over_days(question: Question, rivals: list[Rival], rows: list[_Row]) -> Evidence:
    """Compare a headcount of no stated day with the day that it equals, and a bound with the highest."""
    exact = question.figure.bound in ("exact", "about", "between")
    agreeing = [rival for rival in rivals if fit(question.figure, rival) == "agrees"] if exact else []
    peak = max(rivals, key=lambda rival: rival.value or rival.high or rival.low or 0.0)
    if exact and not agreeing and not _beyond(question, rows):
        first, last = min(row.start for row in rows), max(row.end for row in rows)
        several = f"{question.title()} of several {during(first, last)}"
        reason = f"the text does not say on which day, and the ledger has {several}"
        return stuck(NOT_COMPARABLE, reason, [*rivals, *_family(question)], question.caution())
    day = max(agreeing or [peak], key=lambda rival: rival.value or 0.0).period_start
    told = [r if r.period_start == day else _at(r) for r in sorted(rivals, key=lambda r: r not in agreeing)]
    return _evidence(question, [*told, *_family(question)], rows)


def _at(rival: Rival) -> Rival:
    return replace(rival, scope=during(rival.period_start, rival.period_end), bearing="", digits=FEW_DIGITS)


def counts(question: Question) -> list[Rival]:
    """Return all rows of the place, group and kind that the reading means, of whatever day."""
    return [_rival(question, row) for row in _chosen(question, list(_rows(question, question.measure)))]


def _undated(question: Question, chosen: list[_Row]) -> Evidence:
    """Compare with every row published by the day of the text, where the text gives no day."""
    known = [row for row in chosen if question.article_date is None or row.start <= question.article_date] or chosen
    rivals = [_rival(question, row) for row in known]
    agreeing = [rival for rival in rivals if fit(question.figure, rival) == "agrees"]
    peak = max(known, key=lambda row: row.row["value"] if row.row["value"] == row.row["value"] else -math.inf)
    at_peak = [r for r in agreeing if r.value is not None and r.value >= float(peak.row["value"]) * (1 - APPROXIMATE)]
    # Among hundreds of days a number is met by chance; among a few statements it is the one meant.
    stated = significant_digits(question.figure) >= FEW_DIGITS or question.measure in _FAMILY
    enough = len(known) == 1 or (stated and len(known) <= MANY)
    if _beyond(question, known) or (agreeing and (enough or at_peak)):
        return _evidence(question, [*agreeing, *_telling(rivals, agreeing), *_family(question)], known)
    first, last = min(row.start for row in known), max(row.end for row in known)
    several = f"{question.title()} for several {during(first, last)}"
    reason = f"the text does not say for which day or period the figure stands, and the ledger has {several}"
    return stuck(NOT_COMPARABLE, reason, [*_telling(rivals, []), *_family(question)], question.caution())


def _telling(rivals: list[Rival], but: list[Rival]) -> list[Rival]:
    """Return the rivals other than some; of many the lowest, the highest and the last."""
    others = [rival for rival in rivals if rival not in but]
    if len(others) <= MANY:
        return others
    by_value = sorted(others, key=lambda rival: rival.value or rival.high or rival.low or 0.0)
    last = sorted(others, key=lambda rival: rival.period_end)[-FEW_DIGITS:]
    return list(dict.fromkeys([by_value[0], by_value[-1], *last]))


def _evidence(question: Question, rivals: Sequence[Rival], rows: Sequence[_Row]) -> Evidence:
    credited = question.credited
    if credited:
        own = [rival for rival in rivals if is_publisher(rival.name, credited)]
        rivals = [*own, *[rival for rival in rivals if rival not in own]]
    return Evidence(
        "observers", tuple(rivals), frame_of(_framed(row) for row in rows), question.caution(), None, credited
    )


def _rows(question: Question, measure: str) -> Iterator[_Row]:
    for row in question.shelf.records(measure):
        yield _Row(row, row["period_start"].date(), row["period_end"].date(), row["pairs"])


def _chosen(question: Question, rows: list[_Row]) -> list[_Row]:
    """Return the rows of the place, group and kind that the reading means."""
    reading = question.reading
    nationalities = sorted(code for code in reading.nationalities if code != ALL)
    keys = {key for row in rows for key in row.pairs}
    if nationalities and not any(row.row["nationality"] != ALL or "nationalities" in row.pairs for row in rows):
        # A count without a split by nationality is the nearest there is; what it says of one is open.
        nationalities = []
    found = [row for row in rows if _is_of(row, nationalities)]
    for column, wanted in (("household", reading.household),):
        if wanted and any(row.row[column] == wanted for row in found):
            found = [row for row in found if row.row[column] == wanted]
    for key, value in reading.attributes.items():
        if key in NO_SCOPE:
            continue
        if key in ("legal_authority", "component"):
            found = [row for row in found if row.row[key] in (value, ALL)]
        elif key in keys:
            found = [row for row in found if _like(row.pairs.get(key, ""), value)]
    return _placed(question, found)


def _is_of(row: _Row, nationalities: list[str]) -> bool:
    listed = sorted(row.pairs.get("nationalities", "").split(",")) if "nationalities" in row.pairs else None
    if listed is not None:
        return listed == nationalities
    own = row.row["nationality"]
    # A source about one nationality only (people returned to Haiti) needs no word for it in the text.
    return (
        [own] == nationalities or (own == ALL and not nationalities) or (not nationalities and row.row["place"] == own)
    )


def _placed(question: Question, rows: list[_Row]) -> list[_Row]:
    place, shelf = question.reading.place, question.shelf
    if place in (None, ALL) or not rows:
        wide = [row for row in rows if row.row["place"] in (ALL, "USA", SOUTHWEST_BORDER)]
        return wide if wide and len(wide) < len(rows) else rows
    exact = [row for row in rows if row.row["place"] == place]
    if exact and not question.tally.is_whole(place) and not _is_nation_of_border(question, str(place)):
        return exact
    near: list[_Row] = []
    for row in rows:
        own = str(row.row["place"])
        country = shelf.places.get(own, {}).get("country")
        same_side = place in (SOUTHWEST_BORDER, "USA") and own in (SOUTHWEST_BORDER, "USA", ALL)
        listed = place in (row.pairs.get("to"), row.pairs.get("from"), row.pairs.get("at"))
        part = shelf.parents.get(own) == place or shelf.parents.get(str(place)) == own or country == place
        if (
            own == place
            or listed
            or part
            or (same_side and not exact)
            or (same_side and _is_nation_of_border(question, own))
        ):
            near.append(row)
    return near


def _is_nation_of_border(question: Question, place: str) -> bool:
    """Return whether a measure's series tell the nation from its southwest border only in name."""
    default = question.tally.default
    return place in (SOUTHWEST_BORDER, "USA") and default is not None and default.words["place"] in (["USA"], ["swb"])


def _timed(question: Question, rows: list[_Row], start: dt.date, end: dt.date) -> list[_Row]:
    """Return the rows whose period is the figure's."""
    exact = [row for row in rows if (row.start, row.end) == (start, end)]
    if exact:
        return exact
    if start == end:
        on_day = [row for row in rows if row.start <= start <= row.end and (row.end - row.start).days < 2]
        if on_day:
            return on_day
        near = [row for row in rows if row.start == row.end and abs((row.start - start).days) <= NEXT_DAY]
        if near:
            return near
        running = [row for row in rows if row.end == start or row.start <= start <= row.end]
        return running
    if question.about["kind"] == "stock":
        return [row for row in rows if row.start <= end and row.end >= start]
    alike = [row for row in rows if _likeness(row, start, end) >= SAME_PERIOD]
    running = [row for row in rows if row.start == start and abs((row.end - end).days) <= RUNNING_DAYS]
    inside = [row for row in rows if start <= row.start and row.end <= end] if _is_short(rows, start, end) else []
    return [row for row in rows if row in alike or row in running or row in inside]


def _is_short(rows: list[_Row], start: dt.date, end: dt.date) -> bool:
    """Return whether all rows lie within one happening of days or weeks, so that its month means the whole of it."""
    first, last = min(row.start for row in rows), max(row.end for row in rows)
    return (last - first).days <= 62 and start <= first.replace(day=1) <= month_end(end)


def _likeness(row: _Row, start: dt.date, end: dt.date) -> float:
    shared = (min(row.end, end) - max(row.start, start)).days + 1
    either = (max(row.end, end) - min(row.start, start)).days + 1
    return max(shared, 0) / either


def _nearest(rivals: list[Rival], start: dt.date, end: dt.date) -> list[Rival]:
    middle = start + (end - start) / 2
    return sorted(rivals, key=lambda r: abs((r.period_start + (r.period_end - r.period_start) / 2 - middle).days))[:4]


def _beyond(question: Question, rows: list[_Row]) -> bool:
    """Return whether a figure lies beyond every row of any period, or a bound holds of none."""
    figure = question.figure
    tops = [float(v) for row in rows for v in (row.row["value"], row.row["high"], row.row["low"]) if v == v]
    open_ended = any(row.row["low"] == row.row["low"] and row.row["high"] != row.row["high"] for row in rows)
    if not tops or (len(rows) < 2 and question.about["kind"] != "share"):
        return False
    upper = figure.high if figure.bound == "between" and figure.high is not None else figure.value
    if figure.bound in ("at most", "less than"):
        return False
    lower_bounds = [float(row.row["low"]) for row in rows if row.row["low"] == row.row["low"]]
    if open_ended and lower_bounds and max(tops) == max(lower_bounds):
        return False
    return min(figure.value, upper) > BEYOND * max(tops)


def _rival(question: Question, row: _Row, scope: str = SAME, bearing: str = "") -> Rival:
    data = row.row
    value = None if data["value"] != data["value"] else float(data["value"])
    low = None if data["low"] != data["low"] else float(data["low"])
    high = None if data["high"] != data["high"] else float(data["high"])
    note = data["note"] if isinstance(data["note"], str) else ""
    rounded = (
        row.pairs.get("value_type") == "approx" or note.startswith("approximate") or (low is None) != (high is None)
    )
    return Rival(
        name=str(data["who"]),
        value=value,
        low=low,
        high=high,
        what=_what(question, row),
        period_start=row.start,
        period_end=row.end,
        published=data["published"].date(),
        source_id=str(data["source_id"]),
        scope=scope,
        unit=str(data["unit"]),
        slack=_rounding(value) if rounded and value else 0.0,
        bearing=bearing,
        digits=1 if scope == SAME else FEW_DIGITS,
        note=_bound_words(low, high, value),
        doubt=_doubt(question, row),
        says=_says_share(question, row) if data["unit"] == "percent" and value is not None else "",
    )


def _doubt(question: Question, row: _Row) -> str:
    asked = [code for code in question.reading.nationalities if code != ALL]
    if asked and row.row["nationality"] == ALL and "nationalities" not in row.pairs:
        return f"it counts people of all nationalities, not those from {countries(asked)} alone"
    return ""


def _says_share(question: Question, row: _Row) -> str:
    data = row.row
    value = quantity(data["value"], "percent")
    return f"{data['who']} puts the {_what(question, row)} {during(row.start, row.end)} at {value}"


def _rounding(value: float) -> float:
    step = 1.0
    while value % (step * 10) == 0 and step < value:
        step *= 10
    return min(step / 2, APPROXIMATE * value)


def _bound_words(low: float | None, high: float | None, value: float | None) -> str:
    if value is None or (low is None) == (high is None):
        return ""
    return "The source gives it as a lower bound." if high is None else "The source gives it as an upper bound."


_SILENT = ("whose", "value_type", "time", "at", "caravan", "group", "moment", "scope", "nationalities", "method")


def _what(question: Question, row: _Row) -> str:
    measure = str(row.row["measure"])
    attributes = {key: value for key, value in row.pairs.items() if key not in _SILENT}
    nationality = str(row.row["nationality"])
    groups = [nationality] if nationality not in (ALL, row.row["place"]) else []
    groups += row.pairs["nationalities"].split(",") if "nationalities" in row.pairs else []
    own = str(row.row["place"])
    kind = question.shelf.places.get(own, {}).get("kind")
    place = own if kind in ("sector", "field_office", "state") else None
    household = str(row.row["household"])
    household = ALL if question.shelf.tally(measure).values("household") == [household] else household
    shown = narrowed(place, groups, None if household == ALL else household, attributes, question.shelf.place_names)
    return question.title(measure) + shown


def _family(question: Question) -> list[Rival]:
    """Return what else was counted of the same camp, which are different things, with the encounters of its border."""
    if question.measure not in _FAMILY:
        return []
    found: list[Rival] = []
    for measure in _FAMILY:
        if measure != question.measure and measure in question.shelf.measures:
            rows = list(_rows(question, measure))
            if measure == "camp_outcomes":
                rows = [row for row in rows if row.pairs.get("outcome") == "encountered"]
            elif rows:
                rows = [max(rows, key=lambda row: row.row["value"] if row.row["value"] == row.row["value"] else 0)]
            found += [_rival(question, row, _what(question, row), NOT_COMPARABLE) for row in rows]
    return [*found, *_encounters(question)]


def _encounters(question: Question) -> Iterator[Rival]:
    """Return the encounters of the camp's months: of its sector, and of the people named along the whole border."""
    measure = "sw_encounters"
    rows = list(_rows(question, question.measure))
    if measure not in question.shelf.measures or not rows:
        return
    first, last = min(row.start for row in rows).replace(day=1), month_end(max(row.end for row in rows))
    sector = question.shelf.parents.get(str(rows[0].row["place"]))
    nationalities = tuple(code for code in question.reading.nationalities if code != ALL)
    tally = question.shelf.tally(measure)
    for part in (Part(place=SOUTHWEST_BORDER, nationalities=nationalities), Part(place=sector)):
        total = tally.total(part, first, last)
        if total is not None and (part.nationalities or part.place != SOUTHWEST_BORDER):
            scope = what(question, measure, part)
            days = Span(first, last, digits=FEW_DIGITS)
            yield of_total(question, measure, part, total, days, scope, NOT_COMPARABLE)


def _nothing(question: Question) -> str:
    split = narrowed(
        question.reading.place,
        question.reading.nationalities,
        question.reading.household,
        {k: v for k, v in question.reading.attributes.items() if k not in NO_SCOPE},
        question.shelf.place_names,
    )
    return f"the ledger has no {question.title()}{split}"


def _other_times(question: Question, nearest: list[Rival], start: dt.date, end: dt.date) -> str:
    when = ", ".join(dict.fromkeys(span(r.period_start, r.period_end) for r in nearest[:3]))
    return f"the ledger has {question.title()} for {when}, and the figure is of {span(start, end)}"


def _framed(row: _Row) -> dict[str, Any]:
    return {**row.row, "period_start": row.start, "period_end": row.end, "published": row.row["published"].date()}
