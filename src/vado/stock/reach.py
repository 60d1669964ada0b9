"""The question what would have to be true for a figure of the unauthorized resident population to hold.

Every assumption of the yearly process has a range. In units of its own range (standard normal deviates: 1.64 of them
are the end of a range that holds the middle 90 %) the ranges together are a ball around the middle, and the set of
assumptions that gives the figure is a surface outside it. The point of that surface nearest to the middle is the
smallest move, and, as the deviates are independent, also the likeliest set of assumptions that gives the figure. In
the reliability of structures it is the *design point* [1]_. How likely the figure or more is altogether comes from
plain draws and, where these are too few, from draws around the design point with weights [2]_.

What would then be true elsewhere is computed where the ledger has something to hold it against; where it has nothing
(deaths, school enrolment, births), the missing count is named with what it would have to show.

References
----------
.. [1] Hasofer and Lind (1974), "Exact and invariant second-moment code format", Journal of the Engineering Mechanics
   Division 100(1).
.. [2] Melchers (1989), "Importance sampling in structural systems", Structural Safety 6(1).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import optimize

from vado.answer import Chart
from vado.errors import BadValueError
from vado.ledger.dates import Day
from vado.stock.implied import MILLION, implied, joined
from vado.stock.inputs import Inputs, checked_year, read_inputs
from vado.stock.parameters import Parameter, read_parameters
from vado.stock.process import NAMES, Stock, project

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

Floats = npt.NDArray[np.float64]

#: Deviates beyond which no law is tabulated: one chance in a billion.
FARTHEST = 6.0
#: Step of finite differences [deviates], wider than the laws' tables are fine.
STEP = 0.02
#: An assumption moves if it goes at least this part of the way to the end of its range.
MOVES = 0.1
#: A figure above this many times all residents born abroad, as counted, is a mistake: not half of all were missed.
MOST_OF_COUNTED = 2.0
#: Tolerance on the logarithm of a population.
CLOSE = 1e-3


#: What an answer with these tables must say.
CAVEATS = (
    "The probability of a figure is that of the ranges, most of whose ends nobody published; it is not evidence.",
    "A move is measured in the distance from the middle of a range to its end; other ranges give another move.",
    "No count of deaths, school enrolment or births is in the ledger; each could refute a figure and is named.",
)


@dataclass(frozen=True)
class Reach:
    """What would have to be true for a figure.

    Parameters
    ----------
    target, year
        The figure [persons], on 1 January of the year.
    middle
        The figure with every assumption at its middle [persons].
    deviates
        The smallest move, ``(assumption,)`` in the order of :data:`vado.stock.process.NAMES`.
    probability
        Of the figure or more (or, below the middle, or less) under the ranges, from draws around the smallest move.
    standard_error
        Of that probability.
    drawn, draws
        How many of the plain draws gave it.
    assumptions
        A row an assumption, the largest move first.
    alone
        A row an assumption that would have to give the figure by itself.
    implied
        What else would be true, beside what is published.
    path
        Population by year [million persons] under the middle and under the smallest move.
    """

    target: float
    year: int
    middle: float
    deviates: Floats
    probability: float
    standard_error: float
    drawn: int
    draws: int
    assumptions: pd.DataFrame
    alone: pd.DataFrame
    implied: pd.DataFrame
    path: pd.DataFrame

    @property
    def distance(self) -> float:
        """Length of the smallest move [deviates]."""
        return float(np.linalg.norm(self.deviates))

    @property
    def assumed(self) -> list[dict[str, Any]]:
        """The assumptions that nobody published, as an answer lists them."""
        rows = self.assumptions[self.assumptions["status"] == "assumed"].to_dict("records")
        return [
            {"name": f"stock.{r['parameter']}", "value": f"{r['low']:g} to {r['high']:g}", "unit": r["unit"]}
            | {"note": r["title"]}
            for r in rows
        ]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables of an answer."""
        return {
            "assumptions": self.assumptions,
            "alone": self.alone,
            "implied": self.implied,
            "path": self.path,
        }

    def charts(self) -> list[Chart]:
        """Return the charts of an answer: which assumptions move, and the years before."""
        return [
            Chart(
                kind="forest",
                table="assumptions",
                title="The smallest move that gives the figure, in half-ranges of each assumption",
                columns={"y": "assumption", "x": "half_ranges", "color": "status"},
                unit="half-ranges from the middle (1 is the end of the range)",
                where={"moves": "yes"},
                note="Beyond -1 or 1 an assumption lies outside its range.",
            ),
            Chart(
                kind="line",
                table="path",
                title="The population by year, in the middle of all ranges and with the smallest move",
                columns={"x": "year", "y": "million", "color": "assumptions"},
                unit="million persons",
            ),
        ]

    def summary(self) -> list[str]:
        """Return what the tables say, in sentences."""
        moving = self.assumptions[self.assumptions["moves"] == "yes"]
        outside = moving[moving["outside"]]
        side = "or more" if self.target >= self.middle else "or fewer"
        first = "; ".join(
            f"{row['title'].lower()}: {row['from']:.3g} to {row['to']:.3g} {row['unit']}"
            for row in moving.head(3).to_dict("records")
        )
        far = f"{len(outside)} of them outside their range" if len(outside) else "none of them outside its range"
        return [
            f"With every assumption in the middle of its range the flows give {self.middle / MILLION:.1f} million on "
            f"1 January {self.year}; for {self.target / MILLION:.1f} million the smallest move shifts {len(moving)} "
            f"assumptions by a tenth of a half-range or more, {far}" + (f" (most of all {first})." if first else "."),
            f"Under the ranges {self.target / MILLION:.1f} million {side} has a probability of "
            f"{self.probability:.2g} (standard error {self.standard_error:.1g}; {self.drawn:,} of {self.draws:,} plain "
            "draws). The ranges make it, not a count.",
        ]


