"""How a president's approval moves with the border's load, and how little of that can be told.

Monthly changes of the averaged approval are set against monthly changes of the logarithm of southwest border encounters
to base two, so that the coefficient is in points per doubling. The main estimate takes the change of the month before,
whose count comes out in the middle of the month in which approval is read, a drift of each president's own, and changes
of inflation and unemployment; it leaves out the first months of the pandemic, which moved both sides at once. Other
lags, other months left out, no controls and levels with a polynomial of time stand beside it: the spread of those
answers is part of the doubt. Placebos are encounters of months still to come, which no approval can follow. Nothing
here is a designed experiment, and zero must stay possible.

References
----------
W. K. Newey and K. D. West, A simple, positive semi-definite, heteroskedasticity and autocorrelation consistent
covariance matrix, Econometrica 55 (1987) 703-708.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from vado.errors import BadValueError
from vado.forecast.evidence import joined_ids
from vado.ledger.dates import Day
from vado.politics.approval_model import Array
from vado.politics.average import Passes, passes

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

#: Series of monthly encounters that follow one another.
SERIES = ("cbp_monthly_fy2018_fy2019", "cbp_monthly")

#: Months over which errors may hang together.
HAC_LAGS = 3

#: Fewest months of change that are worth a regression.
FEWEST = 24

#: Months that something else is known to have moved, by what moved them.
CONFOUNDED = {
    "the first months of the pandemic (March to June 2020)": ("2020-03", "2020-06"),
    "the withdrawal from Afghanistan (August and September 2021)": ("2021-08", "2021-09"),
}
PANDEMIC, WITHDRAWAL = CONFOUNDED

#: Months by which encounters that had not happened yet come after the approval that they are set against.
PLACEBO_LEADS = range(4, 25)

#: Months after a president's first poll that are called the honeymoon.
HONEYMOON = 4

NAMED_CONFOUNDERS = (
    "the pandemic, the withdrawal from Afghanistan, inflation and jobs, the fading of a new president's honeymoon and "
    "the drift of partisans"
)


@dataclass(frozen=True)
class LoadEffect:
    """Points of approval per doubling of monthly encounters.

    Attributes
    ----------
    mean, sd
        Of the main estimate; ``sd`` joins its standard error, or the size of placebos if that is larger, and the
        spread of the rival estimates [points].
    low, high
        90 % interval from both.
    freedom
        Degrees of freedom of the main estimate.
    months
        Changes of a month that it rests on.
    placebos, as_large
        Estimates on encounters of months still to come, and how many of them are as large as the main one. Their
        windows overlap.
    variants
        A row an estimate: ``variant, months, points_per_doubling, low, high, verdict, source_id``.
    """

    mean: float
    sd: float
    low: float
    high: float
    freedom: int
    months: int
    placebos: int
    as_large: int
    variants: pd.DataFrame

    @property
    def distinguishable(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0.0 or self.high < 0.0

    @property
    def verdict(self) -> str:
        """What the interval allows to be said."""
        return _verdict(self.low, self.high)

    def draws(self, count: int, seed: int = 1) -> Array:
        """Return draws of the effect [points per doubling], shape ``(count,)``, of either sign."""
        return self.mean + self.sd * np.random.default_rng(seed).standard_t(self.freedom, count)


def load_effect(ledger: Ledger, as_of: Day | None = None) -> LoadEffect:
    """Return how approval moved with the border's load, from what was published by a day.

    Raises
    ------
    BadValueError
        If fewer than :data:`FEWEST` months of polls and encounters had been published by then.
    """
    return estimate(monthly(ledger, as_of))


def monthly(ledger: Ledger, as_of: Day | None = None, known: Passes | None = None) -> pd.DataFrame:
    """Return one row a president and month: mean approval, log encounters, inflation and unemployment.

    Parameters
    ----------
    ledger, as_of
        Nothing published later than ``as_of`` is used.
    known
        The passes over the same polls, if they have been made.

    Returns
    -------
    pandas.DataFrame
        Columns ``president, month`` (a period), ``term_month`` from 0, ``approve`` [per cent] of months with at least
        20 days of the average, ``load`` (log2 of encounters), ``inflation`` (per cent over twelve months),
        ``unemployment`` [per cent], ``source_id``.
    """
    known = known if known is not None else passes(ledger, as_of)
    frames = []
    for name, own in known.frames.items():
        days = pd.DatetimeIndex(known.filtered(name).days.astype("datetime64[D]").astype("datetime64[s]"))
        last = own["end"].max()
        level = pd.Series(known.smoothed(name).mean[:, 0], index=days)[:last]
        by_month = level.groupby(pd.PeriodIndex(pd.DatetimeIndex(level.index), freq="M")).agg(["mean", "size"])
        by_month = by_month[by_month["size"] >= 20]
        frame = pd.DataFrame({"president": name, "month": by_month.index, "approve": by_month["mean"].to_numpy()})
        frame["term_month"] = np.arange(len(frame))
        frame["source_id"] = joined_ids(own["source_id"].unique())
        frames.append(frame)
    table = pd.concat(frames, ignore_index=True)
    series = [ledger.observe("sw_encounters", as_of, series=name) for name in SERIES]
    counts = pd.concat([one for one in series if len(one)] or series[:1], ignore_index=True)
    prices = ledger.observe("consumer_price_index", as_of, place="USA")
    jobs = ledger.observe("unemployment_rate", as_of, place="USA")
    index = _by_month(prices)
    inflation = 100.0 * (index / index.shift(12) - 1.0)
    # Lags reach back to months before the first poll, so the months outside the table go along with it.
    outside = pd.DataFrame(
        {"load": np.log2(_by_month(counts)), "inflation": inflation, "unemployment": _by_month(jobs)}
    )
    joined = table.merge(outside, how="left", left_on="month", right_index=True)
    ids = joined_ids([*counts["source_id"].unique(), *prices["source_id"].unique(), *jobs["source_id"].unique()])
    joined["source_id"] = [joined_ids([one, ids]) for one in joined["source_id"]]
    joined.attrs["outside"] = outside
    return joined


def estimate(table: pd.DataFrame) -> LoadEffect:
    """Return the main estimate and its rivals from the rows of :func:`monthly`.

    Raises
    ------
    BadValueError
        If there are too few months.
    """
    rows = _changes(table)
    main = _without(rows, PANDEMIC)
    if len(main.dropna(subset=["approve", "load_1"])) < FEWEST:
        raise BadValueError(
            f"only {len(main.dropna(subset=['approve', 'load_1']))} months have polls and encounters; "
            f"the border's load needs {FEWEST}; use a later as_of"
        )
    economy = ["inflation_1", "unemployment_1"]
    found: list[tuple[str, _Line]] = [("main: the month before, with the economy", _regress(main, ["load_1"], economy))]
    found.append(("without controls", _regress(main, ["load_1"], [])))
    for lag in (0, 2, 3):
        words = {0: "the same month", 2: "two months before", 3: "three months before"}[lag]
        found.append((words, _regress(main, [f"load_{lag}"], economy)))
    found.append(("sum of the same month and two before", _regress(main, ["load_0", "load_1", "load_2"], economy)))
    found.append(("all months, the pandemic too", _regress(rows, ["load_1"], economy)))
    calm = _without(main, WITHDRAWAL)
    found.append(("without August and September 2021", _regress(calm, ["load_1"], economy)))
    settled = main[main["term_month"] >= HONEYMOON]
    found.append((f"without each president's first {HONEYMOON} months", _regress(settled, ["load_1"], economy)))
    trend = main.assign(trend=main["term_month"] / 12.0, square=(main["term_month"] / 12.0) ** 2)
    found.append(("with a polynomial of time in the drift", _regress(trend, ["load_1"], [*economy, "trend", "square"])))
    found.append(("levels with a cubic of time per president", _levels(_without(table, PANDEMIC))))
    for name, own in main.groupby("president", sort=True):
        found.append((f"{name} alone", _regress(own, ["load_1"], economy)))
    made = [(name, line) for name, line in found if line is not None]
    first = made[0][1]
    spread = float(np.std([line.slope for _, line in made], ddof=1))
    false = _placebos(main, table, economy)
    sd = float(np.hypot(max(first.error, float(np.sqrt(np.mean(false**2))) if len(false) else 0.0), spread))
    reach = float(stats.t.ppf(0.95, first.freedom)) * sd
    ids = joined_ids(table["source_id"].unique())
    placebo = [
        {
            "variant": f"placebos: encounters {min(PLACEBO_LEADS)} to {max(PLACEBO_LEADS)} months later",
            "months": first.months,
            "points_per_doubling": float(np.mean(false)),
            "low": float(np.quantile(false, 0.05)),
            "high": float(np.quantile(false, 0.95)),
            "verdict": "what chance alone gives",
            "source_id": ids,
        }
        for _ in range(len(false) > 0)
    ]
    variants = pd.DataFrame(
        [
            {
                "variant": name,
                "months": line.months,
                "points_per_doubling": line.slope,
                "low": line.slope - line.reach,
                "high": line.slope + line.reach,
                "verdict": _verdict(line.slope - line.reach, line.slope + line.reach),
                "source_id": ids,
            }
            for name, line in [*made, ("joined: main, widened by the spread of all", first.widened(sd))]
        ]
        + placebo
    )
    return LoadEffect(
        mean=first.slope,
        sd=sd,
        low=first.slope - reach,
        high=first.slope + reach,
        freedom=first.freedom,
        months=first.months,
        placebos=len(false),
        as_large=int((np.abs(false) >= abs(first.slope)).sum()),
        variants=variants,
    )


@dataclass(frozen=True)
class _Estimate:
    slope: float
    error: float
    freedom: int
    months: int

    @property
    def reach(self) -> float:
        return float(stats.t.ppf(0.95, self.freedom)) * self.error

    def widened(self, error: float) -> _Estimate:
        return _Estimate(self.slope, error, self.freedom, self.months)


_Line = _Estimate | None


def _verdict(low: float, high: float) -> str:
    if low <= 0.0 <= high:
        return "not distinguishable from zero"
    return "lower with more encounters" if high < 0.0 else "higher with more encounters"


def _by_month(rows: pd.DataFrame) -> pd.Series:
    months = pd.PeriodIndex(pd.DatetimeIndex(rows["period_end"]), freq="M")
    return rows.groupby(months)["value"].sum().sort_index()


def _changes(table: pd.DataFrame) -> pd.DataFrame:
    """Return changes from one month to the next within a president, with lagged changes of the rest."""
    outside = table.attrs["outside"]
    rows = table[["president", "month", "term_month"]].copy()
    before = table.groupby("president")["month"].shift(1)
    follows = [a is not pd.NaT and b is not pd.NaT and a == b + 1 for a, b in zip(table["month"], before, strict=True)]
    rows["approve"] = table.groupby("president")["approve"].diff().where(pd.Series(follows, index=table.index))
    whole = outside.reindex(pd.period_range(outside.index.min(), outside.index.max(), freq="M")).diff()
    for lag in range(4):
        for name in ("load", "inflation", "unemployment"):
            rows[f"{name}_{lag}"] = whole[name].reindex(pd.PeriodIndex(table["month"]) - lag).to_numpy()
    return rows


def _placebos(main: pd.DataFrame, table: pd.DataFrame, controls: list[str]) -> Array:
    """Return the main estimate on encounters that had not happened yet, one a lead with enough months."""
    load = table.attrs["outside"]["load"].dropna().diff()
    months = pd.PeriodIndex(main["month"])
    lines = [
        _regress(main.assign(load_1=load.reindex(months + lead).to_numpy()), ["load_1"], controls)
        for lead in PLACEBO_LEADS
    ]
    return np.array([line.slope for line in lines if line is not None and line.months >= FEWEST])


def _without(rows: pd.DataFrame, what: str) -> pd.DataFrame:
    first, last = (pd.Period(text, "M") for text in CONFOUNDED[what])
    kept = ~((rows["month"] >= first) & (rows["month"] <= last))
    return rows[kept]


def _regress(rows: pd.DataFrame, loads: list[str], controls: list[str]) -> _Line:
    """Return the sum of the loads' coefficients, with a drift of each president's own."""
    used = rows.dropna(subset=["approve", *loads, *controls])
    drift = pd.get_dummies(used["president"]).to_numpy(float)
    matrix = np.column_stack([used[loads].to_numpy(float), drift, used[controls].to_numpy(float)])
    return _fit(matrix, used["approve"].to_numpy(float), len(loads))


def _levels(table: pd.DataFrame) -> _Line:
    """Return the coefficient of last month's level, with a cubic of time for each president."""
    outside = table.attrs["outside"]
    used = table.assign(before=outside["load"].reindex(pd.PeriodIndex(table["month"]) - 1).to_numpy())
    used = used.dropna(subset=["approve", "before"])
    own = pd.get_dummies(used["president"]).to_numpy(float)
    time = used["term_month"].to_numpy(float) / 12.0
    cubic = [own * (time**power)[:, None] for power in range(4)]
    return _fit(np.column_stack([used["before"].to_numpy(float), *cubic]), used["approve"].to_numpy(float), 1)


def _fit(matrix: Array, outcome: Array, first: int) -> _Line:
    """Return the sum of the first coefficients with a Newey-West error, None where the months do not suffice."""
    count, width = matrix.shape
    if count - width < 6 or np.linalg.matrix_rank(matrix) < width:
        return None
    inverse = np.linalg.inv(matrix.T @ matrix)
    slopes = inverse @ matrix.T @ outcome
    moments = matrix * (outcome - matrix @ slopes)[:, None]
    middle = moments.T @ moments
    for lag in range(1, HAC_LAGS + 1):
        shifted = moments[lag:].T @ moments[:-lag]
        middle += (1.0 - lag / (HAC_LAGS + 1.0)) * (shifted + shifted.T)
    covariance = inverse @ middle @ inverse * count / (count - width)
    pick = np.zeros(width)
    pick[:first] = 1.0
    return _Estimate(float(pick @ slopes), float(np.sqrt(pick @ covariance @ pick)), count - width, count)
