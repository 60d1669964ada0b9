"""Does the engine draw counts by the law of independent people?

Every system of ``networks.py`` is run by the engine and by the per-person simulator of ``oracle.py``, and
``comparison.py`` compares all that the traces hold. Where a law is known in closed form, both are held against it.
"""

import datetime as dt
import functools
import runpy
from pathlib import Path

import numpy as np
import pytest
from scipy import special, stats

from vado.engine.trace import trace

HERE = Path(__file__).parent
ORACLE = runpy.run_path(str(HERE / "oracle.py"))
NETWORKS = runpy.run_path(str(HERE / "networks.py"))
check_same_law = runpy.run_path(str(HERE / "comparison.py"))["check_same_law"]
replicates, network, system = ORACLE["replicates"], NETWORKS["network"], NETWORKS["system"]
source, queue, route, sinks = (NETWORKS[name] for name in ("source", "queue", "route", "sinks"))


def engine(network, days, count, seed, start=None):
    return trace(network, days=days, members=count, seed=seed, start=start)


@functools.lru_cache(maxsize=2)
def one_by_one(name):
    return replicates(network(name), NETWORKS["SYSTEMS"][name][1], 3000, 1)


SIMULATORS = pytest.mark.parametrize("simulate", [replicates, engine], ids=["oracle", "engine"])


@pytest.mark.parametrize("name", NETWORKS["SYSTEMS"])
def test_engine_and_people_one_by_one_obey_the_same_law(name):
    days = NETWORKS["SYSTEMS"][name][1]
    check_same_law(one_by_one(name), engine(network(name), days, 3000, 1))


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS["SYSTEMS"])
def test_the_same_law_with_many_more_draws(name):
    days = NETWORKS["SYSTEMS"][name][1]
    check_same_law(replicates(network(name), days, 30_000, 2), engine(network(name), days, 30_000, 2))


@pytest.mark.parametrize("name", ["split", "repeat", "travel", "season_and_drivers", "dispersion_over_a_month"])
def test_expectations_are_the_means_where_people_do_not_act_on_one_another(name):
    drawn = one_by_one(name)
    expected = trace(network(name), days=drawn.sizes["day"], members=1, seed=1, mean=True)
    for quantity in ("flow", "travelling"):
        away = np.abs(drawn[quantity].mean("draw") - expected[quantity].isel(draw=0))
        assert (away <= 6 * drawn[quantity].std("draw") / np.sqrt(3000) + 0.02).all()


def test_members_and_seeds_are_independent():
    first, second = (engine(network("repeat"), 12, 4000, seed)["flow"].values.reshape(4000, -1) for seed in (7, 8))
    rows = {tuple(row) for row in np.concatenate([first, second])}
    assert len(rows) == 8000
    away = first - first.mean(axis=0)
    for lag in (1, 2, 64):
        together = away[:-lag] * away[lag:]
        assert (np.abs(together.sum(axis=0)) <= 6 * np.sqrt((together**2).sum(axis=0))).all()


def test_weeks_go_on_over_the_turn_of_the_year():
    start = dt.date(2020, 12, 30)
    runs = [simulate(network("dispersion_over_a_week"), 10, 3000, 3, start) for simulate in (replicates, engine)]
    check_same_law(*runs)


#: 0.30 on the first day.
STOP = NETWORKS["SYSTEMS"]["split"][0]["stations"][1]["stop"]