def reach(
    ledger: Ledger,
    target: float,
    *,
    year: int = 2021,
    as_of: Day | None = None,
    parameters: Mapping[str, Parameter] | None = None,
    draws: int = 20_000,
    seed: int = 1,
) -> Reach:
    """Return the smallest move of assumptions that gives a figure, and what else would then be true.

    Parameters
    ----------
    ledger
        The ledger to read.
    target
        The population to be reached [persons].
    year
        On 1 January of this year.
    as_of
        Leave out counts that were published later; None for all.
    parameters
        The assumptions; None for those that ship.
    draws, seed
        Draws for the probability, and the seed of them.

    Raises
    ------
    BadValueError
        If the figure is not positive or above all who could be meant, the year is outside the model, or no set of
        assumptions gives the figure.
    """
    inputs = read_inputs(ledger, as_of)
    checked_year(year, inputs)
    _check_target(ledger, target, year, as_of)
    laws = read_parameters() if parameters is None else parameters
    move = smallest_move(inputs, laws, NAMES, {float(year): target})
    if move is None:
        raise BadValueError(
            f"no assumptions within one chance in a billion each give {target:,.0f} persons in {year}; "
            "choose a figure nearer to the published ones"
        )
    both = project(inputs, values_at(laws, NAMES, np.stack([np.zeros(len(NAMES)), move])))
    middle = float(both.on(year)[0].sum())
    probability, error, drawn = _likelihood(inputs, laws, move, target, year, draws, seed)
    ids = inputs.sources()
    return Reach(
        target=float(target),
        year=year,
        middle=middle,
        deviates=move,
        probability=probability,
        standard_error=error,
        drawn=drawn,
        draws=draws,
        assumptions=_assumptions(laws, move, ids),
        alone=_alone(inputs, laws, target, year, ids),
        implied=implied(ledger, as_of, inputs, both, values_at(laws, NAMES, move[None, :]), target, year),
        path=_path(both, year, ids),
    )


