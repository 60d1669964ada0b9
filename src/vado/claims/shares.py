"""Shares and changes in per cent of a measure, made from the ledger's totals.

A share needs its whole: all of the measure in the same period and place, unless the words say of what it is taken.
Where a text narrows in two ways ("80 per cent of the Haitians came in families") either may be the whole, and both are
tried. A change is taken against the same period a year before or against the one just before, as the words say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from vado.claims.flows import Claimed, _behind, claimed, equivalents, of_total, part_of, what
from vado.claims.question import Question
from vado.claims.rivals import NOT_COMPARABLE, SAME, Evidence, Obstacle, Rival, frame_of, stuck
from vado.claims.spans import Span, is_whole_months, months_in, spans
from vado.claims.tally import Part, Total
from vado.claims.wording import during, quantity, span
from vado.ledger.dates import add_months

_DOWN = re.compile(
    r"\b(down|fell|fall\w*|drop\w*|declin\w+|decreas\w+|shr[aiu]nk|slid|slump\w*|plung\w+|lower)\b", re.I
)
_UP = re.compile(r"\b(up|rose|ris\w+|increas\w+|gr[eo]w\w*|jump\w*|surg\w+|climb\w*|soar\w*|gain\w*|higher)\b", re.I)

#: Bounds that narrow a measure by group; a place alone is a bound too, but the whole of a group's share is its place.
_GROUPS = ("nationalities", "household", "legal_authority", "component", "pairs")
_NOTHING: dict[str, Any] = {"nationalities": (), "pairs": ()}


def share(question: Question) -> Evidence:
    """Return the shares that a percentage of a measure may mean."""
    part = part_of(question)
    if isinstance(part, Obstacle):
        return stuck(part.verdict, part.reason)
    wanted = spans(question.period, question.article_date, int(question.about["lag_days"]))
    if isinstance(wanted, Obstacle):
        return stuck(wanted.verdict, wanted.reason)
    of = question.reading.of
    measures = question.shelf.measures
    rivals: list[Rival] = []
    rows: list[dict[str, Any]] = []
    for days in wanted:
        if days.inner:
            continue
        if of in measures and of != question.measure:
            for rival, behind in _pairs(question, part, [(of, Part(place=part.place), NOT_COMPARABLE)], days):
                rivals.append(replace(rival, scope=SAME, doubt=""))
                rows += behind
            continue
        bases = [(question.measure, base, scope) for base, scope in _bases(question, part)]
        for rival, behind in _pairs(question, part, bases, days):
            rivals.append(rival)
            rows += behind
    if not _bases(question, part) and of not in measures:
        return stuck(NOT_COMPARABLE, f"the text does not say which part of the {question.title()} the percentage is")
    if not rivals:
        found = claimed(question)
        reason = (
            found.reason
            if isinstance(found, Obstacle)
            else f"the ledger has no whole to take the share of {question.title()} of"
        )
        return stuck(NOT_COMPARABLE, reason)
    rivals.sort(key=lambda rival: rival.scope != SAME)
    return Evidence("share", tuple(rivals), frame_of(rows))


def _bases(question: Question, part: Part) -> list[tuple[Part, str]]:
    """Return the wholes that a share may be taken of, each with the scope of its share, the likeliest first."""
    groups = [name for name in _GROUPS if getattr(part, name)]
    parent = question.shelf.parents.get(part.place or "")
    everything = {name: _NOTHING.get(name) for name in groups}
    if not groups:
        # Of a sector's share the whole is its border where the text says no more, and so is the nation; a whole border
        # is where something happens, not a part whose share is told.
        region = [(part.but(place=parent), SAME)] if parent and not question.tally.is_whole(parent) else []
        return [*region, (part.but(place=None), SAME)] if parent else []
    found = [(part.but(**everything), SAME)]
    if len(groups) > 1:
        found += [(part.but(**{name: _NOTHING.get(name)}), SAME) for name in groups]
    if not question.tally.is_whole(part.place):
        found.append((part.but(place=None, **everything), "a share of all places"))
    return found


def _pairs(
    question: Question, part: Part, bases: list[tuple[str, Part, str]], days: Span
) -> Iterator[tuple[Rival, list[dict[str, Any]]]]:
    for of, base, scope in bases:
        for measure, some in [(question.measure, part), *equivalents(question, part)]:
            own = of == question.measure
            whole_measure = measure if own else of
            top = question.shelf.tally(measure).total(some, days.start, days.end)
            whole = _whole(question, whole_measure, _like(base, some, part), days, top) if top else None
            if top is None or whole is None or not whole.value:
                continue
            yield (
                _share(question, measure, some, whole_measure, top, whole, days, scope),
                [
                    *_behind(question, measure, some, top),
                    *_behind(question, whole_measure, base, whole),
                ],
            )
            break


def _like(base: Part, some: Part, part: Part) -> Part:
    """Return the whole of an equivalent count: what it changes of the part, it changes of the whole."""
    changes: dict[str, Any] = {
        name: getattr(some, name) for name in ("component",) if getattr(some, name) != getattr(part, name)
    }
    return base.but(**changes)


def _whole(question: Question, measure: str, base: Part, days: Span, top: Total) -> Total | None:
    """Return the whole in the series of the part, else in the first that has it."""
    tally = question.shelf.tally(measure)
    same_series = tally.total(base, days.start, days.end, top.series)
    return same_series or tally.total(base, days.start, days.end)


def _share(
    question: Question, measure: str, part: Part, of: str, top: Total, whole: Total, days: Span, scope: str
) -> Rival:
    value = 100 * top.value / whole.value
    groups = what(question, measure, part)
    rival = of_total(question, measure, part, top, days, scope, "" if scope == SAME else NOT_COMPARABLE)
    ratio = f"{quantity(top.value)} of {quantity(whole.value)}"
    says = f"{rival.name} has {ratio}, {quantity(value, 'percent')}, for {groups} {during(days.start, days.end)}"
    if of != measure:
        whole_words = f"{quantity(whole.value)} {question.title(of)}"
        says = f"{quantity(top.value)} {groups} are {quantity(value, 'percent')} of {whole_words}"
    # "Of those whom Border Patrol stopped" names a base more often than a part.
    only_counter = not {"nationalities", "household", "legal_authority", "pairs"} & set(part.bounds)
    doubt = "the words may mean the share of another group" if part.component and only_counter else ""
    return replace(rival, value=value, low=None, high=None, unit="percent", slack=0.0, says=says, note="", doubt=doubt)


def change(question: Question) -> Evidence:
    """Return the changes in per cent that a figure may mean."""
    found = claimed(question)
    if isinstance(found, Obstacle):
        return stuck(found.verdict, found.reason)
    against = question.reading.attributes.get("against")
    rivals: list[Rival] = []
    rows: list[dict[str, Any]] = list(found.rows)
    for days in found.spans:
        if days.inner:
            continue
        for kinds, before in _before(days):
            scope = SAME if not against or against in kinds else f"against {span(before.start, before.end)}"
            rival = _change(question, found, days, before, scope)
            if rival is not None and all(rival.says != other.says for other in rivals):
                rivals.append(rival)
    if not rivals:
        return stuck(NOT_COMPARABLE, f"the ledger has no earlier period to compare the {question.title()} with")
    return Evidence("share", tuple(rivals), frame_of(rows))


def _before(days: Span) -> list[tuple[tuple[str, ...], Span]]:
    """Return the periods to compare with, each with the names under which a reading asks for it."""
    months = months_in(days.start, days.end)
    if not is_whole_months(days.start, days.end):
        return []
    moved = [(("year", "previous"), 12)] if months == 12 else [(("year",), 12), (("previous",), months)]
    return [(kinds, Span(add_months(days.start, -by).replace(day=1), add_months(days.end, -by))) for kinds, by in moved]


def _change(question: Question, found: Claimed, days: Span, before: Span, scope: str) -> Rival | None:
    for measure, part in [(question.measure, found.part), *equivalents(question, found.part)]:
        tally = question.shelf.tally(measure)
        now = tally.total(part, days.start, days.end)
        then = tally.total(part, before.start, before.end, now.series) if now else None
        if now is None or then is None or not then.value:
            continue
        change = 100 * (now.value / then.value - 1)
        rival = of_total(question, measure, part, now, days, scope, "" if scope == SAME else NOT_COMPARABLE)
        moved = f"{'rose' if change >= 0 else 'fell'} by {quantity(abs(change), 'percent')}"
        says = (
            f"{rival.name}'s {what(question, measure, part)} {moved}, from {quantity(then.value)} "
            f"{during(before.start, before.end)} to {quantity(now.value)} {during(days.start, days.end)}"
        )
        return replace(
            rival,
            value=_directed(question, change),
            low=None,
            high=None,
            unit="change_percent",
            slack=0.0,
            says=says,
            note="",
        )
    return None


def _directed(question: Question, change: float) -> float:
    """Return a change in the direction in which the text speaks, so that "down 8.5 percent" equals a fall of 8.5.

    A negative figure states its own direction; otherwise the words do; where they do not, the size alone counts.
    """
    figure, reading = question.figure, question.reading
    if figure.value < 0:
        return change
    words = f"{reading.attributes.get('direction', '')} {figure.words} {reading.because}"
    down, up = bool(_DOWN.search(words)), bool(_UP.search(words))
    if down == up:
        return abs(change)
    return -change if down else change
