"""Approval polls: the one that a figure is of, and the mean of all polls of the same fortnight beside it."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from vado.claims.agreement import fit
from vado.claims.question import Question
from vado.claims.rivals import NO_SOURCE, NOT_COMPARABLE, Evidence, Rival, frame_of, stuck
from vado.claims.wording import date, quantity, words
from vado.errors import VadoError
from vado.politics.average import average as with_house_effects

if TYPE_CHECKING:
    import pandas as pd

MEASURES = ("approval", "disapproval")

#: Polls that ended within so many days up to a day are the polls of that day.
WINDOW = 14

#: A poll is written of until so many days after its last interview.
WRITTEN_OF = 10

#: Without a date, a pollster's last poll counts up to so many days before the text.
LAST_POLL = 45

#: A poll this many points from the mean of the others is said to be so.
FAR = 3.0

#: Populations in the order in which one is taken from a poll that has several.
POPULATIONS = {"a": "adults", "rv": "registered voters", "lv": "likely voters", "v": "voters"}

#: First day of each president in the ledger's polls.
PRESIDENTS = ((dt.date(2021, 1, 20), "Joe Biden"), (dt.date(2017, 1, 20), "Donald Trump"))

_COMMON = words(
    "a an poll polls survey surveys the of and for new research group university college u co inc center centre "
    "institute news opinion national insights strategies"
)


def average(polls: pd.DataFrame, day: dt.date, column: str = "approve") -> tuple[float, int]:
    """Return the mean of the polls that ended in the fortnight up to a day, each pollster counted once.

    Parameters
    ----------
    polls
        Rows of the table ``polls`` on one subject and topic.
    day
        The last day.
    column
        ``approve`` or ``disapprove``.

    Returns
    -------
    tuple
        The mean over pollsters of the mean of their polls [per cent], and the number of polls; NaN and 0 for none.
    """
    ends = polls["end_date"].dt.date
    recent = polls[(ends <= day) & (ends > day - dt.timedelta(days=WINDOW)) & polls[column].notna()]
    each = one_a_poll(recent)
    if each.empty:
        return float("nan"), 0
    return float(each.groupby("pollster")[column].mean().mean()), len(each)


def gather(question: Question) -> Evidence:
    """Return the polls that a figure of approval or disapproval can be held against."""
    attributes = question.reading.attributes
    column = "approve" if question.measure == "approval" else "disapprove"
    day = question.period.end or question.article_date
    if question.figure.unit != "percent":
        return stuck(NOT_COMPARABLE, f"the ledger has {question.measure} in per cent of the people asked")
    population = attributes.get("population", "")
    if population and population not in POPULATIONS:
        return stuck(NO_SOURCE, f"the ledger has no {question.measure} among {population}")
    polls = on_subject(question, column)
    if polls is None:
        topic = attributes.get("topic", "")
        of = attributes.get("president") or _president(day) or "this president"
        on = f" on {topic}" if topic and topic != "overall" else ""
        return stuck(NO_SOURCE, f"the ledger has no poll of {question.measure} of {of}{on}")
    if day is None:
        return stuck(NOT_COMPARABLE, "neither the figure nor the text has a date by which its poll could be found")
    return _compared(question, polls, column, population)


def on_subject(question: Question, column: str) -> pd.DataFrame | None:
    """Return the polls of the president and topic that a reading means; None if there are none."""
    attributes, polls = question.reading.attributes, question.shelf.polls
    subject = attributes.get("president") or _president(question.period.end or question.article_date)
    chosen = polls[_subject(polls, subject) & _topic(polls, attributes.get("topic", "")) & polls[column].notna()]
    return None if chosen.empty else chosen


def _compared(question: Question, polls: pd.DataFrame, column: str, population: str) -> Evidence:
    pollster = question.reading.attributes.get("pollster") or question.credited
    start, end = _window(question)
    inside = between(polls, start, end)
    if population:
        inside = inside[inside["population"] == population]
    if not pollster:
        each = one_a_poll(inside)
        if each.empty:
            return stuck(NO_SOURCE, f"no poll in the ledger ended between {date(start)} and {date(end)}")
        rivals = [as_rival(question, row, column) for row in each.to_dict("records")]
        return Evidence(
            "polls", tuple(rivals), _framed(question, each, column), context=_mean_words(question, polls, column, end)
        )
    own = by_pollster(inside, pollster)
    scope_note = ""
    if own.empty:
        # A text may speak of a pollster's last poll without its day; only agreement can tell.
        last = by_pollster(between(polls, end - dt.timedelta(days=LAST_POLL), end), pollster)
        last = last[last["end_date"] == last["end_date"].max()] if not last.empty else last
        told = [as_rival(question, row, column) for row in last.to_dict("records")]
        if question.period.end is None or any(fit(question.figure, rival) == "agrees" for rival in told):
            own, scope_note = last, "It is the pollster's last one before then."
    if own.empty:
        none = f"no poll of {pollster} in the ledger ended between {date(start)} and {date(end)}"
        words_of_mean = _mean_words(question, polls, column, end)
        return stuck(NO_SOURCE, f"{none}{'; ' + words_of_mean if words_of_mean else ''}")
    own = _nearest_first(own, question.period.start, question.period.end or end)
    rivals = [as_rival(question, row, column, scope_note) for row in own.to_dict("records")]
    agreeing = next((rival for rival in rivals if fit(question.figure, rival) == "agrees"), rivals[0])
    mean, count = average(polls, agreeing.period_end, column)
    context = _mean_words(question, polls, column, agreeing.period_end, agreeing.value)
    far = agreeing.value is not None and count > 1 and abs(agreeing.value - mean) >= FAR
    trap = (f"One poll; the mean of {count} polls was {quantity(mean, 'percent')}.",) if far else ()
    return Evidence("polls", tuple(rivals), _framed(question, own, column), trap, None, pollster, context)


def by_pollster(polls: pd.DataFrame, asked: str) -> pd.DataFrame:
    """Return the polls of the pollster that a text names, those of a named sponsor among them if there are any.

    >>> import pandas as pd
    >>> sponsors = ["Economist", "Yahoo News", "Reuters"]
    >>> table = pd.DataFrame({"pollster": ["YouGov", "YouGov", "Ipsos"], "sponsors": sponsors})
    >>> by_pollster(table, "the Economist/YouGov poll")["sponsors"].tolist()
    ['Economist']
    """
    wanted = _tokens(asked)
    if not wanted or polls.empty:
        return polls.iloc[:0]
    scores = [_score(wanted, row) for row in polls[["pollster", "sponsors"]].to_dict("records")]
    best = max(scores)
    return polls[[score == best for score in scores]] if best > 0 else polls.iloc[:0]


def _score(wanted: set[str], row: dict[Any, Any]) -> int:
    pollster = _tokens(str(row["pollster"]))
    sponsors = _tokens(row["sponsors"]) if isinstance(row["sponsors"], str) else set()
    named = bool(pollster) and (pollster <= wanted or wanted <= pollster)
    sponsored = bool(sponsors) and (sponsors <= wanted or wanted <= sponsors)
    half = len(wanted & pollster) * 2 >= len(wanted) and len(wanted & pollster) > 1
    if not (named or sponsored or half):
        return 0
    return len(wanted & (pollster | sponsors)) + (1 if named else 0)


def _tokens(name: str) -> set[str]:
    letters = re.sub(r"[^\w ]", " ", name.casefold().replace(".", "")).split()
    return {word for word in letters if word not in _COMMON}


def _president(day: dt.date | None) -> str:
    return next((name for first, name in PRESIDENTS if day is not None and day >= first), "")


def _subject(polls: pd.DataFrame, subject: str) -> Any:
    surname = subject.split()[-1].casefold() if subject.split() else "\0"
    return polls["subject"].str.casefold().str.contains(surname, regex=False)


def _topic(polls: pd.DataFrame, topic: str) -> Any:
    if not topic or topic == "overall":
        return polls["topic"] == "overall"
    return (polls["topic"] != "overall") & polls["topic"].str.casefold().str.contains(topic.casefold(), regex=False)


def _window(question: Question) -> tuple[dt.date, dt.date]:
    period, text = question.period, question.article_date
    if period.end is None:
        end = text or dt.date.max
        return end - dt.timedelta(days=WINDOW), end
    start = period.start or period.end - dt.timedelta(days=WINDOW)
    # A poll "released on Thursday" or "this month" was taken in the days before.
    return start - dt.timedelta(days=WRITTEN_OF), period.end


def between(polls: pd.DataFrame, start: dt.date, end: dt.date) -> pd.DataFrame:
    """Return the polls that ended from one day to another."""
    ends = polls["end_date"].dt.date
    chosen: pd.DataFrame = polls[(ends >= start) & (ends <= end)]
    return chosen


def one_a_poll(polls: pd.DataFrame) -> pd.DataFrame:
    """Return one row a poll, of adults before registered and likely voters, in the order of their end."""
    order = {code: index for index, code in enumerate(POPULATIONS)}
    ranked = polls.assign(rank=polls["population"].map(order).fillna(len(order)))
    return ranked.sort_values(["rank", "end_date"], kind="stable").drop_duplicates("poll_id").sort_values("end_date")


def _nearest_first(polls: pd.DataFrame, start: dt.date | None, end: dt.date) -> pd.DataFrame:
    """Order polls: those that ended in the period first, then by nearness to its end; adults before voters."""
    order = {code: index for index, code in enumerate(POPULATIONS)}
    ends = polls["end_date"].dt.date
    return polls.assign(
        before=[start is not None and day < start for day in ends],
        away=[abs((end - day).days) for day in ends],
        rank=polls["population"].map(order).fillna(len(order)),
    ).sort_values(["before", "away", "rank"], kind="stable")


def as_rival(question: Question, row: dict[Any, Any], column: str, note: str = "") -> Rival:
    """Return a poll as a rival."""
    end = row["end_date"].date()
    start = row["start_date"].date() if row["start_date"] == row["start_date"] else end
    sponsors = row["sponsors"] if isinstance(row["sponsors"], str) else ""
    name = f"{row['pollster']} for {sponsors}" if sponsors else str(row["pollster"])
    people = POPULATIONS.get(row["population"], "people asked")
    verb = "approving" if column == "approve" else "disapproving"
    value = float(row[column])
    shown = quantity(value, "percent")
    return Rival(
        name=name,
        value=value,
        low=None,
        high=None,
        what=f"{'approval' if column == 'approve' else 'disapproval'} of {row['subject']}",
        period_start=start,
        period_end=end,
        published=row["published"].date(),
        source_id=str(row["source_id"]),
        unit="percent",
        note=note,
        says=f"{name}'s poll that ended on {date(end)} had {shown} of {people} {verb} of {row['subject']}",
    )


def _mean_words(question: Question, polls: pd.DataFrame, column: str, day: dt.date, value: float | None = None) -> str:
    """Return what polls had on average on a day: with house effects where the subject has them, and the plain mean."""
    mean, count = average(polls, day, column)
    if not count:
        return ""
    told = f"the mean of {count} polls of the {WINDOW} days to {date(day)} was {quantity(mean, 'percent')}"
    centre = mean
    try:
        known = with_house_effects(question.shelf.ledger, day, as_of=question.shelf.as_of)
    except VadoError:
        known = None
    if known is not None and set(polls["topic"]) == {"overall"} and known.president == polls["subject"].iloc[0]:
        if column == "approve":
            centre, low, high = known.mean, known.low, known.high
        else:
            centre, low, high = known.disapprove, known.disapprove_low, known.disapprove_high
        told = (
            f"the average of polls with house effects on {date(day)} was {quantity(centre, 'percent')} "
            f"(90 %: {low:.1f} to {high:.1f}; the mean of {count} polls of {WINDOW} days was {mean:.1f})"
        )
    if value is None:
        return told
    points = quantity(abs(value - centre), "percent").removesuffix(" per cent")
    return f"{told}, and this poll lies {points} points {'above' if value >= centre else 'below'} the average"


def _framed(question: Question, polls: pd.DataFrame, column: str) -> pd.DataFrame:
    return frame_of(
        {
            "measure": question.measure,
            "place": "USA",
            "nationality": "ALL",
            "period_start": row["start_date"].date() if row["start_date"] == row["start_date"] else None,
            "period_end": row["end_date"].date(),
            "value": row[column],
            "unit": "percent",
            "series": row["pollster"],
            "vintage": row["poll_id"],
            "published": row["published"].date(),
            "source_id": row["source_id"],
        }
        for row in polls.to_dict("records")
    )
