"""Measure the engine and write the table of docs/engine.md.

Every figure of ``vado doctor --bench``, and from its powers the needs of a model of the world. Run from the checkout:
``python benchmarks/engine.py`` prints the table, ``--write docs/engine.md`` puts it between the two marks of that page;
``--quick`` makes small runs, whose figures are rough. On a machine that does something else the ratios hold better than
the seconds.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from vado.doctor.corridor import corridor_of
from vado.doctor.figure import Figure
from vado.doctor.figures import FULL, QUICK, measure
from vado.doctor.scaling import Need, Run, extrapolate
from vado.engine.trace import trace
from vado.errors import BadFileError, VadoError
from vado.network.stations import STATIONS

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"

#: A model of the world: places, groups (200 nationalities in three kinds of household), days, members.
WORLD = {"places": 5000, "groups": 600, "days": 3650}
MEMBERS = 1000

#: Most that a worker should send at a time [bytes].
CHUNK = 1e9


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the table between the marks of this page")
    parser.add_argument("--quick", action="store_true", help="small runs, rough figures")
    chosen = parser.parse_args()
    size = QUICK if chosen.quick else FULL
    try:
        page = chosen.write and _read(chosen.write)
        runs: list[Run] = []
        figures = measure(size, lambda line: print(line, file=sys.stderr), runs)
        text = "\n".join([*table(figures, quick=chosen.quick), "", occupied(), "", *world(figures, runs)])
        if page is None:
            print(text)
        else:
            chosen.write.write_text(put(page, text), encoding="utf-8")
    except VadoError as error:
        sys.exit(f"engine.py: {error}")


def put(page: str, text: str) -> str:
    """Return a page with this text between its marks.

    Raises
    ------
    BadFileError
        If the marks are not there.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise BadFileError(f"the page has no lines {BEGIN} and {END}; put both where the table should stand")
    return f"{before}{BEGIN}\n\n{text}\n\n{END}{after}"


def table(figures: Mapping[str, Figure], *, quick: bool) -> Iterator[str]:
    """Yield the lines of the table of figures."""
    size = "small runs, rough figures" if quick else "the full runs"
    yield f"Measured by `benchmarks/engine.py` on {os.cpu_count()} cores, {size}."
    yield ""
    yield "| figure | measured | what it is |"
    yield "|---|---|---|"
    for name, figure in figures.items():
        yield f"| `{name}` | {figure.said()} | {figure.how} |"


def occupied(days: int = 365, settled: int = 100) -> str:
    """Return a sentence on the share of (station, group, day) cells that hold people, once the ways have filled."""
    network = corridor_of()
    flow = trace(network, days=days, members=1, seed=1)["flow"].to_numpy()[0, settled:]
    came = {station.id: np.zeros(flow.shape[::2], np.int64) for station in network.stations}
    for way, (station, _, to) in enumerate(network.edges()):
        came[to] += flow[:, way]
        if station.kind == "source":
            came[station.id] += flow[:, way]
    full = {
        kind: np.mean([came[station.id] > 0 for station in network.stations if station.kind == kind])
        for kind in STATIONS
    }
    shares = ", ".join(f"{kind} {share:.0%}" for kind, share in full.items())
    return (
        f"Of the (station, group, day) cells of the corridor of {len(network.places)} places, "
        f"{np.mean([each > 0 for each in came.values()]):.0%} see people come on days {settled + 1} to {days} of one "
        f"member; by kind of station: {shares}."
    )


def world(figures: Mapping[str, Figure], runs: list[Run]) -> Iterator[str]:
    """Yield the arithmetic of a model of the world."""
    base = runs[0]
    need = extrapolate(figures, runs, **WORLD)
    powers = {name: figures[f"power_of_{name}"].value or 0.0 for name in WORLD}
    factors = " x ".join(f"({size:,} / {getattr(base, name):,})^{powers[name]:.2f}" for name, size in WORLD.items())
    yield (
        f"A model of the world with {WORLD['places']:,} places, {WORLD['groups']} groups, {WORLD['days']:,} days and "
        f"{MEMBERS:,} members, from the powers above:"
    )
    yield ""
    hours = MEMBERS * need.seconds / 3600
    yield (
        f"- *Time.* A member takes {need.base:.3g} s x {factors} = {need.seconds:,.0f} s, the ensemble "
        f"{MEMBERS:,} x {need.seconds:,.0f} s = {hours:,.0f} core-hours of this machine's cores."
    )
    yield from _memory(base, need)


def _memory(base: Run, need: Need) -> Iterator[str]:
    worker = need.plan + need.state
    yield (
        f"- *Memory of a worker.* The arrays grow with places x groups x (a part + a part for each day): the plan, "
        f"shared by the threads of a process, from {_bytes(base.plan)} to {_bytes(need.plan)}, the state of the member "
        f"that runs from {_bytes(base.state)} to {_bytes(need.state)}; a worker with one thread holds "
        f"{_bytes(worker)}, each further thread {_bytes(need.state)} more."
    )
    chunk = max(1, int(CHUNK / need.record))
    yield (
        f"- *Chunks for Dask.* A member's record, monthly sums at all counters and queues, takes "
        f"{_bytes(need.record)}. With at most {_bytes(CHUNK)} sent at a time, or else one member, a chunk "
        f"has {chunk} member{'s' if chunk > 1 else ''} and there are {-(-MEMBERS // chunk):,}. The whole record would "
        f"take {_bytes(MEMBERS * need.record)}."
    )


def _bytes(size: float) -> str:
    for unit, large in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if size >= large:
            return f"{size / large:,.3g} {unit}"
    return f"{size / 1e3:,.3g} kB"


def _read(page: Path) -> str:
    try:
        text = page.read_text(encoding="utf-8")
    except OSError as error:
        raise BadFileError(f"{page} cannot be read ({error.strerror}); name a page of the documentation") from None
    put(text, "")
    return text


if __name__ == "__main__":
    main()
