"""How time and memory grow with places, groups and days, and what a model of the world would need.

The time of a member is fitted by a power of each size, least squares on logarithms. The arrays of a run are linear in
places times groups, with a part that also grows with the days; two lengths of run tell the parts apart.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from vado.doctor.corridor import MONTHLY, corridor_of
from vado.doctor.figure import Figure
from vado.doctor.member import medians, prepare, run_one, size_of

#: Sizes that are run, each with the other two at the base.
SIZES: Mapping[str, tuple[int, ...]] = {
    "places": (60, 600, 6000),
    "groups": (12, 39, 120),
    "days": (180, 720, 2880),
}
SMALL: Mapping[str, tuple[int, ...]] = {"places": (60, 240), "groups": (12, 39), "days": (60, 180)}
BASE: Mapping[str, int] = {"places": 60, "groups": 39, "days": 180}


@dataclass(frozen=True)
class Run:
    """One size that was run.

    Parameters
    ----------
    places, groups, days
        The size.
    seconds
        Time of a member.
    plan, state, record
        Bytes of the arrays: shared by all members of a process; of each member that runs; kept of each member.
    """

    places: int
    groups: int
    days: int
    seconds: float
    plan: int
    state: int
    record: int


def exponents(repetitions: int, *, small: bool = False) -> tuple[dict[str, Figure], list[Run]]:
    """Return the powers of places, groups and days that the time of a member grows with, and the runs.

    Parameters
    ----------
    repetitions
        Runs of each size, in turn, of which the median counts.
    small
        Whether to run small sizes only.
    """
    figures, runs = {}, []
    for name, values in (SMALL if small else SIZES).items():
        found = _run([{**BASE, name: value} for value in values], repetitions)
        power = float(np.polyfit(np.log(values), np.log([each.seconds for each in found]), 1)[0])
        others = " and ".join(f"{size} {other}" for other, size in BASE.items() if other != name)
        figures[f"power_of_{name}"] = Figure(
            power,
            None,
            "power",
            f"slope of the logarithm of the time of a member over that of {name} "
            f"({', '.join(f'{value:,}' for value in values)}), with {others}",
        )
        runs += found
    return figures, runs


def _run(sizes: list[dict[str, int]], repetitions: int) -> list[Run]:
    """Run all sizes in turn; people grow with the places, so that a place has as many as ever."""
    compiled = []
    for size in sizes:
        monthly = MONTHLY * size["places"] / BASE["places"]
        compiled.append(prepare(corridor_of(size["places"], size["groups"], monthly), size["days"]))
    seconds = medians({str(index): partial(run_one, each) for index, each in enumerate(compiled)}, repetitions)
    return [
        Run(
            **size,
            seconds=seconds[str(index)],
            plan=size_of(each.plan),
            state=size_of(each.state(False)),
            record=size_of(each.record(1, False)),
        )
        for index, (size, each) in enumerate(zip(sizes, compiled, strict=True))
    ]


@dataclass(frozen=True)
class Need:
    """What a system of some size needs, as in :class:`Run`; ``base`` are the seconds of the base it grew from."""

    base: float
    seconds: float
    plan: float
    state: float
    record: float


def extrapolate(figures: Mapping[str, Figure], runs: list[Run], *, places: int, groups: int, days: int) -> Need:
    """Return what a member of a larger system would need, by the measured powers and linear arrays.

    Parameters
    ----------
    figures, runs
        As :func:`exponents` returns them.
    places, groups, days
        The size of the system.
    """
    bases = [run for run in runs if (run.places, run.groups, run.days) == tuple(BASE.values())]
    base, taken = bases[0], statistics.median(run.seconds for run in bases)
    seconds = taken
    for name, size in {"places": places, "groups": groups, "days": days}.items():
        power = figures[f"power_of_{name}"].value
        assert power is not None
        seconds *= (size / BASE[name]) ** power
    lengths = sorted(
        (run for run in runs if (run.places, run.groups) == (base.places, base.groups)), key=lambda run: run.days
    )
    shortest, longest = lengths[0], lengths[-1]

    def grown(part: str) -> float:
        one, other = getattr(shortest, part), getattr(longest, part)
        a_day = (other - one) / (longest.days - shortest.days)
        return float((one + a_day * (days - shortest.days)) * (places / base.places) * (groups / base.groups))

    return Need(taken, seconds, grown("plan"), grown("state"), grown("record"))
