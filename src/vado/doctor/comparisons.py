"""Models of single persons: how long they take, against the engine, on one small system with 100,000 people.

The two models are part of a checkout, not of the package: ``benchmarks/per_person.py``, one row of an array a person,
and ``benchmarks/mesa_model.py``, a Mesa agent a person. Where they or Mesa are missing the figures say so.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType

import vado
from vado.doctor.figure import Figure
from vado.doctor.member import medians, prepare, run_one

#: Where a checkout keeps the programs; an installed package has no such folder.
FOLDER = Path(vado.__file__).parents[2] / "benchmarks"

ROWS, AGENTS = "person_rows_over_engine", "mesa_agents_over_engine"
MANY = "small_people_1e8_over_1e6"


def comparisons(repetitions: int, people: int = 100_000, days: int = 180) -> dict[str, Figure]:
    """Return the time of both models over that of the engine, and of the engine with many more people.

    Parameters
    ----------
    repetitions
        Runs of each, in turn.
    people, days
        Size of the system.
    """
    if not (FOLDER / "per_person.py").exists():
        missing = Figure(None, None, "times", "needs a checkout of Vado, whose folder benchmarks holds the model")
        return dict.fromkeys((ROWS, AGENTS, MANY), missing)
    rows = _load("per_person")
    network = rows.system(people, days)
    compiled = prepare(network, days)
    tasks: dict[str, Callable[[], object]] = {
        "engine": partial(run_one, compiled),
        ROWS: partial(rows.run, network, days, 1),
        "1e6": partial(run_one, prepare(rows.system(10**6, days), days)),
        "1e8": partial(run_one, prepare(rows.system(10**8, days), days)),
    }
    if importlib.util.find_spec("mesa") is not None:
        tasks[AGENTS] = partial(_load("mesa_model").run, network, days, 1)
    seconds = medians(tasks, repetitions)
    what = f"one run of the same small system with {people:,} people over {days} days, divided by one of the engine"
    figures = {
        name: Figure(seconds[name] / seconds["engine"], None, "times", f"{model}, {what}")
        for name, model in ((ROWS, "rows of an array"), (AGENTS, "Mesa agents"))
        if name in seconds
    }
    how = f"the engine on that system, every cell of which is full, with 10^8 people over {days} days, over 10^6"
    figures[MANY] = Figure(seconds["1e8"] / seconds["1e6"], 1.5, "times", how)
    if AGENTS not in figures:
        figures[AGENTS] = Figure(None, None, "times", "needs Mesa: pip install 'mesa>=3'")
    return figures


def _load(name: str) -> ModuleType:
    """Import a program of the folder; it finds its neighbours."""
    sys.path.insert(0, str(FOLDER))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(FOLDER))
