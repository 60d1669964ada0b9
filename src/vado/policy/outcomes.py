"""What a scenario comes to: one number a member for each outcome, people and events told apart.

What the measures do to the people concerned stands in the same table as what they do to the counts: deaths on the way,
days stranded in Mexico, requests for asylum there, returns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from vado.forecast.targets import LOCATIONS, Floats
from vado.ledger.codes import PORTS
from vado.policy.deaths import DeathRates

#: Queues in Mexico: people in them are stranded there.
STRANDED = ("southern_gate", "port_line")
#: Queues in the custody of a Border Patrol sector, by sector.
HOLDING = {place: f"holding_{place.lower().replace(' ', '_')}" for place in LOCATIONS if place != PORTS}
#: Mean wait in Mexico of those who must wait there for a hearing [days].
WAIT_FOR_HEARING = 120.0
#: What the outcomes assume beside the description.
ASSUMED = (
    {
        "name": "outcomes.wait_for_hearing",
        "value": WAIT_FOR_HEARING,
        "unit": "days",
        "note": "Wait in Mexico of those sent there for a hearing; counted in full, also after the run's end. Assumed.",
    },
)


@dataclass(frozen=True)
class Outcome:
    """One outcome.

    Parameters
    ----------
    name, title, unit
        For tables and for people.
    kind
        ``persons``, ``events``, ``days`` or ``stock``.
    assumed
        Whether it rests mostly on shares that nobody published.
    of
        From a run to one number a member.
    human
        Whether it says what happens to the people concerned rather than what is counted.
    """

    name: str
    title: str
    unit: str
    kind: str
    assumed: bool
    of: Callable[[xr.Dataset], Floats]
    human: bool = False


def outcomes(rates: DeathRates) -> list[Outcome]:
    """Return all outcomes, given how many die on the way."""
    return [
        Outcome("departures", "People who set out on the way", "persons", "persons", True, _on_the_way),
        Outcome(
            "encounters", "Encounters at the southwest border", "encounters", "events", False, _counter("sw_encounters")
        ),
        Outcome("encounters_at_ports", "of these at ports of entry", "encounters", "events", False, _at_ports),
        Outcome("mx_events", "People stopped in Mexico", "events", "events", False, _counter("mx_events")),
        Outcome("waiting_at_border", "People waiting in US custody, mean of days", "persons", "stock", True, _waiting),
        Outcome("peak_waiting", "People waiting in US custody, on the fullest day", "persons", "stock", True, _peak),
        Outcome("releases", "People released into the country", "persons", "persons", True, _counter("releases")),
        Outcome("expulsions", "Expulsions", "expulsions", "events", True, _counter("expulsions")),
        Outcome("removals", "People removed after processing", "persons", "persons", True, _counter("removals")),
        Outcome("paroles", "People admitted with a parole", "persons", "persons", True, _sink("came_by_parole")),
        Outcome(
            "work_visas",
            "People with a further visa in place of the way",
            "persons",
            "persons",
            True,
            _sink("came_with_visa"),
        ),
        Outcome(
            "resident_change",
            "People released, let in, or who entered unseen",
            "persons",
            "persons",
            True,
            lambda run: _sink("in_the_country")(run) + _sink("entered_unseen")(run),
        ),
        Outcome(
            "mx_returns", "People returned by Mexico", "returns", "events", False, _counter("mx_returns"), human=True
        ),
        Outcome(
            "deaths", "Deaths and disappearances on the way", "persons", "persons", False, rates.deaths, human=True
        ),
        Outcome("days_stranded", "Days spent waiting in Mexico", "person-days", "days", True, _stranded, human=True),
        Outcome(
            "mx_asylum", "Requests for asylum in Mexico", "requests", "events", True, _counter("mx_asylum"), human=True
        ),
        Outcome(
            "turned_back", "People who gave up waiting in Mexico", "persons", "persons", True, _gave_up, human=True
        ),
    ]


def table_of(run: xr.Dataset, wanted: list[Outcome]) -> pd.DataFrame:
    """Return outcomes of every member, one column an outcome."""
    return pd.DataFrame({outcome.name: outcome.of(run) for outcome in wanted})


def encounters_by_month(run: xr.Dataset) -> xr.DataArray:
    """Return encounters of each member by month, (draw, time)."""
    return run["sw_encounters"].sum(["place", "nationality", "household"])


def daily_load(run: xr.Dataset) -> xr.DataArray:
    """Return people in custody of each sector by day, (draw, day, place)."""
    loads = [run["occupancy"].sel(named_queue=queue).sum(["nationality", "household"]) for queue in HOLDING.values()]
    return xr.concat([load.drop_vars("named_queue") for load in loads], pd.Index(list(HOLDING), name="place"))


def _counter(name: str) -> Callable[[xr.Dataset], Floats]:
    return lambda run: _total(run[name])


def _sink(name: str) -> Callable[[xr.Dataset], Floats]:
    return lambda run: _total(run["ended"].sel(sink=name))


def _total(array: xr.DataArray) -> Floats:
    return np.asarray(array.sum([d for d in array.dims if d != "draw"]).to_numpy(), dtype=float)


def _on_the_way(run: xr.Dataset) -> Floats:
    """Return who set out by land or air: not those who came by a visa or a parole, or stayed because of a visa rule."""
    others = sum(_sink(name)(run) for name in ("came_with_visa", "came_by_parole", "stays_home"))
    return np.asarray(_counter("set_out")(run) - others)


def _at_ports(run: xr.Dataset) -> Floats:
    return _total(run["sw_encounters"].sel(place=PORTS))


def _waiting(run: xr.Dataset) -> Floats:
    return np.asarray(daily_load(run).sum("place").mean("day").to_numpy(), dtype=float)


def _peak(run: xr.Dataset) -> Floats:
    return np.asarray(daily_load(run).sum("place").max("day").to_numpy(), dtype=float)


def _stranded(run: xr.Dataset) -> Floats:
    days = sum(_total(run["occupancy"].sel(named_queue=queue)) for queue in STRANDED)
    return np.asarray(days + WAIT_FOR_HEARING * _sink("waiting_in_mexico")(run))


def _gave_up(run: xr.Dataset) -> Floats:
    return _sink("turned_back")(run) + _sink("left_line")(run)
