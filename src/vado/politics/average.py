"""The average of a day, as known then or with what came later, and one figure held against it.

One pass of :mod:`vado.politics.approval_model` over a president's polls says what was known on every day, so that
passes are kept by the content of the ledger and any further day costs next to nothing.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from vado.errors import BadValueError, UnknownNameError, nearest
from vado.ledger.dates import Day, day
from vado.politics.approval_model import LAGS, NINETY, SETTINGS, Filtered, filter_polls
from vado.politics.approval_smoother import Smoothed, smooth
from vado.politics.polls import read_polls

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

#: Days after the last poll for which an average still says something.
REACH = 60

#: Days back in which polls are counted as behind an average.
WINDOW = 14

#: Days by which a poll's last field day may differ from the one stated, and points by which its figure may.
DAYS_OFF, POINTS_OFF = 4, 0.6

#: Sample of a poll of which no more is known [persons].
USUAL_SAMPLE = 1000.0


class Average(NamedTuple):
    """A president's approval on a day [per cent], with 90 % intervals; ``polls`` ended in the 14 days up to it."""

    mean: float
    low: float
    high: float
    polls: int
    sd: float
    disapprove: float
    disapprove_low: float
    disapprove_high: float
    president: str
    day: dt.date
    seen: dt.date
    source_id: str


class Distance(NamedTuple):
    """A figure against the average: points from it, from what its pollster was expected to find, and in its errors.

    ``expected_sd`` holds the doubt about the level, the pollster's lean and the poll's own error. ``poll_id`` is that
    of the poll of the ledger that was recognized, empty if none.
    """

    points: float
    lean: float
    expected: float
    expected_sd: float
    standard_errors: float
    poll_id: str


class Passes:
    """The polls that are known and, for each president, the pass over them; made by :func:`passes`."""

    def __init__(self, polls: pd.DataFrame) -> None:
        if polls.empty:
            raise BadValueError("no poll of approval had been published by then; use a later as_of")
        self.frames = {str(name): own.reset_index(drop=True) for name, own in polls.groupby("president", sort=True)}
        self._filtered: dict[str, Filtered] = {}
        self._smoothed: dict[str, Smoothed] = {}

    def filtered(self, president: str) -> Filtered:
        """Return the pass over a president's polls."""
        if president not in self._filtered:
            self._filtered[president] = filter_polls(self.frames[president])
        return self._filtered[president]

    def take(self, president: str, filtered: Filtered) -> None:
        """Use a pass that was made with predictions or a whole state; its levels are those of any other."""
        self._filtered[president] = filtered

    def smoothed(self, president: str) -> Smoothed:
        """Return the level of each day from all of a president's polls."""
        if president not in self._smoothed:
            self._smoothed[president] = smooth(self.filtered(president))
        return self._smoothed[president]

    def president(self, date: dt.date, name: str | None = None) -> str:
        """Return the president whose approval polls measured around a day.

        Raises
        ------
        UnknownNameError
            For a name without polls.
        BadValueError
            For a day before the first poll or more than :data:`REACH` days after the last.
        """
        frames = self.frames
        if name is not None:
            frames = {self._named(name): self.frames[self._named(name)]}
        spans = {
            one: (frame["start"].min().date(), frame["end"].min().date(), frame["end"].max().date())
            for one, frame in frames.items()
        }
        inside = [one for one, (_, first, last) in spans.items() if first <= date <= last + dt.timedelta(days=REACH)]
        if not inside:
            first = min(span[1] for span in spans.values())
            last = max(span[2] for span in spans.values())
            whose = f" of {next(iter(spans))}" if len(spans) == 1 else ""
            raise BadValueError(
                f"date {date} has no polls{whose}: those known end between {first} and {last}; "
                f"choose a date from {first} to {last + dt.timedelta(days=REACH)}"
            )
        return max(inside, key=lambda one: spans[one][0])

    def _named(self, name: str) -> str:
        wanted = name.strip().casefold()
        for one in self.frames:
            if wanted in (one.casefold(), one.split()[-1].casefold()):
                return one
        raise UnknownNameError("president", name, self.frames)


#: Passes by the content of the ledger and the day of knowledge; the oldest makes room.
_KEPT: dict[tuple[str, dt.date | None], Passes] = {}
_MOST_KEPT = 8


def passes(source: Ledger | pd.DataFrame, as_of: Day | None = None) -> Passes:
    """Return the polls known by a day, ready for averages; kept for a ledger, made anew for a frame.

    Parameters
    ----------
    source
        A ledger, or polls as :func:`vado.politics.polls.clean` gives them.
    as_of
        Polls published later are left out.
    """
    seen = day(as_of, "as_of") if as_of is not None else None
    if isinstance(source, pd.DataFrame):
        return Passes(source if seen is None else source[source["published"] <= pd.Timestamp(seen)])
    key = (source.content_hash, seen)
    if key not in _KEPT:
        made = Passes(read_polls(source, seen))
        while len(_KEPT) >= _MOST_KEPT:
            _KEPT.pop(next(iter(_KEPT)))
        _KEPT[key] = made
    return _KEPT[key]


