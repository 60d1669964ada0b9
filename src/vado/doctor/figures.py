"""Is the engine as fast as it should be? Figures that are ratios of times within one run, each with its bar.

A figure says what was divided by what. Where something it needs is missing it has no value and says how to get it.
"""

from __future__ import annotations

import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from vado.doctor.comparisons import comparisons
from vado.doctor.corridor import corridor_of
from vado.doctor.figure import Figure
from vado.doctor.member import medians, prepare, run_one
from vado.doctor.record import record
from vado.doctor.replay import fastest, replays
from vado.doctor.scaling import Run, exponents
from vado.engine.ensemble import run_members

#: Told what is being measured.
Say = Callable[[str], None]

#: People over 24 months that a network is run with; the figures compare with the third.
PEOPLE = (10**2, 10**4, 10**6, 10**8)


@dataclass(frozen=True)
class Size:
    """How much is run for a figure.

    Parameters
    ----------
    days
        Length of the runs that are timed.
    repetitions
        Runs of each, of which the median counts.
    members
        Members of the large ensemble.
    """

    days: int
    repetitions: int
    members: int


FULL = Size(days=730, repetitions=7, members=1000)
QUICK = Size(days=90, repetitions=3, members=40)


def measure(size: Size = FULL, say: Say = lambda _: None, runs: list[Run] | None = None) -> dict[str, Figure]:
    """Measure all figures and return them by name.

    Parameters
    ----------
    size
        How much is run.
    say
        Told what is being measured.
    runs
        Takes the runs behind the powers of growth.
    """

    def of_growth(size: Size) -> dict[str, Figure]:
        powers, found = exponents(size.repetitions, small=size is not FULL)
        if runs is not None:
            runs.extend(found)
        return powers

    figures: dict[str, Figure] = {}
    parts: tuple[tuple[str, Callable[[Size], Mapping[str, Figure]]], ...] = (
        ("the draws of a member", of_draws),
        ("more and fewer people", of_people),
        ("one and two threads", of_threads),
        ("a large ensemble", of_ensemble),
        ("the start", of_start),
        ("models of single persons", lambda each: comparisons(each.repetitions)),
        ("larger systems", of_growth),
    )
    for what, part in parts:
        say(f"measuring {what} ...")
        figures.update(part(size))
    return figures


def of_draws(size: Size) -> dict[str, Figure]:
    """Return the time of a member over that of its own draws."""
    network = corridor_of()
    draws = record(network, size.days)
    compiled = prepare(network, size.days)
    seconds = medians({"member": partial(run_one, compiled), **replays(draws)}, size.repetitions)
    member = seconds.pop("member")
    best = fastest(seconds)
    made = ", ".join(f"{count:,} {kind} ({best[kind][0]})" for kind, count in draws.numbers().items() if kind in best)
    how = (
        f"one member of the corridor of 60 places over {size.days} days, divided by its draws alone, each kind with "
        f"the fastest of the samplers tried: {made}"
    )
    return {"member_over_draws": Figure(member / sum(each for _, each in best.values()), 3.0, "times", how)}


def of_people(size: Size) -> dict[str, Figure]:
    """Return the time of a member with more and fewer people over that with a million."""
    figures = {}
    for name, title, places, groups, everywhere in (
        ("people", "the corridor of 60 places", 60, 39, False),
        ("compact_people", "a corridor of 6 places on which every group sets out everywhere", 6, 6, True),
    ):
        compiled = {
            people: prepare(corridor_of(places, groups, people / 24, everywhere=everywhere), size.days)
            for people in PEOPLE
        }
        seconds = medians({str(people): partial(run_one, each) for people, each in compiled.items()}, size.repetitions)
        for people in PEOPLE:
            if people != 10**6:
                power = round(math.log10(people))
                figures[f"{name}_1e{power}_over_1e6"] = Figure(
                    seconds[str(people)] / seconds[str(10**6)],
                    1.5 if people > 10**6 else None,
                    "times",
                    f"one member of {title} over {size.days} days with 10^{power} people in 24 months, divided by the "
                    "same with 10^6",
                )
    return figures


def of_threads(size: Size) -> dict[str, Figure]:
    """Return how much faster two threads are than one."""
    how = "eight members of the corridor of 60 places on one thread, divided by the same on two"
    if (os.cpu_count() or 1) < 2:
        return {"two_threads": Figure(None, 1.7, "times", "needs a second core", at_least=True)}
    compiled = prepare(corridor_of(), size.days)
    seconds = medians(
        {str(threads): partial(run_members, compiled, 1, range(8), False, threads) for threads in (1, 2)},
        size.repetitions,
    )
    return {"two_threads": Figure(seconds["1"] / seconds["2"], 1.7, "times", how, at_least=True)}


def of_ensemble(size: Size) -> dict[str, Figure]:
    """Return time and memory of a large ensemble, measured in a process of its own."""
    child("ensemble", 1)
    full = child("ensemble", size.members)
    seconds, peak = full["seconds"], full["bytes"]
    what = f"the corridor of 60 places, 24 months by day, {FULL.members:,} members on two threads"
    if size.members < FULL.members:
        fewer = size.members // 4
        few = child("ensemble", fewer)
        scale = (FULL.members - fewer) / (size.members - fewer)
        seconds = few["seconds"] + (full["seconds"] - few["seconds"]) * scale
        peak = peak and few["bytes"] + (full["bytes"] - few["bytes"]) * scale
        what += f", from {fewer} and {size.members} members along a straight line"
    memory = Figure(None, 1.0, "GB", "this system does not say what a process needed")
    if peak is not None:
        memory = Figure(peak / 1e9, 1.0, "GB", f"{what}: the most memory that the process held")
    return {
        "ensemble_seconds": Figure(seconds, 60.0, "s", f"{what}: seconds from the call to the result"),
        "ensemble_memory": memory,
    }


def of_start(size: Size) -> dict[str, Figure]:
    """Return the seconds to a first result, with everything compiled and with nothing compiled."""
    child("start", 1)
    warm = statistics.median(child("start", 1)["seconds"] for _ in range(size.repetitions))
    with tempfile.TemporaryDirectory() as folder:
        cold = child("start", 1, NUMBA_CACHE_DIR=folder)["seconds"]
    return {
        "warm_start": Figure(
            warm,
            2.0,
            "s",
            "from `import vado` in a new process to one member over one month, on 60 places",
        ),
        "first_start": Figure(cold, None, "s", "the same with nothing compiled yet, which happens once"),
    }


def child(what: str, members: int, **environment: str) -> dict[str, Any]:
    """Run ``vado.doctor.child`` in a process of its own and return what it measured.

    Parameters
    ----------
    what
        ``ensemble`` or ``start``.
    members
        Size of the ensemble.
    environment
        Variables of the environment, besides those of this process.
    """
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    ran = subprocess.run(
        [sys.executable, "-m", "vado.doctor.child", what, str(members)],
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    result: dict[str, Any] = json.loads(ran.stdout)
    return result
