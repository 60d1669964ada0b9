"""What was reported of caravans: how many walked, who said so and when, how far they came, and how fast groups shrink.

Authorities, organisers and reporters count the same people at once and differ by a factor of two to three, so every
figure is kept with the name of whoever gave it. The decline is read from all caravans together: on the log scale a size
is the caravan's own level, less a daily rate times the days since its first figure, plus what the sort of source tends
to add, plus an error. Rates of caravans vary around a common one, so a caravan with few figures leans on the others (a
linear mixed model: Laird and Ware 1982). The rate is *net*: people join caravans too, and where more join than leave it
is below zero.

References
----------
N. M. Laird and J. H. Ware, "Random-effects models for longitudinal data", Biometrics 38 (1982) 963-974.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from vado.ledger.dates import Day, day

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

Floats = npt.NDArray[np.float64]

PREFIX = "caravan_"

#: Sorts of source beside the press, and the words by which a name tells its sort.
KINDS = {
    "organiser": ("pueblo sin fronteras", "mujica", "organiser"),
    "international organisation": ("united nations", "iom", "unhcr"),
    "authority": (
        "minister",
        "secretary",
        "government",
        "authorit",
        "proteccion civil",
        "institute",
        "inm",
        "sre",
        "official",
        "commission",
    ),
}
PRESS = "press"

#: "More than so many", whoever says it.
AT_LEAST = "at least"

#: Happenings that say how many came or passed as one group. Other numbers of people (registered, in a stadium, crossed
#: the river on one day, held at a roadblock, dispersed) are of a part of it, or of a group that no longer walks.
AS_A_GROUP = ("at_border", "left_shelters", "passed_through_state", "arrivals", "sheltered")

#: Moments of a figure after which the way north still lies ahead.
UNDER_WAY = ("at border", "departure", "on the way")

#: Happenings that say how many were seen as a part, or after the group was halted.
AS_A_PART = (
    "group_entered",
    "crossed_into_guatemala",
    "crossed_river",
    "entered_guatemala",
    "entered_irregularly",
    "humanitarian_card_registrations",
    "reached_mexican_border",
    "held_at_roadblock",
    "held_in_factory_shelter",
    "left_for_del_rio",
)

#: Happenings that say what became of people.
BECAME = (
    "arrivals",
    "arrivals_cumulative",
    "deported",
    "detained",
    "dispersed",
    "documents_issued",
    "ended_surrender",
    "ended_surrender_distance",
    "held_in_factory_shelter",
    "humanitarian_card_registrations",
    "mexican_humanitarian_visas",
    "moved_on",
    "moved_to_other_states",
    "permits_given",
    "permits_promised_or_given",
    "prepared_to_seek_us_asylum",
    "received_temporary_papers",
    "returned_home",
    "sheltered",
    "size_at_dissolution",
)

#: Happenings that end the walk of a group before it comes to the north.
ENDED = ("dispersed", "ended_surrender", "ended_surrender_distance", "held_at_roadblock")

#: Words of a note that say the same.
ENDED_WORDS = ("broken up", "dispersed", "dissolving", "stopped after")

#: Distances: happening → the days they took, None for all days since the departure.
STRETCHES = {
    "day_distance": 1,
    "distance_in_two_days": 2,
    "ended_surrender_distance": None,
    "distance_since_border": None,
    "distance_since_honduras": None,
    "distance_total": None,
    "caravan_end_distance": None,
}
#: Paces stated as such [a distance a day].
STATED = ("speed_first_days", "speed_with_rides")
KM = {"km": 1.0, "miles": 1.609344, "km/day": 1.0, "miles/day": 1.609344}

#: A stretch of this many days holds days of rest [days].
LONG = 7

#: A period longer than this says nothing of the day [days].
_VAGUE = 40

#: Half width of a 90 % interval in standard deviations; a stated range is read as one.
NINETY = 1.645

#: Standard deviations of the priors: what a sort of source adds on the log scale (half of ln 2.5, rounded: figures of
#: one day differ by a factor of two to three), the common rate [1/day], a caravan's level, and the scales of the
#: half-normal priors of the error and of the spread of rates [1/day].
SOURCE_PRIOR, RATE_PRIOR, LEVEL_PRIOR, ERROR_PRIOR, SPREAD_PRIOR = 0.45, 0.1, 2.0, 0.5, 0.05
_LEVEL = float(np.log(2000.0))
_ERRORS = np.linspace(0.05, 1.2, 47)
_SPREADS = np.geomspace(0.001, 0.2, 20)

#: Relative error of a pace over weeks; and what is taken where fewer than two caravans tell one: log mean and spread.
PACE_ERROR, PACE_PRIOR = 0.1, (float(np.log(30.0)), 0.5)
#: Paces that a run covers [km/day].
SLOWEST, FASTEST = 10.0, 165.0


def happenings(ledger: Ledger, as_of: Day | None = None) -> pd.DataFrame:
    """Return what is known to have happened to caravans, with key and place; people in lorries are left out.

    A happening of which only the month or year is known counts as known at its end.
    """
    table = ledger.read("events")
    table = table[table["subject"].str.startswith(PREFIX)]
    key = table["subject"].str.removeprefix(PREFIX)
    table = table.assign(caravan=key, note=table["note"].fillna(""), place=table["title"].str.partition(", at ")[2])
    table = table[~key.str.contains("truck") & ~key.str.endswith("_all")]
    first = pd.to_datetime(table["date"])
    step = {"month": pd.offsets.MonthEnd(0), "year": pd.offsets.YearEnd(0)}
    last = [when + step[how] if how in step else when for when, how in zip(first, table["date_precision"], strict=True)]
    table = table.assign(day=first, known=last)
    if as_of is not None:
        table = table[table["known"] <= pd.Timestamp(day(as_of, "as_of"))]
    return table.sort_values(["caravan", "day", "event", "value"], kind="stable").reset_index(drop=True)


def sizes(ledger: Ledger, as_of: Day | None = None) -> pd.DataFrame:
    """Return every figure of how many people a caravan had, rivals side by side.

    Returns
    -------
    pandas.DataFrame
        One row a figure: ``caravan, day, country, place, moment, whose, kind, bound, value, low, high`` [persons],
        ``whole`` (whether it counts the group as a whole), ``days`` since the caravan's first dated figure of the
        whole, ``source_id, note``. ``value`` is the geometric middle of a stated range; ``day`` is missing where only
        the year is known, and the middle of the month where only that is.
    """
    rows = [*_observed(ledger, as_of), *_happened(ledger, as_of)]
    columns = ["caravan", "day", "country", "place", "moment", "whose", "value", "low", "high", "bound", "whole"]
    table = pd.DataFrame(rows, columns=[*columns, "source_id", "note"])
    table["day"] = pd.to_datetime(table["day"]).dt.normalize()
    table["whole"] = table["whole"].astype(bool)
    table["kind"] = table["whose"].map(kind_of)
    first = table["day"].where(table["whole"]).groupby(table["caravan"]).transform("min")
    table["days"] = (table["day"] - first).dt.days.astype(float)
    return table.sort_values(["caravan", "day", "value"], kind="stable").reset_index(drop=True)


def kind_of(whose: str) -> str:
    """Return the sort of source that a name is of.

    >>> kind_of("Irineo Mujica via EFE"), kind_of("migration official"), kind_of("EFE")
    ('organiser', 'authority', 'press')
    """
    words = whose.lower()
    return next((kind for kind, marks in KINDS.items() if any(re.search(rf"\b{m}", words) for m in marks)), PRESS)


def paces(ledger: Ledger, as_of: Day | None = None) -> pd.DataFrame:
    """Return the distances that caravans were said to have come, and the pace that follows.

    Returns
    -------
    pandas.DataFrame
        One row a distance or stated pace: ``caravan, day, what, km, days, km_per_day, long`` (whether it spans days of
        rest), ``source_id, note``.
    """
    table = happenings(ledger, as_of)
    dated = sizes(ledger, as_of).dropna(subset=["day"])
    begins = pd.concat([dated[["caravan", "day"]], table.loc[table["event"] == "departure", ["caravan", "day"]]])
    begin = begins.groupby("caravan")["day"].min()
    # What was walked since the border began with the first figure in Mexico.
    border = dated[dated["country"] == "MEX"].groupby("caravan")["day"].min()
    rows = []
    for row in table[table["event"].isin([*STRETCHES, *STATED])].to_dict("records"):
        km = float(row["value"]) * KM[str(row["unit"])]
        days, length = 1.0, np.nan
        if row["event"] in STRETCHES:
            since = (border if row["event"] == "distance_since_border" else begin).get(row["caravan"], row["day"])
            days = float(STRETCHES[str(row["event"])] or max((row["day"] - since).days, 1))
            length = km
        long = row["event"] in STRETCHES and days >= LONG
        rows.append(
            (row["caravan"], row["day"], row["event"], length, days, km / days, long, row["source_id"], row["note"])
        )
    columns = ["caravan", "day", "what", "km", "days", "km_per_day", "long", "source_id", "note"]
    return pd.DataFrame(rows, columns=columns)


def _observed(ledger: Ledger, as_of: Day | None) -> list[tuple[object, ...]]:
    """Return the rows of the measure of sizes."""
    rows: list[tuple[object, ...]] = []
    for row in ledger.observe("caravan_size", as_of).fillna({"note": ""}).to_dict("records"):
        about = json.loads(str(row["attributes"]))
        span = (row["period_end"] - row["period_start"]).days
        when = pd.NaT if span > _VAGUE else row["period_start"] + pd.Timedelta(days=span // 2)
        middle, bound = _middle(row["value"], row["low"], row["high"])
        # Several groups under one key are no caravan whose size can be followed.
        whole = "group" not in about and "caravans together" not in str(row["note"])
        said = (
            about["moment"],
            about["whose"],
            middle,
            row["low"],
            row["high"],
            bound,
            whole,
            row["source_id"],
            row["note"],
        )
        rows.append((about["caravan"], when, row["place"], about["at"], *said))
    return rows


def _happened(ledger: Ledger, as_of: Day | None) -> list[tuple[object, ...]]:
    """Return the happenings that say how many came together, as figures."""
    table = happenings(ledger, as_of)
    table = table[table["event"].isin([*AS_A_GROUP, *AS_A_PART]) & (table["unit"] == "people") & table["value"].notna()]
    attributed = ledger.sources(sorted(set(table["source_id"]))).set_index("source_id")["attributed_to"]
    rows: list[tuple[object, ...]] = []
    for row in table.to_dict("records"):
        whose = attributed.get(row["source_id"])
        name = str(whose) if isinstance(whose, str) and whose else "not stated"
        least = row["value_type"] == "lower_bound"
        when = pd.NaT if row["date_precision"] == "year" else row["day"] + (row["known"] - row["day"]) // 2
        bound = AT_LEAST if least else ""
        about = (row["caravan"], when, row["jurisdiction"], row["place"], str(row["event"]).replace("_", " "), name)
        low = row["value"] if least else np.nan
        rows.append(
            (*about, row["value"], low, np.nan, bound, row["event"] in AS_A_GROUP, row["source_id"], row["note"])
        )
    return rows


def _middle(value: Any, low: Any, high: Any) -> tuple[float, str]:
    """Return one number for a figure, and whether it is a bound or a range."""
    if pd.isna(value):
        return float(np.sqrt(low * high)), "range"
    return float(value), AT_LEAST if not pd.isna(low) and pd.isna(high) else ""


@dataclass(frozen=True)
class Attrition:
    """Draws from the posterior of how caravans shrink, all arrays with one entry a draw.

    Parameters
    ----------
    rates
        Caravan → net daily rate of leaving [1/day], for caravans with figures on several days.
    common, spread
        The common rate and the standard deviation of rates around it [1/day].
    error
        Standard deviation of a figure on the log scale.
    adds
        Sort of source, or "at least" → what it adds to the logarithm of a figure of the press.
    """

    rates: dict[str, Floats]
    common: Floats
    spread: Floats
    error: Floats
    adds: dict[str, Floats]

    def another(self, random: np.random.Generator) -> Floats:
        """Return draws of the rate of a caravan that has no figures yet [1/day]."""
        return self.common + self.spread * random.standard_normal(len(self.common))

    def shift(self, kind: str, bound: str, width: float, random: np.random.Generator) -> Floats:
        """Return draws of the log of a figure over the true size; ``width`` is the error that its range states."""
        none = np.zeros(len(self.error))
        noise = np.hypot(self.error, width) * random.standard_normal(len(self.error))
        return self.adds.get(kind, none) + self.adds.get(bound, none) + noise


def attrition(figures: pd.DataFrame, *, draws: int = 4000, seed: int = 1) -> Attrition:
    """Estimate how fast caravans shrink, pooled over them.

    The error and the spread of rates are summed over on a grid; given both, everything else is normal and drawn
    exactly, so there is no chain to converge.

    Parameters
    ----------
    figures
        As :func:`sizes` returns them; only dated figures of a whole group are used. A figure "at least" counts as a
        sort of source that adds something of its own, and a stated range as a 90 % interval.
    draws
        Number of draws.
    seed
        Seed of the draws.

    Returns
    -------
    Attrition
        Draws from the posterior; from the prior where there is no figure.
    """
    used = figures[figures["whole"] & figures["days"].notna()]
    caravans = list(dict.fromkeys(used["caravan"]))
    several = [name for name in caravans if used.loc[used["caravan"] == name, "days"].nunique() > 1]
    extra = [*KINDS, AT_LEAST]
    where = {name: index for index, name in enumerate([*caravans, *(f"rate {name}" for name in several), "", *extra])}
    design = np.zeros((len(used), len(where)))
    wide = stated_width(used)
    for number, row in enumerate(used.to_dict("records")):
        design[number, where[str(row["caravan"])]] = 1.0
        design[number, where[""]] = -float(row["days"])
        if row["caravan"] in several:
            design[number, where[f"rate {row['caravan']}"]] = -float(row["days"])
        for name in (row["kind"], row["bound"]):
            if name in extra:
                design[number, where[str(name)]] = 1.0
    middle = np.zeros(len(where))
    middle[: len(caravans)] = _LEVEL
    excess = np.log(used["value"].to_numpy(np.float64)) - design @ middle

    def prior(spread: float) -> Floats:
        parts = [LEVEL_PRIOR] * len(caravans) + [spread] * len(several) + [RATE_PRIOR] + [SOURCE_PRIOR] * len(extra)
        return np.array(parts) ** 2

    grid = [(error, spread) for error in _ERRORS for spread in _SPREADS]
    weight = np.array([_evidence(excess, design, prior(spread), error**2 + wide**2) for error, spread in grid])
    # The grid of spreads is geometric: each of its cells is as wide as its value.
    weight += [-0.5 * (e / ERROR_PRIOR) ** 2 - 0.5 * (s / SPREAD_PRIOR) ** 2 + np.log(s) for e, s in grid]
    chance = np.exp(weight - weight.max())
    random = np.random.default_rng(seed)
    chosen = random.choice(len(grid), draws, p=chance / chance.sum())
    found = np.empty((draws, len(where)))
    for cell in np.unique(chosen):
        error, spread = grid[cell]
        mine = np.flatnonzero(chosen == cell)
        noise = 1.0 / (error**2 + wide**2)
        precision = (design.T * noise) @ design + np.diag(1.0 / prior(spread))
        root = np.linalg.cholesky(precision)
        centre = np.linalg.solve(precision, design.T @ (noise * excess))
        found[mine] = centre + np.linalg.solve(root.T, random.standard_normal((len(where), len(mine)))).T
    common = found[:, where[""]]
    return Attrition(
        rates={name: common + found[:, where[f"rate {name}"]] for name in several},
        common=common,
        spread=np.array([grid[cell][1] for cell in chosen]),
        error=np.array([grid[cell][0] for cell in chosen]),
        adds={name: found[:, where[name]] for name in extra},
    )


def stated_width(figures: pd.DataFrame) -> Floats:
    """Return the error on the log scale that each figure's stated range means; 0 where none is stated."""
    low, high = (figures[name].to_numpy(np.float64) for name in ("low", "high"))
    return np.where(figures["bound"] == "range", np.log(high / low) / (2 * NINETY), 0.0)


