"""How many people set out, which way and when, and how large the levers are: figures of the corridor eu_routes.

The ledger holds detections by route, month and nationality. People who set out are detections, moved back by the
travel time, over the chance of being detected that the corridor's assumed numbers give. Half a year has one level for
each nationality and a year one split over the ways: months come from the season of 2009 to 2013, and the break of
March 2016, which lies inside a half-year, from the levers alone.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

YEARS = range(2009, 2020)
#: Season and dispersion are those of the years before the wave.
CALM_YEARS = 5

#: Way of the choice → route of the ledger.
WAYS = {
    "east": "frontex_eastern_mediterranean_route",
    "central": "frontex_central_mediterranean_route",
    "west": "frontex_western_mediterranean_route",
    "atlantic": "frontex_western_african_route",
    "eastern_borders": "frontex_eastern_borders_route",
    "albania": "frontex_circular_route_from_albania_to_greece",
    "balkans": "frontex_western_balkan_route",
}
#: Way → the parameter for its length over land and the place where that ends; other ways are given in days.
COASTS = {
    "east": ("km_to_turkiye", "turkish_coast"),
    "central": ("km_to_libya", "libyan_coast"),
    "west": ("km_to_morocco", "moroccan_coast"),
    "atlantic": ("km_to_atlantic", "atlantic_coast"),
    "eastern_borders": ("km_to_eastern_border", "eastern_border"),
}
#: Nationals of the Western Balkans are detected there without having been detected in Greece.
BALKAN_NATIONALS = ("ALB", "XKX", "SRB", "BIH", "MKD", "MNE", "HRV")
#: Nationalities that share one season.
REGIONS = {
    "east": ("SYR", "AFG", "IRQ", "PAK", "IRN", "BGD", "PSE"),
    "horn": ("SOM", "ERI", "SDN"),
    "west_africa": ("NGA", "MLI", "GIN", "GMB", "CIV"),
    "maghreb": ("MAR", "DZA", "TUN"),
    "balkans": ("ALB",),
    "other": ("OTH",),
}
#: A nationality takes a way if that is this share of its own detections, or this share of the way's.
OWN_SHARE, WAY_SHARE = 0.01, 0.02
#: Roads over great circles, and the way of those whose country is not known [km].
DETOUR, UNKNOWN_KM = 1.3, 3000

Series = npt.NDArray[np.float64]

MONTHS = pd.period_range("2009-01", "2019-12", freq="M")
DAYS = pd.date_range("2009-01-01", "2019-12-31", freq="D")
MONTH_OF_DAY = np.asarray((DAYS.year - YEARS[0]) * 12 + DAYS.month - 1)
MONTH_LENGTHS = np.bincount(MONTH_OF_DAY)
HALF_YEARS = [dt.date(year, month, 1) for year in YEARS for month in (1, 7)]
HALF_YEAR_OF_DAY = MONTH_OF_DAY // 6


class Detections:
    """Monthly detections of the ledger by the ways of the corridor, each ``float64[month]``.

    Parameters
    ----------
    rows
        Observations of ``irregular_border_detections_eu``.
    nationalities
        Those that the corridor tells apart; all others, the source's own "other" included, are ``OTH``.
    """

    def __init__(self, rows: pd.DataFrame, nationalities: Sequence[str]) -> None:
        named = rows["nationality"].isin(nationalities)
        rows = rows.assign(
            month=pd.PeriodIndex(rows["period_start"], freq="M"), group=rows["nationality"].where(named, "OTH")
        )
        east = rows[rows["place"] == WAYS["east"]]
        by_land = east["attributes"].str.contains("land")
        self.sea, self.land = _monthly(east[~by_land]), _monthly(east[by_land])
        self.sea_by_group = {name: _monthly(east[~by_land & (east["group"] == name)]) for name in nationalities}
        balkan_way, balkan = rows["place"] == WAYS["balkans"], rows["nationality"].isin(BALKAN_NATIONALS)
        self.onward = _monthly(rows[balkan_way & ~balkan])
        direct = rows[~balkan_way | balkan]
        self.all_ways = {name: _monthly(direct[direct["group"] == name]) for name in nationalities}
        self.by_way = {way: self._taken(direct[direct["place"] == place]) for way, place in WAYS.items()}

    def _taken(self, rows: pd.DataFrame) -> dict[str, Series]:
        counts = {name: _monthly(rows[rows["group"] == name]) for name in self.all_ways}
        enough = WAY_SHARE * rows["value"].sum()
        return {
            name: series
            for name, series in counts.items()
            if series.sum() >= min(enough, OWN_SHARE * self.all_ways[name].sum())
        }

    @staticmethod
    def total(series: Series, start: str, end: str) -> float:
        """Return the sum over the months from start to end."""
        return float(series[MONTHS.isin(pd.period_range(start, end, freq="M"))].sum())


class Derivation:
    """Derives the corridor's figures.

    Parameters
    ----------
    detections
        What was detected.
    given
        The hand-written YAML.
    returned, returned_until
        People returned under the statement until a day, as published.
    """

    def __init__(
        self, detections: Detections, given: Mapping[str, Any], returned: int, returned_until: dt.date
    ) -> None:
        self.seen = detections
        self.places: Mapping[str, Any] = given["places"]
        self.number: dict[str, float] = {name: entry["value"] for name, entry in given["parameters"].items()}
        self.closure_day: dt.date = given["levers"]["balkans.closure"]["changes"][0]["effective"]
        self.statement_day: dt.date = given["levers"]["eu_turkiye.statement"]["changes"][0]["effective"]
        self.returned, self.returned_until = returned, returned_until
        self.region = {name: region for region, names in REGIONS.items() for name in names}
        self.season = {region: self._season(names) for region, names in REGIONS.items()}

    def _season(self, names: Iterable[str]) -> Series:
        """Return twelve factors on a month's detections: the median share of the month in the calm years."""
        counts = np.sum([self.seen.all_ways[name] for name in names], axis=0)
        years = counts[: 12 * CALM_YEARS].reshape(CALM_YEARS, 12)
        shares = np.median(years / years.sum(axis=1, keepdims=True), axis=0)
        return np.asarray(shares / shares.mean())

    def season_of_departure(self, name: str) -> Series:
        """Return the season of a nationality's detections, moved back by the time it travels."""
        totals = {way: series[name].sum() for way, series in self.seen.by_way.items() if name in series}
        lag = self.lag(name, max(totals, key=lambda way: totals[way]))
        year = pd.date_range("2009-01-01", "2009-12-31", freq="D")
        moved = self.season[self.region[name]][np.asarray((year + pd.Timedelta(days=lag)).month) - 1]
        months = np.bincount(np.asarray(year.month) - 1, weights=moved) / np.bincount(np.asarray(year.month) - 1)
        return np.asarray(np.round(months / months.mean(), 2))

    def km(self, name: str, place: str) -> int:
        """Return the length of the way from a country's capital to a place, to full 100 [km]."""
        if name not in self.places:
            return UNKNOWN_KM
        return max(100, round(DETOUR * great_circle(self.places[name], self.places[place]) / 100) * 100)

    def lag(self, name: str, way: str) -> int:
        """Return the mean time from setting out to detection [days]."""
        number = self.number
        days = {
            "east": number["aegean_days"] + self._waits("turkiye"),
            "central": number["central_days"] + self._waits("libya"),
            "west": number["western_days"] + self._waits("morocco"),
            "atlantic": number["atlantic_days"],
            "albania": number["albania_days"],
            "balkans": number["balkan_direct_days"],
        }.get(way, 0.0)
        if way in COASTS:
            days += self.km(name, COASTS[way][1]) / number["overland_speed"]
        return round(days)

    def _waits(self, coast: str) -> float:
        """Return the mean time that repeat attempts take for those who pass [days]."""
        repeated = self.number[f"{coast}_stop"] * self.number["tries_again"]
        return repeated / (1 - repeated) * self.number[f"days_until_next_attempt_{coast}"]

    def _passes(self, coast: str) -> float:
        """Return the probability of ever getting past a coast."""
        stop = self.number[f"{coast}_stop"]
        return (1 - stop) / (1 - stop * self.number["tries_again"])

    def detected(self, name: str, way: str) -> Series:
        """Return detections for each person who sets out, by day of detection, ``float64[day]``."""
        if way == "east":
            by_sea = np.repeat(self.by_sea.get(name, self.by_sea["other"]), 12)[MONTH_OF_DAY]
            return np.asarray(by_sea * self.detected_at_sea + (1 - by_sea) * self.detected_on_land)
        at_albania = self.number["detected_albania"]
        constant = {
            "central": self.number["detected"] * self._passes("libya"),
            "west": self.number["detected"] * self._passes("morocco"),
            "albania": at_albania / (1 - at_albania * self.number["goes_to_greece_again"]),
        }
        return np.full(len(DAYS), constant.get(way, self.number["detected"]))

    @cached_property
    def detected_at_sea(self) -> Series:
        """Detections on the Aegean for each person ready to cross it, by day, ``float64[day]``."""
        closure, statement = self.fall_of_march
        stay = (1 - fading_on_days(closure, self.closure_day)) * (1 - fading_on_days(statement, self.statement_day))
        return np.asarray(self.number["detected"] * self._passes("turkiye") * stay)

    @property
    def detected_on_land(self) -> float:
        """Detections at the land border of Türkiye and Greece for each person who takes that way."""
        return self.number["detected"]

    @cached_property
    def fall_of_march(self) -> tuple[float, float]:
        """Shares of those ready to cross the Aegean who stay because of the closure and because of the statement."""
        season = self.season["east"]

        def daily(*months: str) -> float:
            here = MONTHS.isin(pd.PeriodIndex(months, freq="M"))
            return float(self.seen.sea[here].sum() / (np.tile(season, len(YEARS)) * MONTH_LENGTHS)[here].sum())

        before, after = daily("2016-01", "2016-02"), daily("2016-04", "2016-05", "2016-06")
        first = (self.closure_day - dt.date(2016, 3, 1)).days
        second = (self.statement_day - self.closure_day).days
        third = 31 - first - second
        between = (31 * daily("2016-03") - first * before - third * after) / second
        return 1 - between / before, 1 - after / between

    @cached_property
    def statement_range(self) -> tuple[float, float]:
        """Low: the wave would have ended anyway. High: all of the fall of March 2016 is the statement's."""
        after = self.seen.total(self.seen.sea, "2016-04", "2017-03")
        low = 1 - after / self.seen.total(self.seen.sea, "2014-04", "2015-03")
        closure, statement = self.fall_of_march
        return low, 1 - (1 - closure) * (1 - statement)

    def _goes_on(self, start: str, end: str) -> float:
        """Return detections in the Balkans of people from elsewhere, for each detection in Greece."""
        east = self.seen.total(self.seen.sea + self.seen.land, start, end)
        return self.seen.total(self.seen.onward, start, end) / east

    @cached_property
    def closure_stop(self) -> tuple[float, float, float]:
        """Probability that an attempt to go north is stopped, and its range over single years."""
        before, again = self._goes_on("2015-03", "2016-02"), self.number["tries_balkans_again"]

        def stop(start: str, end: str) -> float:
            passes = min(1.0, self._goes_on(start, end) / before)
            return (1 - passes) / (1 - passes * again)

        years = [stop("2016-04", "2016-12"), *(stop(f"{year}-01", f"{year}-12") for year in (2017, 2018, 2019))]
        return stop("2016-04", "2019-12"), min(years), max(years)

    @cached_property
    def onward_share(self) -> dict[dt.date, float]:
        """Share of those in Greece who go on; from 2015 on what it was in the year before the closure."""
        calm = {dt.date(year, 1, 1): self._goes_on(f"{year}-01", f"{year}-12") for year in range(2009, 2015)}
        shares = calm | {dt.date(2015, 1, 1): self._goes_on("2015-03", "2016-02")}
        return {date: min(1.0, share / self.number["detected"]) for date, share in shares.items()}

    @cached_property
    def by_sea(self) -> dict[str, Series]:
        """Share of those in Türkiye ready to cross by sea, for the larger nationalities and all, ``float64[year]``."""
        season = self.season["east"][MONTH_OF_DAY % 12]
        chances = [
            np.bincount(MONTH_OF_DAY // 12, season * each) for each in (self.detected_at_sea, self.detected_on_land)
        ]

        def share(sea: Series, land: Series) -> Series:
            by_sea, by_land = (
                count.reshape(-1, 12).sum(axis=1) / chance for count, chance in zip((sea, land), chances, strict=True)
            )
            return np.asarray(by_sea / (by_sea + by_land))

        enough = OWN_SHARE * (self.seen.sea + self.seen.land).sum()
        large = {name: east for name, east in self.seen.by_way["east"].items() if east.sum() >= enough}
        shares = {
            name: share(self.seen.sea_by_group[name], east - self.seen.sea_by_group[name])
            for name, east in large.items()
        }
        return shares | {"other": share(self.seen.sea, self.seen.land)}

    def level(self, name: str, way: str) -> Series:
        """Return people who set out on a way before the season's factor, ``float64[half-year]`` [persons/month]."""
        lag = self.lag(name, way)
        daily = (self.seen.by_way[way][name] / MONTH_LENGTHS)[MONTH_OF_DAY]
        unit = self.season_of_departure(name)[MONTH_OF_DAY % 12] / MONTH_LENGTHS[MONTH_OF_DAY]
        until = len(DAYS) - lag
        set_out = HALF_YEAR_OF_DAY[:until]
        detected = np.bincount(set_out, daily[lag:], len(HALF_YEARS))
        expected = np.bincount(set_out, unit[:until] * self.detected(name, way)[lag:], len(HALF_YEARS))
        return np.asarray(detected / expected)

    @cached_property
    def levels(self) -> dict[str, dict[str, Series]]:
        """Nationality → way → :meth:`level`."""
        ways = self.seen.by_way
        return {n: {w: self.level(n, w) for w, series in ways.items() if n in series} for n in self.seen.all_ways}

    def shares(self, name: str, way: str) -> dict[dt.date, float]:
        """Return the way's share of those who set out, by year; of ``OTH``, whose make-up shifts, by half-year."""
        together = 1 if name == "OTH" else 2
        sums = {w: level.reshape(-1, together).sum(axis=1) for w, level in self.levels[name].items()}
        shares = sums[way] / np.sum(list(sums.values()), axis=0)
        return dict(zip(HALF_YEARS[::together], shares.tolist(), strict=True))

    @cached_property
    def dispersion(self) -> Series:
        """Quartiles over nationalities of the variance of a month around level x season, beyond Poisson."""
        found = []
        for name, counts in self.seen.all_ways.items():
            halves = counts[: 12 * CALM_YEARS].reshape(-1, 6)
            season = np.tile(self.season[self.region[name]].reshape(2, 6), (CALM_YEARS, 1))
            expected = halves.sum(axis=1, keepdims=True) * season / season.sum(axis=1, keepdims=True)
            excess = (halves - expected) ** 2 * 6 / 5 - expected
            found.append(max(0.0, excess.sum() / (expected**2).sum()))
        return np.asarray(np.quantile(found, [0.25, 0.5, 0.75]))


def _monthly(rows: pd.DataFrame) -> Series:
    return rows.groupby("month")["value"].sum().reindex(MONTHS, fill_value=0.0).to_numpy(dtype=np.float64)


def fading(share: float, years: float) -> float:
    """Return a share whose logarithm of what passes halves every year.

    >>> round(fading(0.75, 1.0), 6)
    0.5
    """
    return 1 - math.exp(math.log(1 - share) * 0.5**years)


def fading_dates(share: float, start: dt.date) -> dict[dt.date, float]:
    """Return the share on the start's day of each year until 2020."""
    return {start.replace(year=year): fading(share, year - start.year) for year in range(start.year, 2021)}


def fading_on_days(share: float, start: dt.date) -> Series:
    """Return the share on each day, 0 before it begins, straight lines between its dates, ``float64[day]``."""
    dates = fading_dates(share, start)
    ordinals = np.array([day.toordinal() for day in DAYS])
    lines = np.interp(ordinals, [date.toordinal() for date in dates], list(dates.values()))
    return np.where(ordinals >= start.toordinal(), lines, 0.0)


def great_circle(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return the distance between two places with latitude and longitude in degrees [km].

    >>> round(great_circle({"latitude": 0, "longitude": 0}, {"latitude": 0, "longitude": 90}))
    10008
    """
    here, there = math.radians(one["latitude"]), math.radians(other["latitude"])
    east = math.radians(other["longitude"] - one["longitude"])
    haversine = math.sin((there - here) / 2) ** 2 + math.cos(here) * math.cos(there) * math.sin(east / 2) ** 2
    return 2 * 6371.0 * math.asin(math.sqrt(haversine))
