"""The inflow-outflow configuration of the process, and an illustrative reconstruction of the 2018 paper with it.

An inflow-outflow estimate adds up who came and takes away who left, and looks at no survey. Here it is the process of
:mod:`vado.stock.process` with its assumptions drawn from their ranges.

The paper of 2018 [1]_ printed 13.3 million for 2000 and 16.7 million for 2016 on conservative settings, and a mean of
22.1 million for 2016 over its simulations. Its body, and so its inputs, could not be read. The reconstruction therefore
asks which inputs *of this process* give these three figures, within the ranges that this model has for them: it is
**illustrative** and says nothing of the paper's own inputs. Free are the inputs that its abstract calls the most
critical, chances of apprehension and departures by time since entry, with the part who settle, as its treatment of
repeat and circular journeys is not known. Only the three central figures are fitted; the ends of its interval are
predicted, by drawing the other inputs from their ranges, and again by drawing the free ones too. As three figures
cannot fix ten inputs, other sets that fit as well are searched for and counted.

References
----------
.. [1] Fazel-Zarandi, Feinstein and Kaplan (2018), PLOS ONE 13(9): e0201193 (abstract).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import optimize, stats

from vado.errors import BadValueError
from vado.ledger.dates import Day
from vado.stock.implied import MILLION, joined
from vado.stock.inputs import Inputs, read_inputs
from vado.stock.parameters import Parameter, read_parameters
from vado.stock.process import NAMES, Stock, project
from vado.stock.reach import FARTHEST, smallest_move, values_at

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

Floats = npt.NDArray[np.float64]

LABEL = "illustrative reconstruction"

FREE = (
    "apprehension_probability_to_2000",
    "apprehension_probability_2001_2009",
    "apprehension_probability_from_2010",
    "settled_share_mexico_to_2000",
    "settled_share_mexico_2001_2009",
    "settled_share_mexico_from_2010",
    "departure_first_year",
    "departure_years_1_4",
    "departure_years_5_9",
    "departure_years_10_on",
)

#: A printed figure counts as met within this part of it.
MET = 0.03
#: Two sets of inputs are distinct where a free input differs by this part of its range.
DISTINCT = 0.25
#: Steps towards the printed mean; each corrects the last by its ratio.
CORRECTIONS = 8

INTERVALS = (50, 80, 95)

#: Ways to draw around fitted inputs, with what a table says of them.
OTHERS, ALL_INPUTS = "free inputs as fitted, others drawn", "all inputs drawn, free ones around the fit"
UNPUSHED = "all inputs drawn, free ones around those of the first way, mean not fitted again"


@dataclass(frozen=True)
class InflowOutflow:
    """The population as the flows alone give it.

    Parameters
    ----------
    years
        Years of 1 January.
    totals
        [persons], ``(draw, year)``.
    table
        A row a year: median and intervals [million persons].
    """

    years: npt.NDArray[np.int64]
    totals: Floats
    table: pd.DataFrame


@dataclass(frozen=True)
class Reconstruction:
    """Inputs of this process that give the central figures of the 2018 paper.

    Parameters
    ----------
    figures
        A row a printed figure: modelled beside printed [million persons], and whether it was fitted.
    inputs
        A row a free input: its value on conservative settings and in the simulations, with range and standing.
    sets
        A row a distinct set of inputs that fits as well, with the ends that it predicts [million persons].
    tries, fitting, distinct
        Sets searched from, sets that met all three figures, and distinct ones among these.
    label
        What it must be called.
    """

    figures: pd.DataFrame
    inputs: pd.DataFrame
    sets: pd.DataFrame
    tries: int
    fitting: int
    distinct: int
    label: str = LABEL


@dataclass(frozen=True)
class _Set:
    """One set of free inputs [deviates], with the populations of both settings."""

    conservative: Floats
    simulated: Floats


@dataclass(frozen=True)
class _Printed:
    """The figures of the paper, as the ledger has them [persons]."""

    conservative: Mapping[float, float]
    mean_date: float
    mean: float
    low: float
    high: float
    critics_high: float
    source_id: str


def inflow_outflow(
    inputs: Inputs,
    parameters: Mapping[str, Parameter] | None = None,
    *,
    draws: int = 2000,
    seed: int = 1,
) -> InflowOutflow:
    """Return the population from the flows alone, all assumptions drawn from their ranges.

    Parameters
    ----------
    inputs
        Yearly counts.
    parameters
        The assumptions; None for those that ship.
    draws, seed
        Number of draws and the seed of them.
    """
    laws = read_parameters() if parameters is None else parameters
    random = np.random.default_rng(seed)
    deviates = random.standard_normal((draws, len(NAMES)))
    stock = project(inputs, values_at(laws, NAMES, deviates))
    totals = stock.total()
    ids = joined(inputs.sources(), *(laws[name].source for name in NAMES))
    columns: dict[str, Any] = {"year": stock.years, "median": np.median(totals, axis=0) / MILLION}
    for part in INTERVALS:
        low, high = np.quantile(totals, [0.5 - part / 200, 0.5 + part / 200], axis=0) / MILLION
        columns |= {f"low_{part}": low, f"high_{part}": high}
    return InflowOutflow(stock.years, totals, pd.DataFrame(columns).assign(source_id=ids))


def reconstruct(
    ledger: Ledger,
    *,
    as_of: Day | None = None,
    parameters: Mapping[str, Parameter] | None = None,
    draws: int = 1000,
    tries: int = 4,
    seed: int = 1,
) -> Reconstruction:
    """Return inputs of this process that give the 2018 paper's central figures, and the ends that they predict.

    Parameters
    ----------
    ledger
        The ledger to read.
    as_of
        Leave out what was published later; None for all.
    parameters
        The assumptions; None for those that ship.
    draws
        Draws of the inputs that are not free.
    tries
        Points from which other sets are searched for.
    seed
        Of draws and points.

    Raises
    ------
    BadValueError
        If the paper had not been published by ``as_of``, its figures need years that the counts do not have, or no
        inputs within their ranges give them.
    """
    printed = _printed(ledger, as_of)
    inputs = read_inputs(ledger, as_of)
    laws = read_parameters() if parameters is None else parameters
    if printed.mean_date > inputs.years[-1] + 1:
        raise BadValueError(f"the counts known by {as_of} end in {inputs.years[-1]}; use a later date")
    fit = _Fit(inputs, laws, printed, draws, seed)
    centre = fit.around(np.zeros(len(FREE)))
    if centre is None:
        raise BadValueError("no inputs within their ranges give the printed figures; widen the ranges of the file")
    found = [centre]
    random = np.random.default_rng([seed, tries])
    low, high = np.array(fit.bounds).T
    fitting = 1
    for _ in range(tries):
        other = fit.around(random.uniform(low, high))
        fitting += other is not None
        if other is not None and all(fit.apart(other, kept) for kept in found):
            found.append(other)
    return Reconstruction(
        figures=fit.figures(centre),
        inputs=fit.table(centre),
        sets=pd.DataFrame([{"set": n + 1} | fit.described(one) for n, one in enumerate(found)]),
        tries=tries + 1,
        fitting=fitting,
        distinct=len(found),
    )


class _Fit:
    """Fits the free inputs to the central figures, with the same draws of everything else each time."""

    def __init__(self, inputs: Inputs, laws: Mapping[str, Parameter], printed: _Printed, draws: int, seed: int) -> None:
        self.inputs, self.laws, self.printed = inputs, laws, printed
        #: Population with the undrawn inputs in the middle at which the mean over draws is the printed one.
        self.aim = printed.mean
        self.bounds = [range_ends(laws[name]) for name in FREE]
        random = np.random.default_rng(seed)
        self.deviates = random.standard_normal((draws, len(NAMES)))
        self.uniform = stats.norm.cdf(self.deviates)
        self.places = [NAMES.index(name) for name in FREE]
        self.ids = joined(inputs.sources(), printed.source_id, *(laws[name].source for name in NAMES))

    def around(self, centre: Floats) -> _Set | None:
        """Return the set nearest to a point that meets all three figures, or None."""
        conservative = self.nearest(centre, self.printed.conservative)
        if conservative is None:
            return None
        aim = self.aim
        for _ in range(CORRECTIONS):
            simulated = self.nearest(centre, {self.printed.mean_date: aim})
            if simulated is None:
                return None
            ratio = self.printed.mean / float(self.drawn(simulated).mean())
            if abs(ratio - 1) < MET / 10:
                self.aim = aim
                return _Set(conservative, simulated)
            aim *= ratio
        return None

    def drawn(self, free: Floats, push: float | None = None) -> Floats:
        """Return the population at the date of the printed mean, ``(draw,)``.

        The free inputs stay where they are; with ``push`` they are drawn within their ranges, around ``push`` times
        their distance from the middle.
        """
        deviates = self.deviates.copy()
        deviates[:, self.places] = free
        if push is not None:
            for place, centre, ends in zip(self.places, (push * free).tolist(), self.bounds, strict=True):
                # Tails are told apart near 0 and not near 1, so the centre is turned to the side where they are near 0.
                side = 1.0 if centre >= 0 else -1.0
                low, high = sorted(side * end for end in ends)
                below, above = (float(stats.norm.cdf(end - side * centre)) for end in (low, high))
                within = stats.norm.ppf(below + self.uniform[:, place] * (above - below))
                deviates[:, place] = side * np.clip(side * centre + within, low, high)
        return np.asarray(self.stock(deviates).on(self.printed.mean_date).sum(axis=1))

    def nearest(self, centre: Floats, targets: Mapping[float, float]) -> Floats | None:
        return smallest_move(self.inputs, self.laws, FREE, targets, around=centre, bounds=self.bounds)

    def push(self, free: Floats) -> float | None:
        """Return how far to push the centres of drawn free inputs so that the mean is the printed one, if any does."""
        most = 6.0

        def gap(push: float) -> float:
            return float(np.log(self.drawn(free, push).mean() / self.printed.mean))

        if gap(0.0) * gap(most) > 0:
            return None
        return float(optimize.brentq(gap, 0.0, most, xtol=0.01))

    def stock(self, deviates: Floats) -> Stock:
        return project(self.inputs, values_at(self.laws, NAMES, deviates))

    def apart(self, one: _Set, other: _Set) -> bool:
        """Return whether a free input differs by a quarter of its range, on either setting."""
        widths = np.array([self.laws[name].high - self.laws[name].low for name in FREE])
        return any(
            bool((np.abs(self.values(mine) - self.values(theirs)) / widths >= DISTINCT).any())
            for mine, theirs in ((one.conservative, other.conservative), (one.simulated, other.simulated))
        )

    def values(self, free: Floats) -> Floats:
        return np.array(
            [float(self.laws[name].from_normal(np.array([z]))[0]) for name, z in zip(FREE, free, strict=True)]
        )

    def figures(self, one: _Set) -> pd.DataFrame:
        """Return the printed figures beside the modelled ones."""
        deviates = np.zeros((1, len(NAMES)))
        deviates[:, self.places] = one.conservative
        stock = self.stock(deviates)
        rows = []

        def add(what: str, how: str, modelled: float, printed: float, fitted: bool) -> None:
            ratio = modelled / printed
            row = {"figure": what, "inputs": how, "modelled_million": modelled / MILLION}
            row |= {"printed_million": printed / MILLION, "ratio": ratio, "within_3_percent": abs(ratio - 1) <= MET}
            rows.append(row | {"fitted": fitted, "label": LABEL, "source_id": self.ids})

        for date, value in self.printed.conservative.items():
            add(f"{int(date)}, conservative", "conservative", float(stock.on(date).sum()), value, True)
        year = str(int(self.printed.mean_date))
        push = self.push(one.simulated)
        for how in (OTHERS, ALL_INPUTS):
            if how == ALL_INPUTS and push is None:
                continue
            totals = self.drawn(one.simulated, push if how == ALL_INPUTS else None)
            low, high = np.quantile(totals, [0.025, 0.975])
            add(f"{year}, mean", how, float(totals.mean()), self.printed.mean, True)
            add(f"{year}, low end of 95 %", how, low, self.printed.low, False)
            add(f"{year}, high end of 95 %, press", how, high, self.printed.high, False)
            add(f"{year}, high end of 95 %, critics' abstract", how, high, self.printed.critics_high, False)
        loose = float(self.drawn(one.simulated, 1.0).mean())
        add(f"{year}, mean", UNPUSHED, loose, self.printed.mean, False)
        return pd.DataFrame(rows)

    def table(self, one: _Set) -> pd.DataFrame:
        """Return the free inputs of a set beside their ranges."""
        rows = []
        pairs = zip(FREE, self.values(one.conservative), self.values(one.simulated), strict=True)
        for name, conservative, simulated in pairs:
            law = self.laws[name]
            row = {"input": name, "title": law.title, "conservative": conservative, "simulated": simulated}
            row |= {"low": law.low, "high": law.high, "unit": law.unit, "status": law.status}
            rows.append(row | {"source_id": joined(law.source, self.ids)})
        return pd.DataFrame(rows)

    def described(self, one: _Set) -> dict[str, Any]:
        """Return a set as a row: its inputs and the ends that it predicts."""
        row: dict[str, Any] = {}
        for setting, free in (("conservative", one.conservative), ("simulated", one.simulated)):
            row |= {f"{setting}:{name}": value for name, value in zip(FREE, self.values(free), strict=True)}
        low, high = np.quantile(self.drawn(one.simulated), [0.025, 0.975]) / MILLION
        return row | {"low_95_million": low, "high_95_million": high, "label": LABEL, "source_id": self.ids}


def range_ends(law: Parameter) -> tuple[float, float]:
    """Return the ends of an assumption's range [standard normal deviates]."""
    ends = stats.norm.ppf([law.probability_below(law.low), law.probability_below(law.high)])
    low, high = np.clip(ends, -FARTHEST, FARTHEST)
    return float(low), float(high)


def _printed(ledger: Ledger, as_of: Day | None) -> _Printed:
    """Return the paper's figures; the critics' upper end stands in the note of the estimate that they criticise."""
    rows = ledger.observe("unauthorized_population", as_of, series=["FZFK_conservative", "FZFK_mean"])
    central = rows[rows["series"] == "FZFK_mean"]
    settings = rows[rows["series"] == "FZFK_conservative"]
    if central.empty or settings.empty:
        raise BadValueError(f"the inflow-outflow estimates had not been published by {as_of}; use a later date")
    row = central.iloc[0]
    critics = re.search(r"high of ([\d.]+) million", str(row["note"]))
    return _Printed(
        conservative={
            _date(end): float(value) for end, value in zip(settings["period_end"], settings["value"], strict=True)
        },
        mean_date=_date(row["period_end"]),
        mean=float(row["value"]),
        low=float(row["low"]),
        high=float(row["high"]),
        critics_high=float(critics[1]) * MILLION if critics else np.nan,
        source_id=joined(*rows["source_id"]),
    )


def _date(end: pd.Timestamp) -> float:
    """Return a date in years; July is the middle of one."""
    return end.year + (end.month - 1) / 12