def _evidence(excess: Floats, design: Floats, prior: Floats, noise: Floats) -> float:
    """Return the log density of the figures, everything normal summed over."""
    root = np.linalg.cholesky((design * prior) @ design.T + np.diag(noise))
    return float(-0.5 * np.sum(np.linalg.solve(root, excess) ** 2) - np.sum(np.log(np.diag(root))))


def convoy_pace(table: pd.DataFrame, caravan: str, draws: int, random: np.random.Generator) -> tuple[Floats, list[str]]:
    """Return draws of a caravan's pace [km/day], days of rest included, and the sources of it.

    A caravan with a long stretch of its own has that pace, give or take :data:`PACE_ERROR`. Others take one from the
    longest stretch of each caravan, normal on the log scale.
    """
    own = table[(table["caravan"] == caravan) & table["long"]]
    if len(own):
        longest = own.sort_values("days").iloc[-1]
        pace = float(longest["km_per_day"]) * np.exp(PACE_ERROR * random.standard_normal(draws))
        return np.clip(pace, SLOWEST, FASTEST), [str(longest["source_id"])]
    others = table[table["km"].notna() & (table["caravan"] != caravan)].sort_values("days")
    others = others.groupby("caravan").tail(1)
    logs = np.log(others["km_per_day"].to_numpy(np.float64))
    middle, spread = (logs.mean(), logs.std(ddof=1)) if len(logs) > 1 else PACE_PRIOR
    pace = np.exp(middle + spread * random.standard_normal(draws))
    return np.clip(pace, SLOWEST, FASTEST), sorted(set(others["source_id"]))


def departed(ledger: Ledger, as_of: Day | None = None) -> pd.DataFrame:
    """Return how many caravans were said to have set out in a year: ``year, caravans, until, source_id``."""
    table = ledger.read("events", as_of)
    table = table[table["subject"].str.startswith(PREFIX) & (table["event"] == "caravans_departed_year_to_date")]
    until = pd.to_datetime(table["date"])
    found = {"year": until.dt.year, "caravans": table["value"], "until": until, "source_id": table["source_id"]}
    return pd.DataFrame(found).reset_index(drop=True)
