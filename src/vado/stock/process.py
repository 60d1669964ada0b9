"""The unauthorized resident population from year to year: who comes in, who leaves, who obtains a status.

People are counted by region of birth and time since they settled (under one year, one to four, five to nine, ten and
more). On 1 January of a year stands the population ``N``; in the year

- **entries between ports** join it. Of ``A`` attempts a part ``p`` is apprehended, so apprehensions are ``pA`` and
  successes ``(1 - p)A``, and successes are apprehensions times ``(1 - p) / p`` whatever made the attempts. Repeat
  attempts and deterrence change ``A`` and not the ratio: if someone apprehended tries again with probability ``r``,
  the expected attempts a person are ``1 / (1 - pr)``, apprehensions ``p / (1 - pr)`` and successes ``(1 - p) /
  (1 - pr)`` (``r = 1`` is the "repeated trials" of [2]_). ``p`` must be the chance per attempt. Of those who succeed a
  part settles; the rest circulate within the year;
- **releases**: from 2014 a part of the apprehensions of other than Mexicans ends with people staying on a pending case;
- **overstays** join it, people who came with a visa and remain;
- **departures** leave at a hazard that falls with time since settling and, for Mexicans, is higher from 2007;
- **deaths**, **removals** of residents (a part of all removals), **adjustments** to a legal status, and from 1987 to
  1990 the people granted residence under the **law of 1986** leave it.

The form is that of the inflow-outflow models [1]_, driven by published counts; nothing in it is that paper's input.

References
----------
.. [1] Fazel-Zarandi, Feinstein and Kaplan (2018), PLOS ONE 13(9): e0201193 (abstract).
.. [2] Singer and Massey (1998), "The social process of undocumented border crossing", International Migration
   Review 32.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vado.stock.inputs import REGIONS, Inputs

Array = NDArray[np.float64]

#: Years spent in each class of time since settling; the last is open.
WIDTHS = (1, 4, 5)
#: Parts of the population of 1980 in these classes; assumed, and of little weight after ten years.
FIRST_CLASSES = np.array([0.15, 0.4, 0.25, 0.2])

#: Years in which the grants under the law of 1986 are taken out, in equal parts.
LAW_YEARS = range(1987, 1991)
#: First years of the blocks over which inflows deviate together from what the counts and shares give.
BLOCKS = (1980, 1985, 1990, 1995, 2000, 2005, 2010, 2015, 2020)

#: Parameters of the process, without the factors on inflows, which default to 1.
NAMES = (
    "initial_population",
    "initial_share_mexico",
    "apprehension_probability_to_2000",
    "apprehension_probability_2001_2009",
    "apprehension_probability_from_2010",
    "settled_share_mexico_to_2000",
    "settled_share_mexico_2001_2009",
    "settled_share_mexico_from_2010",
    "settled_share_other",
    "released_share_from_2014",
    "overstays_to_1999",
    "overstays_2000_2009",
    "overstays_from_2010",
    "overstay_share_mexico",
    "overstay_share_central",
    "departure_first_year",
    "departure_years_1_4",
    "departure_years_5_9",
    "departure_years_10_on",
    "departure_factor_mexico_from_2007",
    "mortality",
    "interior_share_of_removals",
    "removal_share_mexico",
    "adjustment_rate",
    "law_of_1986_granted",
    "law_of_1986_share_mexico",
    "law_of_1986_resident_share",
)

#: Flows in the order in which a year has them; the first three come in.
FLOWS = (
    "entries_between_ports",
    "releases",
    "overstays",
    "departures",
    "deaths",
    "removals",
    "adjustments",
    "law_of_1986",
)


@dataclass(frozen=True)
class Stock:
    """The population and what changed it.

    Parameters
    ----------
    years
        Years of 1 January, one more than there are years of flows.
    population
        [persons], ``(draw, year, region)``; regions as in :data:`vado.stock.inputs.REGIONS`.
    flows
        Name → [persons/year], ``(draw, year of flow)``, all regions together, each positive.
    """

    years: NDArray[np.int64]
    population: Array
    flows: Mapping[str, Array]

    def total(self) -> Array:
        """Return the population of all regions, ``(draw, year)``."""
        return np.asarray(self.population.sum(axis=2))

    def on(self, date: float) -> Array:
        """Return the population by region on a date in years (2010.5 is mid-2010), ``(draw, region)``.

        Between two first days of January it is a straight line.
        """
        place = date - float(self.years[0])
        before = min(max(int(np.floor(place)), 0), len(self.years) - 2)
        part = place - before
        return (1 - part) * self.population[:, before] + part * self.population[:, before + 1]


def project(inputs: Inputs, values: Mapping[str, Array]) -> Stock:
    """Return the population that the counts and the parameters give.

    Parameters
    ----------
    inputs
        Yearly counts.
    values
        Name of each of :data:`NAMES` → one value a draw, ``(draw,)``, and optionally ``inflow_level``, a factor on all
        inflows of all years, and ``inflow_deviation_YEAR`` for the years of :data:`BLOCKS`, the logarithm of a factor
        on those of that block.

    Returns
    -------
    Stock
        For the draws in their order. No class of people ever falls below 0: where more would leave than there are, all
        leave, and the flows say how many did.
    """
    draws = len(np.atleast_1d(values["initial_population"]))
    by = {name: np.broadcast_to(np.asarray(value, dtype=float), (draws,)) for name, value in values.items()}
    people = _first(by)
    years = np.append(inputs.years, inputs.years[-1] + 1)
    population = np.empty((draws, len(years), len(REGIONS)))
    flows = {name: np.empty((draws, len(inputs.years))) for name in FLOWS}
    hazards = np.stack([by[f"departure_{name}"] for name in ("first_year", "years_1_4", "years_5_9", "years_10_on")], 1)
    survived = np.exp(-by["mortality"])[:, None, None]
    adjusted = np.exp(-by["adjustment_rate"])[:, None, None]
    stayed_before, stayed_after = _stayed(hazards, by)
    for index, year in enumerate(int(one) for one in inputs.years):
        population[:, index] = people.sum(axis=2)
        arrivals = _arrivals(inputs, by, index, year, flows)
        people[:, :, 0] += arrivals
        stayed = stayed_after if year >= 2007 else stayed_before
        for name, kept in (("departures", stayed), ("deaths", survived), ("adjustments", adjusted)):
            flows[name][:, index] = (people * (1 - kept)).sum(axis=(1, 2))
            people = people * kept
        removals = by["interior_share_of_removals"] * inputs.series["removals"][index]
        people = _taken(people, _shared(removals, by["removal_share_mexico"], people), flows["removals"][:, index])
        granted = by["law_of_1986_granted"] * by["law_of_1986_resident_share"] * (year in LAW_YEARS) / len(LAW_YEARS)
        share = by["law_of_1986_share_mexico"]
        people = _taken(people, _shared(granted, share, people), flows["law_of_1986"][:, index])
        people = _aged(people)
    population[:, -1] = people.sum(axis=2)
    return Stock(years, population, flows)


def _first(by: Mapping[str, Array]) -> Array:
    """Return the population of 1980, ``(draw, region, class)``; other than Mexicans are mostly from elsewhere."""
    mexico = by["initial_share_mexico"]
    shares = np.stack([mexico, 0.2 * (1 - mexico), 0.8 * (1 - mexico)], axis=1)
    return np.asarray((by["initial_population"][:, None] * shares)[:, :, None] * FIRST_CLASSES)


def _period(by: Mapping[str, Array], stem: str, year: int, last: tuple[int, int]) -> Array:
    names = (f"to_{last[0]}", f"{last[0] + 1}_{last[1]}", f"from_{last[1] + 1}")
    return by[f"{stem}_{names[(year > last[0]) + (year > last[1])]}"]


def _arrivals(inputs: Inputs, by: Mapping[str, Array], index: int, year: int, flows: dict[str, Array]) -> Array:
    """Return who joins the population in a year, ``(draw, region)``, and note the flows."""
    chance = _period(by, "apprehension_probability", year, (2000, 2009))
    mexican = _period(by, "settled_share_mexico", year, (2000, 2009))
    other = by["settled_share_other"]
    settled = np.stack([mexican, other, other], axis=1)
    block = max(first for first in BLOCKS if first <= year)
    factor = by.get("inflow_level", np.ones(1)) * np.exp(by.get(f"inflow_deviation_{block}", np.zeros(1)))
    apprehended = inputs.border[index]
    entered = apprehended * ((1 - chance) / chance * factor)[:, None] * settled
    released = np.zeros_like(entered)
    if year >= 2014:
        # A person released has not succeeded by another attempt, so the two ways in are added.
        released[:, 1:] = apprehended[1:] * (by["released_share_from_2014"] * factor)[:, None]
    overstays = _period(by, "overstays", year, (1999, 2009)) * factor
    mexico, central = by["overstay_share_mexico"], by["overstay_share_central"]
    overstayed = overstays[:, None] * np.stack([mexico, central, 1 - mexico - central], axis=1)
    for name, flow in (("entries_between_ports", entered), ("releases", released), ("overstays", overstayed)):
        flows[name][:, index] = flow.sum(axis=1)
    return np.asarray(entered + released + overstayed)


def _stayed(hazards: Array, by: Mapping[str, Array]) -> tuple[Array, Array]:
    """Return the part that stays through a year, ``(draw, region, class)``, before 2007 and from then on."""
    before = np.repeat(np.exp(-hazards)[:, None, :], len(REGIONS), axis=1)
    after = before.copy()
    after[:, 0] = np.exp(-hazards * by["departure_factor_mexico_from_2007"][:, None])
    return before, after


def _shared(number: Array, share_mexico: Array, people: Array) -> Array:
    """Return a number of people a draw by region: Mexico's share, the rest by the population of the others."""
    others = people[:, 1:].sum(axis=2)
    part = others / np.maximum(others.sum(axis=1, keepdims=True), 1.0)
    return np.concatenate([(number * share_mexico)[:, None], (number * (1 - share_mexico))[:, None] * part], axis=1)


def _taken(people: Array, number: Array, flow: Array) -> Array:
    """Return who remains after a number of each region left, from all classes alike; ``flow`` is filled."""
    there = people.sum(axis=2)
    gone = np.minimum(number, there)
    flow[:] = gone.sum(axis=1)
    return np.asarray(people * (1 - gone / np.maximum(there, 1.0))[:, :, None])


def _aged(people: Array) -> Array:
    """Return the people a year later: of a class that lasts ``w`` years a ``w``-th goes on."""
    moved = people[:, :, :-1] / np.array(WIDTHS)
    after = people.copy()
    after[:, :, :-1] -= moved
    after[:, :, 1:] += moved
    return after
