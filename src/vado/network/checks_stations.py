"""Checks of what a single station, lever or place says: shares that come to one, dates in order, halves given."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from vado.network.examined import Examined
from vado.network.items import Path
from vado.network.model import Lever
from vado.network.sound import Finding
from vado.network.stations import Outcome, Queue, Route, Source
from vado.network.values import ByGroup, Dated, Number, parts

_TOLERANCE = 1e-9


def check_shares(examined: Examined) -> Iterator[Finding]:
    """Check that shares come to one on every date and for every group, or that one of them is the rest."""
    for path, station in examined.stations:
        if not isinstance(station, Outcome):
            continue
        at = (*path, "ways")
        rests = [number for number, way in enumerate(station.ways_out) if way.share == "rest"]
        for number in rests[1:]:
            yield Finding((*at, number, "share"), "a second way takes the rest", "give all ways but one a share")
        total = np.zeros((1, 1))
        for number in range(len(station.ways_out)):
            table = examined.table((*at, number, "share"))
            if table is not None:
                # A share out of range has a fault of its own.
                total = total + np.where((table >= 0) & (table <= 1), table, np.nan)
        over, under = total > 1 + _TOLERANCE, total < 1 - _TOLERANCE
        if over.any():
            most = np.max(total[over])
            what = f"the shares come to {most:.6g}{examined.where(total == most)}, over 1"
            yield Finding(at, what, "lower them until they come to 1, or give one way `share: rest`")
        elif under.any() and not rests:
            least = np.min(total[under])
            what = f"the shares come to {least:.6g}{examined.where(total == least)}, below 1"
            yield Finding(at, what, "give one way `share: rest`")


def check_route_times(examined: Examined) -> Iterator[Finding]:
    """Check that a route has either days or a length."""
    for path, station in examined.stations:
        if isinstance(station, Route) and (station.days is None) == (station.km is None):
            if station.days is None:
                yield Finding(path, "neither 'days' nor 'km' is given", "give the mean travel time, or the length")
            else:
                yield Finding((*path, "days"), "both 'days' and 'km' are given", "keep one of the two")


def check_convoys(examined: Examined) -> Iterator[Finding]:
    """Check that a convoy has people on the day on which it sets out."""
    for path, station in examined.stations:
        for number, convoy in enumerate(station.convoys if isinstance(station, Source) else ()):
            at = (*path, "convoys", number, "people")
            table = examined.table(at)
            if table is not None and examined.groups:
                day = int(np.searchsorted(examined.days, convoy.day.toordinal()))
                if not (np.round(examined.full(table)[:, day]) != 0).any():
                    yield Finding(at, f"the convoy has nobody on {convoy.day}", "give the number of people by group")


def check_giving_up(examined: Examined) -> Iterator[Finding]:
    """Check that whoever can give up has somewhere to go, and the other way round."""
    for path, station in examined.stations:
        if not isinstance(station, Queue):
            continue
        table = examined.table((*path, "give_up"))
        if station.gave_up is None:
            if table is not None and (table > 0).any():
                what = f"people give up{examined.where(table > 0)} but have nowhere to go"
                yield Finding((*path, "give_up"), what, "name the station they go to under 'gave_up'")
        elif all(isinstance(part, (ByGroup, Dated)) or part == Number(0.0) for part in parts(station.give_up)):
            mend = "give the hazard a day under 'give_up', or take 'gave_up' out"
            yield Finding((*path, "gave_up"), "nobody ever gives up here", mend)


def check_changes(examined: Examined) -> Iterator[Finding]:
    """Check that the changes of a lever stand in order."""
    for name, lever in examined.network.levers.items():
        yield from change_findings(name, lever)


def change_findings(name: str, lever: Lever) -> Iterator[Finding]:
    """Yield what is out of order in the history of a lever.

    Parameters
    ----------
    name
        The lever's name.
    lever
        The lever.
    """
    path: Path = ("levers", name, "changes")
    for number, change in enumerate(lever.changes):
        at = (*path, number)
        if change.announced and change.announced > change.effective:
            what = f"dates out of order: announced {change.announced}, after it took effect on {change.effective}"
            yield Finding((*at, "announced"), what, "put the announcement on or before the day it took effect")
        if change.ended and change.ended < change.effective:
            what = f"dates out of order: ended {change.ended}, before it took effect on {change.effective}"
            yield Finding((*at, "ended"), what, "put the end on or after the day it took effect")
    for number, (one, other) in enumerate(itertools.pairwise(lever.changes)):
        at = (*path, number + 1, "effective")
        if other.effective <= one.effective:
            what = f"dates out of order: {other.effective} stands after {one.effective}"
            yield Finding(at, what, "write the changes from early to late")
        elif one.ended and one.effective <= one.ended and one.ended >= other.effective:
            what = f"takes effect while the change before it holds until {one.ended}"
            yield Finding(at, what, "end that one the day before, or take its 'ended' out")


def check_coordinates(examined: Examined) -> Iterator[Finding]:
    """Check that a place has both coordinates or none."""
    for name, place in examined.network.places.items():
        if (place.latitude is None) != (place.longitude is None):
            given, lacking = ("latitude", "longitude") if place.longitude is None else ("longitude", "latitude")
            yield Finding(("places", name, given), f"'{given}' without '{lacking}'", f"add '{lacking}', or take it out")
