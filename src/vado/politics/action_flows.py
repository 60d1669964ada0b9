"""What the corridor gives for each action: the engine's ensemble on common random draws, and small examples.

Each of Mexico's factors is run under each posture of the United States with the same members and the same keyed random
numbers, so that a difference between two actions is the work of the levers alone. Central Americans and people from
farther on move through the corridor apart but for the lines they share, so both factors are moved together in a run and
the groups are put together afterwards. Work visas are run once and taken as linear in the logarithm of a group's
encounters; investment acts on departures by the corridor's own assumed draw. Between factors the logarithm of every
count is interpolated along the logarithm of the factor.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from vado.errors import BadValueError
from vado.forecast.archive import Archive
from vado.forecast.evidence import open_default
from vado.forecast.fit import store
from vado.ledger.codes import PORTS
from vado.ledger.dates import Day, day
from vado.policy.compare import unsure
from vado.policy.deaths import STRETCHES, DeathRates, death_rates
from vado.policy.outcomes import STRANDED, WAIT_FOR_HEARING
from vado.policy.projection import CORRIDOR, project
from vado.politics.actions import GROUPS, POSTURES, Posture, regulation_levers

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

Array = NDArray[np.float64]

#: Raised when what is run changes, so that older stored runs no longer count.
VERSION = 1

#: Runs that ship, by digest: those of the default day and of the day that the project began with.
SHIPPED = Path(__file__).with_name("action_flows")

#: Factors that the engine is run with; at the last, people who arrive by air need a visa.
FACTORS = (0.3, 1.0, 1.6, 2.5)
#: Further work visas of the one run with them [1/year].
VISAS_RUN = 100_000.0
#: Part of a share stopped and its factor that stays below one.
MOST_STOPPED = 0.98

#: What is counted, all by the month.
COUNTS: Mapping[str, str] = {
    "encounters": "encounters at the southwest border [events/month]",
    "stopped": "people stopped in Mexico [events/month]",
    "returned": "people returned by Mexico [returns/month]",
    "waiting": "days spent waiting in Mexico [person-days/month]",
    "expelled": "expulsions, to Mexico or home [events/month]",
    "deaths": "deaths and disappearances on the way, recorded ones [persons/month]",
}


@dataclass(frozen=True)
class ActionFlows:
    """Counts a month by Mexico's factor and US posture.

    Parameters
    ----------
    factors
        On the share stopped, rising, shape (F,).
    postures
        Names, P of them.
    counts
        Name of :data:`COUNTS` → shape (F, P, member, group); groups are those of :data:`GROUPS`.
    visas_effect
        Change of log encounters for 100,000 further visas a year, shape (member, group).
    money_effect
        Change of log encounters for a billion USD a year, shape (member,).
    source_id
        What the counts rest on.
    note
        Where they come from.
    """

    factors: tuple[float, ...]
    postures: tuple[str, ...]
    counts: Mapping[str, Array]
    visas_effect: Array
    money_effect: Array
    source_id: str
    note: str

    @property
    def members(self) -> int:
        """Size of the ensemble."""
        return int(self.money_effect.shape[0])

    @property
    def load(self) -> float:
        """Mean encounters a month with everything as now."""
        return float(self.counts["encounters"][self.factors.index(1.0), 0].sum(axis=-1).mean())

    def at(self, factors: Sequence[float]) -> ActionFlows:
        """Return the flows at other factors, interpolated in logarithms; outside the range they stay at its ends."""
        known, wanted = np.log(self.factors), np.log(np.asarray(factors, dtype=float))
        upper = np.clip(np.searchsorted(known, wanted), 1, len(known) - 1)
        part = np.clip((wanted - known[upper - 1]) / (known[upper] - known[upper - 1]), 0, 1)[:, None, None, None]
        made = {}
        for name, counts in self.counts.items():
            logs = np.log1p(counts)
            made[name] = np.expm1((1 - part) * logs[upper - 1] + part * logs[upper])
        return replace(self, factors=tuple(float(one) for one in factors), counts=made)

    def with_postures(self, names: Sequence[str]) -> ActionFlows:
        """Return the flows of some postures in another order."""
        chosen = [self.postures.index(name) for name in names]
        return replace(
            self, postures=tuple(names), counts={name: counts[:, chosen] for name, counts in self.counts.items()}
        )


def action_flows(
    ledger: Ledger | None = None,
    *,
    as_of: Day,
    months: int = 6,
    members: int = 40,
    seed: int = 1,
    cache: bool = True,
    progress: Callable[[str], None] | None = None,
) -> ActionFlows:
    """Return what the corridor gives for each action from a day on.

    Parameters
    ----------
    ledger
        Default: the ledger that ships.
    as_of
        The day whose knowledge is used.
    months
        Months ahead over which counts are averaged.
    members
        Courses that the corridor may take.
    seed
        Of members and random numbers.
    cache
        Whether runs are kept, and those kept or shipped are used where nothing that they are made from differs.
    progress
        Called with a line before each run.
    """
    ledger = open_default(ledger)
    seen = day(as_of, "as_of")
    name = f"actions-{digest(ledger, seen, months, members, seed)}.npz"
    path = store.folder() / name
    for kept in (SHIPPED / name, path):
        if cache and kept.exists():
            return _read(kept)
    made = _run(ledger, seen, months, members, seed, cache, progress or (lambda line: None))
    if cache:
        keep(made, path)
    return made


def stylised(
    encounters: Sequence[float],
    stopped: Sequence[float],
    *,
    factors: Sequence[float] = FACTORS,
    postures: Sequence[str] = (POSTURES[0].name,),
    posture_effect: Sequence[float] | None = None,
    returned: float = 0.5,
    expelled: float = 0.0,
    deaths: float = 0.0,
    waiting: float | Sequence[float] = 0.0,
    visas_effect: float = 0.0,
    money_effect: float = 0.0,
    source_id: str = "",
) -> ActionFlows:
    """Return flows from counts of one month alone: who is not stopped is encountered, and nobody tries again.

    With a share stopped ``s``, now, and a factor ``f`` on it encounters are ``(1 - f s) / (1 - s)`` times those of now.

    Parameters
    ----------
    encounters, stopped
        Of a month, one a group of :data:`GROUPS` [events/month].
    factors, postures
        Of the result.
    posture_effect
        Change of log encounters under each posture; none by default.
    returned, expelled, deaths, waiting
        Returns for each person stopped; expulsions, recorded deaths and days of waiting in Mexico for each encounter,
        the last also one a posture.
    visas_effect, money_effect
        As of :class:`ActionFlows`, for all groups.
    source_id
        What the counts rest on.
    """
    met, held = np.asarray(encounters, dtype=float), np.asarray(stopped, dtype=float)
    if met.shape != (len(GROUPS),) or held.shape != met.shape or (met < 0).any() or (held < 0).any():
        raise BadValueError(f"give one count from 0 on for each of {', '.join(GROUPS)}")
    share = np.divide(held, met + held, out=np.zeros_like(met), where=met + held > 0)
    moved = np.minimum(np.asarray(factors, dtype=float)[:, None] * share, MOST_STOPPED)
    passing = met * (1 - moved) / (1 - share)
    effect = np.exp(np.zeros(len(postures)) if posture_effect is None else np.asarray(posture_effect, dtype=float))
    shape = (len(factors), len(postures), 1, len(GROUPS))
    through = (passing[:, None, :] * effect[None, :, None]).reshape(shape)
    caught = np.broadcast_to(((met + held) * moved)[:, None, None, :], shape)
    counts = {
        "encounters": through,
        "stopped": np.array(caught),
        "returned": returned * caught,
        "waiting": np.broadcast_to(np.asarray(waiting, dtype=float), (len(postures),))[None, :, None, None] * through,
        "expelled": expelled * through,
        "deaths": deaths * through,
    }
    return ActionFlows(
        tuple(float(f) for f in factors),
        tuple(postures),
        counts,
        np.full((1, len(GROUPS)), visas_effect),
        np.full(1, money_effect),
        source_id,
        "from the counts of one month, without the engine",
    )


def _run(
    ledger: Ledger,
    seen: Any,
    months: int,
    members: int,
    seed: int,
    cache: bool,
    tell: Callable[[str], None],
) -> ActionFlows:
    tell("Fitting the corridor to what is known ...")
    projection = project(ledger, as_of=seen, months=months, members=members, seed=seed, cache=cache, progress=tell)
    parameters = unsure(projection)
    rates = death_rates(Archive.of(ledger), projection.knowledge.as_of, members, seed)

    def counted(levers: Mapping[str, Any]) -> dict[str, Array]:
        changes = {
            name: [{"effective": projection.start, "value": value, "note": ""}] for name, value in levers.items()
        }
        return _counts(projection.run(changes, daily=STRANDED, parameters=parameters), rates, months)

    runs: list[list[dict[str, Array]]] = []
    for factor in FACTORS:
        runs.append([])
        for posture in POSTURES:
            tell(f"Mexico's factor {factor:g}, posture {posture.title} ...")
            rule = factor == FACTORS[-1]
            levers = {} if factor == 1.0 else regulation_levers(factor, factor, rule)
            runs[-1].append(counted({**levers, **posture.levers}))
    tell(f"{VISAS_RUN:,.0f} further work visas ...")
    visas = counted({"us.work_visas": VISAS_RUN})["encounters"]
    now = runs[FACTORS.index(1.0)][0]["encounters"]
    return ActionFlows(
        factors=FACTORS,
        postures=tuple(posture.name for posture in POSTURES),
        counts={name: np.array([[run[name] for run in row] for row in runs]) for name in COUNTS},
        visas_effect=np.log1p(visas) - np.log1p(now),
        money_effect=np.asarray(parameters["investment_effect"], dtype=float),
        source_id=";".join(sorted({*projection.fitted.observed.source_ids.split(";"), *_ids(rates)})),
        note=f"{members} members over {months} months from {projection.start}",
    )


def _ids(rates: DeathRates) -> set[str]:
    return {one for cell in rates.table["source_id"] for one in cell.split(";")}


def _counts(run: xr.Dataset, rates: DeathRates, months: int) -> dict[str, Array]:
    """Return counts a month of a run, each of shape (member, group)."""
    occupied = sum(_by_nationality(run["occupancy"].sel(named_queue=queue)) for queue in STRANDED)
    sent = _by_nationality(run["ended"].sel(sink="waiting_in_mexico"))
    deaths = xr.zeros_like(_by_nationality(run["sw_encounters"]), dtype=float)
    for stretch in STRETCHES:
        counts = run[stretch.counter].drop_sel(place=PORTS) if stretch.between_ports else run[stretch.counter]
        passed = _by_nationality(counts)
        rate = xr.DataArray(rates.rates[stretch.name], {"draw": passed["draw"]}, ("draw",))
        deaths = deaths + rate * passed.where(~passed["nationality"].isin(list(stretch.without)), 0)
    found = {
        "encounters": _by_nationality(run["sw_encounters"]),
        "stopped": _by_nationality(run["mx_events"]),
        "returned": _by_nationality(run["mx_returns"]),
        "waiting": occupied + WAIT_FOR_HEARING * sent,
        "expelled": _by_nationality(run["expulsions"]),
        "deaths": deaths,
    }
    return {name: _by_group(array) / months for name, array in found.items()}


def _by_nationality(array: xr.DataArray) -> xr.DataArray:
    return array.sum([d for d in array.dims if d not in ("draw", "nationality")])


def _by_group(array: xr.DataArray) -> Array:
    parts = [array.sel(nationality=list(codes)).sum("nationality").transpose("draw") for codes in GROUPS.values()]
    return np.stack([np.asarray(part.to_numpy(), dtype=float) for part in parts], axis=-1)


def digest(ledger: Ledger, seen: Any, months: int, members: int, seed: int) -> str:
    """Return the name of everything that runs are made from."""
    made_from = hashlib.sha256(f"{VERSION} {store.VERSION} {ledger.content_hash}".encode())
    settings = [str(seen), months, members, seed, FACTORS, VISAS_RUN, dict(GROUPS)]
    actions = [_plain(posture) for posture in POSTURES]
    made_from.update(json.dumps([settings, actions], sort_keys=True).encode())
    corridor = Path(str(files("vado.corridors"))) / CORRIDOR
    for path in sorted(corridor.glob("*.yaml")):
        made_from.update(path.read_bytes())
    return made_from.hexdigest()[:20]


def _plain(posture: Posture) -> dict[str, Any]:
    return {**asdict(posture), "levers": dict(posture.levers)}


def keep(made: ActionFlows, path: Path) -> None:
    """Write flows; an earlier file is replaced when the new one is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.tmp")
    with partial.open("wb") as file:
        np.savez_compressed(
            file,
            allow_pickle=False,
            **{f"count_{name}": counts for name, counts in made.counts.items()},
            **{f.name: np.asarray(getattr(made, f.name)) for f in fields(made) if f.name != "counts"},
        )
    partial.replace(path)


def _read(path: Path) -> ActionFlows:
    with np.load(path) as arrays:
        return ActionFlows(
            factors=tuple(arrays["factors"].tolist()),
            postures=tuple(arrays["postures"].tolist()),
            counts={name: arrays[f"count_{name}"] for name in COUNTS},
            visas_effect=arrays["visas_effect"],
            money_effect=arrays["money_effect"],
            source_id=str(arrays["source_id"]),
            note=str(arrays["note"]),
        )