def values_at(laws: Mapping[str, Parameter], names: Sequence[str], deviates: Floats) -> dict[str, Floats]:
    """Return all assumptions, those of ``names`` at deviates of shape (draw, name), the others in the middle."""
    nothing = np.zeros(len(deviates))
    column = {name: deviates[:, place] for place, name in enumerate(names)}
    return {name: laws[name].from_normal(column.get(name, nothing)) for name in NAMES}


def smallest_move(
    inputs: Inputs,
    laws: Mapping[str, Parameter],
    names: Sequence[str],
    targets: Mapping[float, float],
    *,
    around: Floats | None = None,
    bounds: Sequence[tuple[float, float]] | None = None,
) -> Floats | None:
    """Return the assumptions nearest to a point that give populations on dates.

    Parameters
    ----------
    inputs, laws
        Yearly counts and all assumptions.
    names
        The assumptions that may move; the others stay in the middle.
    targets
        Date in years → population [persons].
    around
        The point, ``(name,)`` [deviates]; None for the middle of all ranges.
    bounds
        How far each assumption may go, a pair a name [deviates]; None for as far as the laws are tabulated.

    Returns
    -------
    array or None
        Deviates, ``(name,)``; None where no assumptions give the figures to a tenth of a percent.
    """
    size = len(names)
    centre = np.zeros(size) if around is None else around
    ends = list(bounds) if bounds is not None else [(-FARTHEST, FARTHEST)] * size
    lowest, highest = (np.array(side, dtype=np.float64) for side in zip(*ends, strict=True))
    dates, wanted = list(targets), np.log(np.array(list(targets.values())))
    shifts = np.concatenate([np.zeros((1, size)), STEP * np.eye(size), -STEP * np.eye(size)])
    last: list[tuple[bytes, Floats, Floats]] = []

    def gaps(deviates: Floats) -> tuple[Floats, Floats]:
        """Return gaps, ``(date,)``, and their slopes, ``(date, name)``; both cost one projection."""
        if not last or last[0][0] != deviates.tobytes():
            stock = project(inputs, values_at(laws, names, deviates + shifts))
            totals = np.stack([stock.on(date).sum(axis=1) for date in dates])
            # One person keeps the logarithm finite where all have left.
            logs = np.log(np.maximum(totals, 1.0)) - wanted[:, None]
            slopes = (logs[:, 1 : size + 1] - logs[:, size + 1 :]) / (2 * STEP)
            last[:] = [(deviates.tobytes(), logs[:, 0], slopes)]
        return last[0][1], last[0][2]

    def half_square(deviates: Floats) -> float:
        return 0.5 * float(((deviates - centre) ** 2).sum())

    def away(deviates: Floats) -> Floats:
        return deviates - centre

    found = optimize.minimize(
        half_square,
        np.clip(centre, lowest, highest),
        jac=away,
        bounds=ends,
        constraints=optimize.NonlinearConstraint(lambda z: gaps(z)[0], 0.0, 0.0, jac=lambda z: gaps(z)[1]),
        method="SLSQP",
        options={"maxiter": 60, "ftol": 1e-8},
    )
    move = np.asarray(found.x, dtype=np.float64)
    return move if bool((np.abs(gaps(move)[0]) < CLOSE).all()) else None


def _check_target(ledger: Ledger, target: float, year: int, as_of: Day | None) -> None:
    if not math.isfinite(target) or target <= 0:
        raise BadValueError(f"a figure to reach must be above 0 persons, not {target:g}")
    foreign = ledger.observe("foreign_born", as_of, series="acs_1year", place="USA")
    if foreign.empty:
        raise BadValueError(f"no count of residents born abroad had been published by {as_of}; use a later date")
    nearest = foreign.iloc[(foreign["period_end"].dt.year - year).abs().argmin()]
    most = float(nearest["value"]) * MOST_OF_COUNTED
    if target > most:
        raise BadValueError(
            f"{target:,.0f} persons is more than twice all residents born abroad whom the survey of "
            f"{nearest['period_end'].year} counted, citizens included ({most:,.0f}); give fewer persons"
        )