def average(
    source: Ledger | pd.DataFrame | Passes,
    date: Day,
    *,
    as_of: Day | None = None,
    president: str | None = None,
) -> Average:
    """Return a president's approval on a day.

    Parameters
    ----------
    source
        A ledger, polls as :func:`vado.politics.polls.clean` gives them, or :func:`passes`.
    date
        The day of the approval.
    as_of
        Only polls published by this day are used; None for all, those published after ``date`` too.
    president
        Name or surname; default whoever's polls surround the day.

    Raises
    ------
    BadValueError
        For a day without polls; see :meth:`Passes.president`.
    UnknownNameError
        For a president without polls.
    """
    when = day(date)
    seen = day(as_of, "as_of") if as_of is not None else None
    if seen is not None and not isinstance(source, Passes):
        known = passes(source)
        name = _name_as_of(known, when, seen, president)
        filtered = known.filtered(name)
        if filtered.holds(_number(when), _number(seen)):
            mean, variance = filtered.level(_number(when), _number(seen))
            return _average(known, name, when, seen, mean, variance)
        source = passes(source, seen)
    known = source if isinstance(source, Passes) else passes(source)
    name = known.president(when, president)
    filtered = known.filtered(name)
    last = int(filtered.days[-1])
    if _number(when) > last - LAGS:
        mean, variance = filtered.level(_number(when), last)
    else:
        at = _number(when) - int(filtered.days[0])
        mean, variance = known.smoothed(name).mean[at], float(known.smoothed(name).sd[at] ** 2)
    latest = known.frames[name]["published"].max().date()
    return _average(known, name, when, seen or latest, mean, variance)


def against(
    source: Ledger | pd.DataFrame,
    value: float,
    date: Day,
    *,
    pollster: str | None = None,
    as_of: Day | None = None,
    president: str | None = None,
) -> Distance:
    """Hold one figure of approval [per cent] against the average of a day.

    If the ledger has the poll, by pollster, last field day and figure, what was expected of it on the day before it was
    published counts, with its pollster's lean; else lean and sample are those of a poll of which nothing is known.

    Raises
    ------
    BadValueError, UnknownNameError
        As :func:`average`.
    """
    level = average(source, date, as_of=as_of, president=president)
    known = passes(source)
    frame, filtered = known.frames[level.president], known.filtered(level.president)
    close = (frame["end"] - pd.Timestamp(level.day)).abs() <= pd.Timedelta(days=DAYS_OFF)
    close &= (frame["approve"] - value).abs() <= POINTS_OFF
    if as_of is not None:
        close &= frame["published"] <= pd.Timestamp(day(as_of, "as_of"))
    named = frame[close & frame["pollster"].map(lambda one: _same(pollster, one))] if pollster else frame[:0]
    if len(named):
        row = int(named.index[int((named["approve"] - value).abs().to_numpy().argmin())])
        expected, sd = float(filtered.expected[row, 0]), float(filtered.expected_sd[row])
        lean, poll_id = expected - float(filtered.level_then[row, 0]), str(frame.at[row, "poll_id"])
    else:
        error = level.mean * (100.0 - level.mean) / USUAL_SAMPLE + SETTINGS.noise**2
        sd = float(np.sqrt(level.sd**2 + SETTINGS.house**2 + SETTINGS.line**2 + error))
        expected, lean, poll_id = level.mean, 0.0, ""
    return Distance(value - level.mean, lean, expected, sd, (value - expected) / sd, poll_id)


def _same(given: str, name: str) -> bool:
    """Whether a pollster's name as given is that of the ledger, or a part of it.

    >>> _same("suffolk", "Suffolk"), _same("Suffolk University", "Suffolk"), _same("Gallup", "Suffolk")
    (True, True, False)
    """
    a, b = given.casefold().strip(), name.casefold().strip()
    return a in b or b in a or nearest(given, [name]) is not None


def _name_as_of(known: Passes, when: dt.date, seen: dt.date, president: str | None) -> str:
    """Return the president of a day from the polls published by ``seen``, without a new pass."""
    cut = {name: own[own["published"] <= pd.Timestamp(seen)] for name, own in known.frames.items()}
    kept = {name: own for name, own in cut.items() if len(own)}
    return Passes(pd.concat(list(kept.values())) if kept else pd.DataFrame()).president(when, president)


def _average(known: Passes, name: str, when: dt.date, seen: dt.date, mean: np.ndarray, variance: float) -> Average:
    frame = known.frames[name]
    recent = frame["end"].between(pd.Timestamp(when) - pd.Timedelta(days=WINDOW - 1), pd.Timestamp(when))
    counted = int((recent & (frame["published"] <= pd.Timestamp(seen))).sum())
    sd = float(np.sqrt(variance))
    approve, disapprove = mean.tolist()
    return Average(
        mean=approve,
        low=approve - NINETY * sd,
        high=approve + NINETY * sd,
        polls=counted,
        sd=sd,
        disapprove=disapprove,
        disapprove_low=disapprove - NINETY * sd,
        disapprove_high=disapprove + NINETY * sd,
        president=name,
        day=when,
        seen=seen,
        source_id=";".join(sorted(frame["source_id"].unique())),
    )


def _number(date: dt.date) -> int:
    return int(np.datetime64(date, "D").astype(np.int64))