def convoys(name, **changes):
    return [one | changes for one in NETWORKS["SYSTEMS"][name][0]["stations"][0]["convoys"]]


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("split", {"control": {"stop": {**STOP, "HTI": {"steps": STOP["HTI"]["steps"] | {NETWORKS["START"]: 0.33}}}}}),
        ("repeat", {"ford": {"stop": {"HTI": 0.7, "VEN": 0.43}}}),
        ("repeat", {"again": {"days": 1.5}}),
        ("repeat", {"trail": {"spread": 0.7}}),
        ("first_come", {"desk": {"order": "random"}}),
        ("first_come", {"desk": {"order": "last_come"}}),
        ("first_come", {"desk": {"give_up": {"HTI": 0.06, "VEN": 0.15}}}),
        ("first_come", {"desk": {"capacity": 4.25}}),
        ("random", {"desk": {"order": "last_come"}}),
        ("classes", {"desk": {"first": ["HTI", "VEN/family"]}}),
        ("habit_alone", {"home": {"dispersion": 0.2}}),
        ("habit_alone", {"fork": {"habit": 0.93}}),
        ("habit_alone", {"fork": {"memory": 15}}),
        ("dispersion_over_a_day", {"home": {"dispersion": {"HTI": 0.4, "VEN": 0.1}}}),
        ("dispersion_over_a_week", {"home": {"dispersion_over": "day"}}),
        ("dispersion_over_a_week", {"home": {"dispersion_over": "month"}}),
        ("choice", {"fork": {"habit": {"HTI": 0.6, "VEN": 0.3}}}),
        ("choice", {"fork": {"crowding": {"HTI": 0.45, "VEN": 0.2}}}),
        ("convoy", {"home": {"convoys": convoys("convoy", straggling=100)}}),
        ("convoy", {"home": {"convoys": convoys("convoy", straggling=0.08)}}),
        ("convoy_at_a_choice", {"home": {"convoys": convoys("convoy_at_a_choice", straggling=100)}}),
        ("convoy_without_its_own_stop", {"home": {"convoys": [], "departures": {"HTI": 2.875, "VEN": 1.625}}}),
    ],
)
def test_the_comparison_finds_a_law_that_is_a_little_wrong(name, changes):
    days = NETWORKS["SYSTEMS"][name][1]
    with pytest.raises(AssertionError):
        check_same_law(one_by_one(name), engine(network(name, changes), days, 3000, 2))


def build(*stations, **more):
    return NETWORKS["Network"].model_validate(system(*stations, **more))


def people(count, to, **more):
    """Return a queue from which exactly so many people set out on the first day."""
    return queue("crowd", 1000, to, waiting=count, **more)


ONE = {"groups": {"nationalities": ["HTI"]}}
DRAWS = 4000


