"""What the ledger holds of a figure: the right series, the right rows, and what lies next to them.

Which way leads to the evidence follows from the measure's row in the ledger, not from its name: a measure that adds up
over time is totalled; a stock that is estimated long after its day has rivals by publisher; everything else consists of
scattered rows that are listed. Polls and roll calls have tables of their own.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from vado.claims import estimates, observed, polls, roll_calls, shares
from vado.claims.agreement import fit
from vado.claims.figure import Figure, Period, Reading
from vado.claims.flows import PER, claimed, part_of
from vado.claims.neighbours import at_some_time, different_people, neighbours
from vado.claims.question import Question
from vado.claims.rivals import NO_SOURCE, NOT_COMPARABLE, Evidence, Obstacle, Rival, frame_of, stuck
from vado.claims.shelf import shelf
from vado.claims.wording import during, quantity
from vado.ledger.dates import Day

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

__all__ = ["Evidence", "Obstacle", "Rival", "gather"]

#: A stock that becomes known so many days after its day is an estimate; what is known earlier was counted.
ESTIMATED_DAYS = 180

#: Sources whose releases differ, by the words of the traps, and the share within which a difference may be that.
REVISED = re.compile(r"revis|first releases?|first report|adds cases|headline", re.I)
REVISION = 0.02

#: Units of a figure that are counts or rates of counts.
COUNTED = ("count", "per_day", "per_month", "per_year")


def gather(
    ledger: Ledger,
    figure: Figure,
    reading: Reading,
    period: Period,
    article_date: dt.date | None,
    as_of: Day | None = None,
) -> Evidence:
    """Return everything that the ledger holds of a figure.

    Parameters
    ----------
    ledger
        The ledger.
    figure
        The stated quantity.
    reading
        What it measures.
    period
        The days it is about.
    article_date
        The day of the text; None if not known.
    as_of
        Leave out what was published later; None for all.

    Returns
    -------
    Evidence
        Rivals with the rows behind them; with an obstacle where nothing can be compared.
    """
    on_shelf = shelf(ledger, as_of)
    question = Question(on_shelf, figure, reading, period, article_date)
    measure = reading.measure
    if measure is None or measure == "none":
        return stuck(NO_SOURCE, "the ledger has nothing that this figure could be held against")
    if measure in polls.MEASURES:
        return polls.gather(question)
    if measure == roll_calls.MEASURE:
        return roll_calls.gather(question)
    if measure not in on_shelf.measures:
        return stuck(NO_SOURCE, f"the ledger has no measure {measure!r}")
    return _measured(question)


def _measured(question: Question) -> Evidence:
    about, unit = question.about, question.figure.unit
    in_percent = about["unit"] == "percent"
    if unit == "vote":
        return stuck(NOT_COMPARABLE, f"the figure is a vote, and the ledger has {question.title()}")
    if unit == "change_percent":
        return _with_notes(question, shares.change(question))
    estimated = about["kind"] == "stock" and int(about["lag_days"]) >= ESTIMATED_DAYS
    if estimated or str(about["measure"]).removesuffix("_share") in _estimated(question):
        return estimates.gather(question)
    if unit == "percent" and not in_percent:
        return _with_notes(question, shares.share(question))
    if unit in COUNTED and in_percent:
        return stuck(NOT_COMPARABLE, f"the figure is a count, and the ledger has {question.title()} in per cent")
    if unit in PER and "time" not in str(about["additive_over"]) and "/" not in str(about["unit"]):
        return stuck(NOT_COMPARABLE, f"the figure is a rate, and the ledger has {question.title()}")
    if "time" in str(about["additive_over"]).split(","):
        return _totalled(question)
    return observed.gather(question)


def _estimated(question: Question) -> set[str]:
    """Return the measures that are estimated stocks."""
    measures = question.shelf.measures.values()
    return {
        str(about["measure"])
        for about in measures
        if about["kind"] == "stock" and int(about["lag_days"]) >= ESTIMATED_DAYS
    }


def _totalled(question: Question) -> Evidence:
    found = claimed(question)
    if isinstance(found, Obstacle):
        part = part_of(question)
        if question.period.end is None and question.period.start is None and not isinstance(part, Obstacle):
            equal = at_some_time(question, part)
            if equal is not None:
                number, when = quantity(question.figure.value), during(equal.period_start, equal.period_end)
                reason = f"{found.reason}; {number} is the number {when} ({equal.name})"
                return stuck(found.verdict, reason, [equal], question.caution())
        return stuck(found.verdict, found.reason, notes=question.caution())
    rivals = found.rivals
    if all(fit(question.figure, rival) in ("differs", "unrelated", "undecided") for rival in rivals):
        rivals = [*rivals, *neighbours(question, found)]
    told = f"{question.about['traps'] or ''} {question.about['description'] or ''}"
    revised = REVISION if REVISED.search(told) else 0.0
    people = different_people(question, found) if question.figure.unit == "count" else None
    if people is not None and all(people.source_id != rival.source_id for rival in rivals):
        rivals = [*rivals, replace(people, bearing="")]
        when = during(people.period_start, people.period_end)
        notes = (*question.caution(), f"{people.name} counted {quantity(people.value or 0)} {people.what} {when}.")
        return Evidence("count", tuple(rivals), frame_of(found.rows), notes, revised=revised)
    return Evidence("count", tuple(rivals), frame_of(found.rows), question.caution(), revised=revised)


def _with_notes(question: Question, evidence: Evidence) -> Evidence:
    return replace(evidence, notes=question.caution()) if evidence.obstacle is None else evidence
