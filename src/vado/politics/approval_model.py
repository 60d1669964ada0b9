"""A president's approval day by day from polls, each with its pollster's lean and an error larger than its sample's.

A state-space model in the manner of Jackman (2005). The state holds the level of the last :data:`LAGS` days, a lean of
each pollster (its house effect) and of each line of a pollster (a sponsor or a tracker), and effects of the population
asked, the way of asking and a partisan sponsor. A poll published on day t with its field days around day s reads

    y = level[s] + house[pollster] + line + effects + error,
    level[t + 1] = level[t] + N(0, drift²),    house[t + 1] = phi house[t] + N(0, house² (1 - phi²)).

Leans are shrunk towards zero by their spread, so a pollster seen once keeps most of its doubt. The error's variance is
(p (1 - p) / n + noise²) times a factor of the pollster, learnt from its own surprises, plus that of rounding. A release
that repeats interviews counts for less: its error's variance is divided by the root of the share that is new.

Departures from Jackman: leans move slowly, since the pollsters' do; and polls enter on the day they were published, so
one pass gives what was known on every day. Approval and disapproval share gains, whose errors are alike.

References
----------
S. Jackman, Pooling the polls over an election campaign, Australian Journal of Political Science 40 (2005) 499-517.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize

#: Days of the level that the state holds; a poll whose field days lie further back than that is put on the last.
LAGS = 21

#: Effects that all pollsters share, against adults asked online without a partisan sponsor.
EFFECTS = ("rv", "lv", "phone", "mixed", "DEM", "REP")

#: Share in per cent and its standard deviation before any poll.
BEFORE = (45.0, 10.0)

#: Sample size where none is stated, and the least that is believed [persons].
USUAL_SAMPLE, LEAST_SAMPLE = 800.0, 200.0

#: Surprises count at most this often their expected square, so that one outlier does not make a pollster noisy.
LARGEST_SURPRISE = 9.0

#: Half the width of a 90 % interval in standard deviations.
NINETY = 1.6448536269514722

Array = np.ndarray


@dataclass(frozen=True)
class Settings:
    """What the model takes as given.

    Parameters
    ----------
    drift
        Standard deviation of a day's change of the level [points].
    house
        Spread of pollsters' leans [points].
    memory
        Days after which a pollster's lean keeps 1/e of what it was.
    line
        Spread of a line's lean around that of its pollster [points].
    effect
        Spread of the effects of population, mode and partisan sponsor before any poll [points].
    noise
        Standard deviation of a poll's error beyond its sample's [points].
    patience
        Polls after which a pollster's own error weighs as much as the usual one.
    overlap
        Power of the share of new interviews by which an error's variance is divided.
    """

    drift: float
    house: float
    memory: float
    line: float
    effect: float
    noise: float
    patience: float = 5.0
    overlap: float = 0.5


#: Fitted by :func:`fit` to the polls of 2017 to 2019 alone; benchmarks/approval.py fits it again.
SETTINGS = Settings(drift=0.27, house=1.92, memory=95.0, line=1.65, effect=2.6, noise=0.51)


@dataclass
class Filtered:
    """What was known of one president's approval on each day.

    Attributes
    ----------
    days
        Days since 1970, shape ``(day,)``; the state of a day holds the polls published on it.
    state
        Means [per cent or points], shape ``(day, state, 2)``: approve and disapprove.
    variance
        Their variances, shape ``(day, state)``; the same for both.
    row
        Covariances of the day's level with the state, shape ``(day, state)``.
    size
        How much of the state was in use, shape ``(day,)``.
    houses, lines
        Pollster or line → place in the state.
    expected, expected_sd
        What was expected of each poll before it entered, shapes ``(poll, 2)`` and ``(poll,)``.
    level_then
        The level of the poll's days before it entered, shape ``(poll, 2)``; the rest of what was expected is its lean.
    error
        Variance of each poll's error as assumed then, without overlap, shape ``(poll,)``.
    predictions
        Origin, row of the poll, mean approve, mean disapprove, standard deviation; shape ``(prediction, 5)``.
    score
        Log score of the polls one by one, each with the weight of its share of new interviews.
    steps
        What the smoother needs of each poll: day, places in the state, gain, variance of the surprise, surprise.
    whole, full
        The day that was asked for, if any, and the covariance of its whole state.
    """

    settings: Settings
    days: Array
    state: Array
    variance: Array
    row: Array
    size: Array
    houses: dict[str, int]
    lines: dict[str, int]
    expected: Array
    expected_sd: Array
    level_then: Array
    error: Array
    predictions: Array
    score: float
    steps: list[tuple[int, list[int], Array, float, Array]] = field(repr=False)
    whole: int | None = None
    full: Array | None = field(default=None, repr=False)

    def level(self, day: int, seen: int) -> tuple[Array, float]:
        """Return approve and disapprove [per cent] and the variance of a day's level, as known on the day ``seen``.

        ``day`` may lie up to :data:`LAGS` days before ``seen`` and any number after it.
        """
        last = min(max(seen, int(self.days[0])), int(self.days[-1]))
        at = last - int(self.days[0])
        held = max(min(day, last), last - LAGS + 1)
        ahead = max(day - last, 0) * self.settings.drift**2
        return self.state[at, held % LAGS], float(self.variance[at, held % LAGS]) + ahead

    def holds(self, day: int, seen: int) -> bool:
        """Whether the state of the day ``seen`` still holds the level of ``day``."""
        return day > min(seen, int(self.days[-1])) - LAGS


@dataclass(frozen=True)
class Polls:
    """Polls of one president as arrays, in the order of publication; days since 1970."""

    approve: Array
    middle: Array
    end: Array
    published: Array
    sampling: Array
    rounding: Array
    fresh: Array
    house: list[str]
    line: list[str]
    effects: list[list[int]]

    @classmethod
    def of(cls, polls: pd.DataFrame) -> Polls:
        """Return the arrays of polls as :func:`vado.politics.polls.clean` gives them."""
        start, end, published = (day_numbers(polls[name]) for name in ("start", "end", "published"))
        values = polls[["approve", "disapprove"]].to_numpy(float)
        size = polls["sample_size"].fillna(USUAL_SAMPLE).clip(lower=LEAST_SAMPLE).to_numpy(float)
        share = values[:, 0].clip(5.0, 95.0)
        place = {name: LAGS + number for number, name in enumerate(EFFECTS)} | {"v": LAGS}
        named = zip(polls["population"], polls["mode"], polls["partisan"], strict=True)
        return cls(
            approve=values,
            middle=(start + end) // 2,
            end=end,
            # A poll cannot enter before its field days are over.
            published=np.maximum(published, end),
            sampling=share * (100.0 - share) / size,
            rounding=np.where(np.abs(values[:, 0] - np.round(values[:, 0])) < 1e-9, 1.0 / 12.0, 0.0),
            fresh=polls["fresh"].to_numpy(float),
            house=list(polls["pollster"]),
            line=list(polls["line"]),
            effects=[[place[name] for name in names if name in place] for names in named],
        )


def day_numbers(dates: pd.Series) -> Array:
    """Return dates as whole days since 1970."""
    return dates.to_numpy().astype("datetime64[D]").astype(np.int64)


def filter_polls(
    frame: pd.DataFrame,
    settings: Settings = SETTINGS,
    *,
    origins: Sequence[int] = (),
    horizon: int = 14,
    whole: int | None = None,
) -> Filtered:
    """Return what was known of a president's approval on each day.

    Parameters
    ----------
    frame
        Polls of one president, from :func:`vado.politics.polls.clean`, in the order of publication.
    settings
        What the model takes as given.
    origins
        Days since 1970 on which the polls that end in the ``horizon`` days after are predicted, from polls published
        by then. Of the polls predicted only the pollster, the days and the sample are looked at.
    horizon
        [days]
    whole
        A day since 1970 whose covariance is kept in full, for the leans that the smoother gives.
    """
    polls = Polls.of(frame)
    run = _Run(polls, settings, whole)
    wanted = sorted(origins)
    for number in range(len(polls.house)):
        while wanted and wanted[0] < polls.published[number]:
            run.forward(wanted[0])
            run.predict(wanted.pop(0), horizon)
        run.forward(int(polls.published[number]))
        run.absorb(number)
    for origin in wanted:
        run.forward(origin)
        run.predict(origin, horizon)
    return run.result()


def fit(frame: pd.DataFrame, start: Settings = SETTINGS, *, evaluations: int = 150) -> Settings:
    """Return settings that make the polls of a frame likeliest, each before it was seen.

    The likelihood is composite: of each poll given those published before it, weighted by its share of new interviews.
    ``patience`` and ``overlap`` are kept.
    """
    names = ("drift", "house", "memory", "line", "effect", "noise")

    def at(point: Any) -> Settings:
        values = dict(zip(names, np.exp(point).tolist(), strict=True))
        return Settings(**values, patience=start.patience, overlap=start.overlap)

    first: Any = np.log([getattr(start, name) for name in names])
    simplex = np.vstack([first, first + 0.3 * np.eye(len(names))])
    options: Any = {"maxfev": evaluations, "xatol": 0.02, "fatol": 0.05, "initial_simplex": simplex}

    def surprise(point: Any) -> float:
        return -filter_polls(frame, at(point)).score

    found = minimize(surprise, first, method="Nelder-Mead", options=options)
    return at(found.x)


class _Run:
    """One pass over the polls of a president; places of pollsters are given out as they appear."""

    def __init__(self, polls: Polls, settings: Settings, whole: int | None = None) -> None:
        self.polls, self.settings, self.whole = polls, settings, whole
        self.full: Array | None = None
        self.used = LAGS + len(EFFECTS)
        most = self.used + len(set(polls.house)) + len(set(polls.line))
        self.mean = np.zeros((most, 2))
        self.mean[:LAGS] = BEFORE[0]
        self.cov = np.zeros((most, most))
        self.cov[:LAGS, :LAGS] = BEFORE[1] ** 2
        self.scratch = np.zeros((most, most))
        shared = np.arange(LAGS, self.used)
        self.cov[shared, shared] = settings.effect**2
        self.phi = float(np.exp(-1.0 / settings.memory))
        self.houses: dict[str, int] = {}
        self.lines: dict[str, int] = {}
        self.house_places = np.zeros(0, dtype=int)
        self.surprises: dict[str, tuple[float, float]] = {}
        self.first = int(polls.middle.min())
        self.today = self.first
        self.expected = np.zeros((len(polls.house), 2))
        self.expected_sd = np.zeros(len(polls.house))
        self.level_then = np.zeros((len(polls.house), 2))
        self.error = np.zeros(len(polls.house))
        self.score = 0.0
        self.steps: list[tuple[int, list[int], Array, float, Array]] = []
        self.predictions: list[tuple[float, ...]] = []
        self.kept: list[tuple[Array, Array, Array, int]] = []

    def forward(self, day: int) -> None:
        """Let days pass until ``day`` begins; the state of each day left behind is kept."""
        cov, used = self.cov, self.used
        while self.today < day:
            self._keep()
            old, new = self.today % LAGS, (self.today + 1) % LAGS
            self.mean[new] = self.mean[old]
            cov[new, :used] = cov[old, :used]
            cov[:used, new] = cov[:used, old]
            cov[new, new] = cov[old, old] + self.settings.drift**2
            if len(self.house_places):
                places = self.house_places
                self.mean[places] *= self.phi
                cov[places, :used] *= self.phi
                cov[:used, places] *= self.phi
                cov[places, places] += self.settings.house**2 * (1.0 - self.phi**2)
            self.today += 1

    def absorb(self, number: int) -> None:
        """Let a poll enter on the day that has begun."""
        polls, used_before = self.polls, self.used
        house = self._place(self.houses, polls.house[number], self.settings.house)
        line = self._place(self.lines, polls.line[number], self.settings.line)
        if self.used > used_before:
            self.house_places = np.fromiter(self.houses.values(), dtype=int)
        used = self.used
        held = max(min(int(polls.middle[number]), self.today), self.today - LAGS + 1)
        places = [held % LAGS, *polls.effects[number], house, line]
        gain = self.cov[:used, places].sum(axis=1)
        known = float(gain[places].sum())
        alone = self._error(number)
        total = known + alone / polls.fresh[number] ** self.settings.overlap
        self.expected[number] = self.mean[places].sum(axis=0)
        self.expected_sd[number] = np.sqrt(known + alone)
        self.level_then[number] = self.mean[held % LAGS]
        self.error[number] = alone
        surprise = polls.approve[number] - self.expected[number]
        self.mean[:used] += np.multiply.outer(gain, surprise / total)
        update = np.multiply(gain[:, None], gain / total, out=self.scratch[:used, :used])
        np.subtract(self.cov[:used, :used], update, out=self.cov[:used, :used])
        self.steps.append((self.today, places, gain, total, surprise))
        share = float(polls.fresh[number])
        square = float(surprise[0] ** 2) / (known + alone)
        self.score -= 0.5 * share * (float(np.log(known + alone)) + square)
        count, sum_ = self.surprises.get(polls.house[number], (0.0, 0.0))
        self.surprises[polls.house[number]] = (count + share, sum_ + share * min(square, LARGEST_SURPRISE))

    def predict(self, origin: int, horizon: int) -> None:
        """Predict the polls that end in the days after the origin, which is today."""
        polls, settings = self.polls, self.settings
        for number in np.flatnonzero((polls.end > origin) & (polls.end <= origin + horizon)).tolist():
            middle = int(polls.middle[number])
            held = max(min(middle, self.today), self.today - LAGS + 1)
            ahead = max(middle - self.today, 0)
            kept = self.phi ** max(int(polls.published[number]) - self.today, 0)
            places, share = [held % LAGS, *polls.effects[number]], [1.0] * (1 + len(polls.effects[number]))
            variance = ahead * settings.drift**2 + self._error(number) + settings.house**2 * (1.0 - kept**2)
            house, line = self.houses.get(polls.house[number]), self.lines.get(polls.line[number])
            if house is None:
                variance += settings.house**2 * kept**2
            else:
                places, share = [*places, house], [*share, kept]
            if line is None:
                variance += settings.line**2
            else:
                places, share = [*places, line], [*share, 1.0]
            weights = np.array(share)
            mean = weights @ self.mean[places]
            variance += float(weights @ self.cov[np.ix_(places, places)] @ weights)
            self.predictions.append((origin, number, *mean.tolist(), float(np.sqrt(variance))))

    def result(self) -> Filtered:
        """Return what was kept, with the day that has begun as the last."""
        self._keep()
        most = len(self.mean)
        days = len(self.kept)
        state = np.zeros((days, most, 2))
        variance, row = np.zeros((days, most)), np.zeros((days, most))
        size = np.zeros(days, dtype=int)
        for at, (mean, spread, with_level, used) in enumerate(self.kept):
            state[at, :used], variance[at, :used], row[at, :used], size[at] = mean, spread, with_level, used
        return Filtered(
            settings=self.settings,
            days=np.arange(self.first, self.first + days),
            state=state,
            variance=variance,
            row=row,
            size=size,
            houses=self.houses,
            lines=self.lines,
            expected=self.expected,
            expected_sd=self.expected_sd,
            level_then=self.level_then,
            error=self.error,
            predictions=np.array(self.predictions).reshape(-1, 5),
            score=self.score,
            steps=self.steps,
            whole=self.whole,
            full=self.full,
        )

    def _keep(self) -> None:
        used = self.used
        level = self.cov[self.today % LAGS, :used]
        if self.today == self.whole:
            self.full = self.cov[:used, :used].copy()
        self.kept.append((self.mean[:used].copy(), np.diagonal(self.cov)[:used].copy(), level.copy(), used))

    def _place(self, places: dict[str, int], name: str, spread: float) -> int:
        if name not in places:
            places[name] = self.used
            self.cov[self.used, self.used] = spread**2
            self.used += 1
        return places[name]

    def _error(self, number: int) -> float:
        """Return the variance of a poll's error, from its sample and its pollster's surprises so far."""
        count, sum_ = self.surprises.get(self.polls.house[number], (0.0, 0.0))
        factor = (self.settings.patience + sum_) / (self.settings.patience + count)
        usual = float(self.polls.sampling[number]) + self.settings.noise**2
        return factor * usual + float(self.polls.rounding[number])