def check_law(sample, law):
    """Hold counts 0, 1, … against their probabilities, by a chi-square test on classes that expect ten draws."""
    expected = len(sample) * np.append(law, 1 - np.sum(law))
    observed = np.bincount(np.minimum(sample, len(law)), minlength=len(law) + 1)
    merge = np.minimum(np.cumsum(expected) // 10, max(len(sample) // 10 - 1, 0)).astype(int)
    expected, observed = (np.bincount(merge, values) for values in (expected, observed))
    keep = expected > 0
    assert observed[~keep].sum() == 0
    size = ((observed[keep] - expected[keep]) ** 2 / expected[keep]).sum()
    assert stats.chi2.sf(size, max(keep.sum() - 1, 1)) > 1e-6


def check_mean(sample, truth):
    assert abs(sample.mean() - truth) < 6 * sample.std() / np.sqrt(len(sample)) + 1e-12


def flow(run, way):
    return run["flow"].sel(way=way).transpose("draw", "day", "group").values


@SIMULATORS
@pytest.mark.parametrize(("dispersion", "period"), [(0, "day"), (0.4, "day"), (0.4, "week"), (0.4, "month")])
def test_departures_are_negative_binomial_and_share_what_moves_them(simulate, dispersion, period):
    home = source("in", {"HTI": 3, "VEN": 40}, dispersion=dispersion, dispersion_over=period)
    out = flow(simulate(build(home, sinks("in")), 10, DRAWS, 5), "home.departed")
    for number, mean in enumerate((3, 40)):
        size = 1 / dispersion if dispersion else None
        law = stats.nbinom(size, size / (size + mean)) if dispersion else stats.poisson(mean)
        check_law(out[:, 6, number], law.pmf(np.arange(200)))
        away = out[:, :, number] - mean
        for one, other, shared in [(5, 6, {"week", "month"}), (6, 7, {"week", "month"}), (4, 5, {"month"})]:
            together = dispersion * mean**2 if period in shared else 0
            check_mean(away[:, one] * away[:, other], together)
        check_mean(away[:, 4] * away[:, 8], 0)
    check_mean((out[:, 6, 0] - 3) * (out[:, 6, 1] - 40), 0)


@SIMULATORS
def test_a_checkpoint_is_binomial_and_an_outcome_multinomial(simulate):
    stations = [
        people(50, "control"),
        NETWORKS["checkpoint"]("control", 0.3, "court", "in"),
        NETWORKS["outcome"](
            "court",
            [{"name": "one", "share": 0.2, "to": "in"}, {"share": "rest", "to": "back"}, {"share": 0.35, "to": "held"}],
        ),
        sinks("in", "back", "held"),
    ]
    run = simulate(build(*stations, **ONE), 1, DRAWS, 6)
    one, rest, third = (flow(run, f"court.{event}")[:, 0, 0] for event in ("one", "back", "held"))
    for counts, share in ((one, 0.2), (rest, 0.45), (third, 0.35)):
        check_law(counts, stats.binom(50, 0.3 * share).pmf(np.arange(51)))
    check_mean((one - 3) * (rest - 6.75), -50 * 0.06 * 0.135)
    check_mean((third - 5.25) * (rest - 6.75), -50 * 0.105 * 0.135)


@SIMULATORS
@pytest.mark.parametrize(("mean", "spread"), [(3, 0.3), (1, 0.8), (6, 1.2), (0.3, 0.3), (2.3, 0), (5, 0), (0.4, 0)])
def test_travel_days_follow_the_gamma_law_cut_to_whole_days(simulate, mean, spread):
    trail = route("trail", "in", days=mean, spread=spread)
    if spread:
        shape = spread**-2
        below = special.gammainc(shape, (np.arange(1, 400) + 0.5) * shape / mean)
        last = int(np.argmax(1 - below <= 1e-4)) + 1
        law = np.diff([0, *below[: last - 1], 1])
    else:
        law = {2.3: [0, 0.7, 0.3], 5: [0, 0, 0, 0, 1], 0.4: [1]}[mean]
    run = simulate(build(people(40, "trail"), trail, sinks("in"), **ONE), len(law) + 2, DRAWS, 7)
    came = flow(run, "trail.arrived")[:, :, 0]
    assert (came[:, 0] == 0).all()
    assert (came[:, len(law) + 1] == 0).all()
    for day, share in enumerate(law, start=1):
        check_law(came[:, day], stats.binom(40, share).pmf(np.arange(41)))
        if share > 0.02:
            check_mean((came[:, day] - 40 * share) * (came[:, 1] - 40 * law[0]), 40 * law[0] * ((day == 1) - share))
    assert (run["travelling"].values[:, :, 0] == 40 - came.cumsum(axis=1)).all()


@SIMULATORS
def test_travellers_of_a_steady_source_are_poisson(simulate):
    run = simulate(
        build(source("trail", 12), route("trail", "in", days=3, spread=0.6), sinks("in"), **ONE), 9, DRAWS, 8
    )
    longer = 1 - np.cumsum(ORACLE["travel_law"](3, 0.6))
    for day in (0, 3, 8):
        still = 12 * (1 + longer[:day].sum())
        check_law(run["travelling"].values[:, day, 0], stats.poisson(still).pmf(np.arange(100)))


@SIMULATORS
@pytest.mark.parametrize("order", ["first_come", "last_come", "random"])
def test_a_line_is_the_recursion_of_lindley_in_whatever_order(simulate, order):
    desk = queue("desk", 3.5, "in", order=order, waiting={"HTI": 2, "VEN": 1})
    run = simulate(build(source("desk", {"HTI": 2, "VEN": 1.3}), desk, sinks("in")), 20, DRAWS, 9)
    waiting = run["waiting"].values.sum(axis=(2, 3))
    law = np.zeros(120)
    law[3] = 1
    arrivals = stats.poisson(3.3).pmf(np.arange(60))
    for day in range(20):
        served = (3, 4)[day % 2]
        line = np.convolve(law, arrivals)
        law = np.concatenate([[line[: served + 1].sum()], line[served + 1 : 120 + served]])
        if day in (0, 1, 6, 19):
            check_law(waiting[:, day], law)


@SIMULATORS
@pytest.mark.parametrize("order", ["first_come", "last_come", "random"])
def test_within_a_day_of_arrival_the_served_are_a_random_set(simulate, order):
    desk = queue("desk", 5, "in", order=order, waiting={"HTI": 10, "VEN": 6})
    run = simulate(build(source("desk", 0), desk, sinks("in")), 4, DRAWS, 10)
    served = flow(run, "desk.served")
    assert (served.sum(axis=2) == [5, 5, 5, 1]).all()
    check_law(served[:, 0, 0], stats.hypergeom(16, 10, 5).pmf(np.arange(6)))
    check_law(served[:, 1, 0], stats.hypergeom(16, 10, 5).pmf(np.arange(6)))
    check_law(served[:, :2, 0].sum(axis=1), stats.hypergeom(16, 10, 10).pmf(np.arange(11)))


@SIMULATORS
def test_habit_alone_is_the_urn_of_polya(simulate):
    one_a_day = [{"id": f"c{day}", "day": NETWORKS["day"](day), "people": 1} for day in range(12)]
    fork = NETWORKS["choice"]("fork", [{"to": "east", "attraction": 3}, {"to": "west"}], habit=1, memory=1e12)
    run = simulate(build(source("fork", 0, convoys=one_a_day), fork, sinks("east", "west"), **ONE), 12, DRAWS, 11)
    check_law(flow(run, "fork.east")[:, :, 0].sum(axis=1), stats.betabinom(12, 0.75, 0.25).pmf(np.arange(13)))


@SIMULATORS
def test_a_convoy_passes_as_a_whole_and_its_stragglers_alone(simulate):
    march = [{"id": "march", "day": NETWORKS["day"](1), "people": {"HTI": 30, "VEN": 10}, "straggling": 0.1}]
    stations = [
        source("control", 0, convoys=march),
        NETWORKS["checkpoint"]("control", {"HTI": 0.2, "VEN": 0.8}, "back", "trail"),
        route("trail", "second", days=4, spread=0),
        NETWORKS["checkpoint"]("second", 0, "back", "in", stop_convoy=1),
        sinks("in", "back"),
    ]
    run = simulate(build(*stations), 6, DRAWS, 12)
    stopped = flow(run, "control.stopped")[:, 1]
    assert {tuple(one) for one in stopped} == {(0, 0), (30, 10)}
    check_mean(stopped[:, 0] / 30, (30 * 0.2 + 10 * 0.8) / 40)
    passed = stopped[:, 0] == 0
    for number, count in enumerate((30, 10)):
        together = flow(run, "second.stopped")[passed, 5, number]
        check_law(together, stats.binom(count, np.exp(-0.4)).pmf(np.arange(count + 1)))
        assert (flow(run, "second.passed")[passed, 5, number] == count - together).all()


@pytest.mark.parametrize("program", ["per_person", "mesa_model"])
def test_the_programs_that_speed_is_compared_with_count_the_same(program, monkeypatch):
    folder = HERE.parent / "benchmarks"
    monkeypatch.syspath_prepend(folder)
    ford = runpy.run_path(str(folder / "per_person.py"))["system"](1200, 30)
    one = runpy.run_path(str(folder / f"{program}.py"))["run"]
    totals = [one(ford, 30, seed) for seed in range(100)]
    run = engine(ford, 30, DRAWS, 1)
    ways = {"departed": "home.departed", "repeats": "again.arrived", "stopped": "ford.stopped"}
    ways |= {"admitted": "camp.served", "returned": "court.returned"}
    counted = {name: flow(run, way).sum(axis=(1, 2)) for name, way in ways.items()}
    counted["waiting"] = run["waiting"].values[:, -1].sum(axis=(1, 2))
    counted["travelling"] = run["travelling"].values[:, -1].sum(axis=1)
    assert counted.keys() == totals[0].keys()
    for name, counts in counted.items():
        found = np.array([each[name] for each in totals])
        assert abs(found.mean() - counts.mean()) < 5 * counts.std() / 10
        assert 0.6 < found.std() / counts.std() < 1.5