def _likelihood(
    inputs: Inputs, laws: Mapping[str, Parameter], move: Floats, target: float, year: int, draws: int, seed: int
) -> tuple[float, float, int]:
    """Return the probability of the figure and beyond, its standard error, and how many plain draws gave it."""
    if draws < 100:
        raise BadValueError(f"draws must be at least 100, not {draws}")
    random = np.random.default_rng(seed)
    deviates = random.standard_normal((draws, len(NAMES)))
    # Around the smallest move half of the draws reach the figure; weights give back the law of the ranges.
    around = deviates + move
    totals = [
        project(inputs, values_at(laws, NAMES, points)).on(year).sum(axis=1)
        for points in (np.zeros((1, len(NAMES))), deviates, around)
    ]
    beyond = [(t >= target) if target >= totals[0][0] else (t <= target) for t in totals]
    weight = np.exp(-around @ move + 0.5 * float(move @ move)) * beyond[2]
    return float(weight.mean()), float(weight.std() / math.sqrt(draws)), int(beyond[1].sum())


def _half_ranges(law: Parameter, middle: float, value: float) -> float:
    """Return how far a value lies from the middle, in the distance from there to the end of the range on its side."""
    return (value - middle) / ((law.high - middle) if value >= middle else (middle - law.low))


def _assumptions(laws: Mapping[str, Parameter], move: Floats, ids: str) -> pd.DataFrame:
    rows = []
    for name, deviate in zip(NAMES, move, strict=True):
        law = laws[name]
        middle, value = law.from_normal(np.array([0.0, deviate]))
        half = _half_ranges(law, float(middle), float(value))
        rows.append(
            {
                "assumption": name.replace("_", " "),
                "parameter": name,
                "title": law.title,
                "from": float(middle),
                "to": float(value),
                "unit": law.unit,
                "low": law.low,
                "high": law.high,
                "half_ranges": half,
                "deviates": float(deviate),
                "moves": "yes" if abs(half) >= MOVES else "no",
                "outside": bool(value < law.low or value > law.high),
                "status": law.status,
                "source_id": joined(ids, law.source),
            }
        )
    table = pd.DataFrame(rows)
    return table.iloc[table["deviates"].abs().argsort()[::-1]].reset_index(drop=True)


def _alone(inputs: Inputs, laws: Mapping[str, Parameter], target: float, year: int, ids: str) -> pd.DataFrame:
    """Return, for each assumption, the value at which it gives the figure by itself; NaN where none does."""
    grid = np.linspace(-FARTHEST, FARTHEST, 121)
    rows = []
    for name in NAMES:
        law = laws[name]
        totals = project(inputs, values_at(laws, [name], grid[:, None])).on(year).sum(axis=1)
        over = totals >= target
        crossings = np.flatnonzero(over[1:] != over[:-1])
        row: dict[str, Any] = {"assumption": name, "title": law.title, "value": math.nan, "half_ranges": math.nan}
        if len(crossings):
            at = crossings[np.abs(grid[crossings]).argmin()]
            part = (target - totals[at]) / (totals[at + 1] - totals[at])
            ends = law.from_normal(np.array([0.0, grid[at] + part * (grid[1] - grid[0])]))
            row |= {"value": float(ends[1]), "half_ranges": _half_ranges(law, float(ends[0]), float(ends[1]))}
        inside = law.low <= row["value"] <= law.high
        rows.append(row | {"unit": law.unit, "inside_range": bool(inside), "source_id": joined(ids, law.source)})
    return pd.DataFrame(rows).sort_values("half_ranges", key=abs, ignore_index=True)


def _path(both: Stock, year: int, ids: str) -> pd.DataFrame:
    frames = [
        pd.DataFrame({"year": both.years, "million": both.total()[place] / MILLION, "assumptions": said})
        for place, said in enumerate(("in the middle of all ranges", "with the smallest move"))
    ]
    table = pd.concat(frames, ignore_index=True)
    return table[table["year"] <= year].assign(source_id=ids).reset_index(drop=True)
