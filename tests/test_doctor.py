"""The doctor finds what is broken and says the mend; its figures are finite; its list of draws is the run's own."""

import json
import math
import runpy
import sys
from pathlib import Path

import numpy as np
import platformdirs
import pytest

from vado.doctor import checks
from vado.doctor.checks import Check, examine, is_sound
from vado.doctor.comparisons import comparisons
from vado.doctor.corridor import HOUSEHOLDS, corridor_of
from vado.doctor.figure import Figure
from vado.doctor.figures import Size, child, of_people, of_threads
from vado.doctor.member import prepare, size_of
from vado.doctor.record import Draws, record
from vado.doctor.replay import fastest, replays
from vado.doctor.scaling import Run, exponents, extrapolate
from vado.engine import run
from vado.errors import BadFileError, BadValueError
from vado.network.model import Network

HERE = Path(__file__).parent
ENGINE = HERE.parent / "benchmarks" / "engine.py"
TINY = Size(days=4, repetitions=1, members=2)


def doctor(monkeypatch, capsys, *words):
    from vado.cli import main

    with pytest.raises(SystemExit) as ended:
        main(["doctor", *words])
    out, err = capsys.readouterr()
    return ended.value.code, out, err


def named(name):
    return next(check for check in examine() if check.name == name)


def test_this_installation_is_sound_and_every_line_says_what_was_found(monkeypatch, capsys):
    code, out, _ = doctor(monkeypatch, capsys, "--json")
    found = json.loads(out)
    assert code == 0
    assert {check["name"] for check in found} >= {"python", "libraries", "cores", "memory", "cache folder", "ledger"}
    assert all(set(check) == {"name", "state", "found", "mend"} for check in found)
    assert all(check["found"] and (check["state"] == "ok") == (not check["mend"]) for check in found)


def test_a_cache_folder_that_cannot_be_used_is_broken(monkeypatch, capsys, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(platformdirs, "user_cache_dir", lambda name: str(tmp_path / "file" / name))
    code, out, err = doctor(monkeypatch, capsys)
    (line,) = [line for line in out.splitlines() if "cache folder" in line]
    assert code == 1
    assert line.startswith("broken")
    assert "let yourself write to" in line
    assert "broken" in err


def test_a_library_that_is_missing_is_broken_and_an_optional_part_is_not(monkeypatch):
    monkeypatch.setattr(checks, "_version", lambda name: None if name in ("duckdb", "distributed") else "1")
    found = {check.name: check for check in examine()}
    assert found["libraries"] == Check("libraries", "broken", "duckdb not installed", "pip install duckdb")
    assert found["distributed"].mend == "pip install 'vado[cluster]'"
    assert not is_sound([found["libraries"]])
    assert is_sound([found["distributed"]])


def test_a_check_that_fails_is_a_finding(monkeypatch):
    monkeypatch.setattr("vado.ledger.ledger.open_ledger", lambda: 1 / 0)
    assert named("ledger").state == "broken"
    assert "ZeroDivisionError" in named("ledger").found


def test_quick_goes_with_bench(monkeypatch, capsys):
    code, _, err = doctor(monkeypatch, capsys, "--quick")
    assert code == 2
    assert "--bench" in err


def test_bench_prints_figures_as_json(monkeypatch, capsys):
    given = {"one": Figure(2.0, 3.0, "times", "a / b"), "two": Figure(None, None, "s", "needs a thing")}
    monkeypatch.setattr("vado.doctor.figures.measure", lambda size, say: given)
    code, out, _ = doctor(monkeypatch, capsys, "--bench", "--json")
    assert code == 0
    assert json.loads(out) == {
        "one": {"value": 2.0, "bar": 3.0, "unit": "times", "meets": True, "how": "a / b"},
        "two": {"value": None, "bar": None, "unit": "s", "meets": None, "how": "needs a thing"},
    }
    _, out, _ = doctor(monkeypatch, capsys, "--bench")
    assert "one: 2 times, at most 3 asked: meets\n    a / b" in out


def test_figures_of_tiny_runs_are_finite_and_say_how():
    figures = of_people(TINY) | of_threads(TINY) | comparisons(1, people=500, days=20)
    assert {"people_1e8_over_1e6", "compact_people_1e2_over_1e6", "two_threads"} <= set(figures)
    for name, figure in figures.items():
        assert figure.how
        assert figure.value is None or (math.isfinite(figure.value) and figure.value > 0), name


def test_a_new_process_says_how_long_it_took_and_what_it_held():
    found = child("start", 1)
    assert found["seconds"] > 0
    assert found["bytes"] is None or found["bytes"] > 10**7


def test_comparisons_say_what_is_missing(monkeypatch, tmp_path):
    monkeypatch.setattr("vado.doctor.comparisons.FOLDER", tmp_path)
    assert all(figure.value is None and "checkout" in figure.how for figure in comparisons(1).values())


@pytest.mark.parametrize(("places", "groups"), [(60, 39), (6, 3), (7, 12), (200, 120)])
def test_a_corridor_of_any_size_runs_and_is_the_same_every_time(places, groups):
    network = corridor_of(places, groups)
    assert network == corridor_of(places, groups)
    assert (len(network.places), len(network.group_names)) == (places, groups)
    outcome = run(network, days=40, seed=1)
    assert int(outcome["encounters"].sum()) > 0


@pytest.mark.parametrize("everywhere", [False, True])
def test_as_many_set_out_as_were_asked_for(everywhere):
    network = corridor_of(60, 39, 30_000, everywhere=everywhere)
    sources = [station for station in network.stations if station.kind == "source"]
    shares = {}
    for source in sources:
        for key, product in source.departures.values:
            shares.setdefault(key, []).append(product.factors[1].number)
            assert product.factors[0].name == f"leaving.{key.split('/')[0]}"
    nationalities = len(network.groups.nationalities)
    assert len(shares) == nationalities * len(HOUSEHOLDS)
    assert sum(map(sum, shares.values())) == pytest.approx(nationalities, rel=0.02)


@pytest.mark.parametrize(
    ("size", "message"), [((60, 40), "multiple of 3"), ((5, 39), "6 or more"), ((60, 39, 0), "more than 0")]
)
def test_a_corridor_that_cannot_be_is_refused(size, message):
    with pytest.raises(BadValueError, match=message):
        corridor_of(*size)


@pytest.fixture(scope="module")
def draws():
    """A system whose number of draws is known beforehand."""
    crowds = [("crowd", 1000, "control"), ("sure", 50, "always")]
    stations = [
        {"id": "home", "kind": "source", "place": "a", "to": "in", "departures": {"HTI": 5}, "dispersion": 0.1},
        *(
            {"id": id, "kind": "queue", "place": "a", "capacity": 2000, "waiting": {"HTI": count}, "to": to}
            for id, count, to in crowds
        ),
        {"id": "control", "kind": "checkpoint", "place": "a", "stop": 0.3, "stopped": "fork", "to": "in"},
        {"id": "always", "kind": "checkpoint", "place": "a", "stop": 1, "stopped": "in", "to": "in"},
        {"id": "fork", "kind": "outcome", "place": "a"}
        | {"ways": [{"name": n, "share": s, "to": "in"} for n, s in (("one", 0.2), ("two", 0.35), ("three", "rest"))]},
        {"id": "desk", "kind": "queue", "place": "a", "capacity": 10, "waiting": {"HTI": 20, "VEN": 20}, "to": "in"},
        {"id": "in", "kind": "sink", "place": "a"},
    ]
    network = Network.model_validate(
        {
            "system": "counted",
            "start": "2021-01-01",
            "places": {"a": {"name": "A"}},
            "groups": {"nationalities": ["HTI", "VEN"]},
            "stations": stations,
        }
    )
    return record(network, 1)


def test_the_recorded_draws_are_those_of_the_law(draws):
    # One checkpoint, and two of three ways for those it stops; the desk's second group follows from its first.
    assert draws.numbers() == {"binomial": 3, "poisson": 1, "gamma": 1, "hypergeometric": 1, "placed": 0}
    assert draws.binomial[0].tolist() == [1000, 0.3]
    assert draws.binomial[1:, 1] == pytest.approx([0.2, 0.35 / 0.8])
    assert draws.hypergeometric.tolist() == [[20, 40, 10]]
    assert draws.gamma.tolist() == [[0.1]]


def test_every_recorded_draw_can_be_made_again(draws):
    placed = np.array([[3.0, 3.0], [2.0, 5.0]])
    given = Draws(**{**vars(draws), "placed": placed})
    tasks = replays(given)
    for task in tasks.values():
        task()
    assert set(fastest(dict.fromkeys(tasks, 1.0))) == set(given.numbers())
    assert given.numbers()["placed"] == 5


def test_larger_systems_are_estimated_from_powers_and_linear_arrays():
    figures = {f"power_of_{name}": Figure(power, None, "", "") for name, power in (("places", 1), ("groups", 0.5))}
    figures["power_of_days"] = Figure(2, None, "", "")
    runs = [Run(60, 39, days, seconds=0.1, plan=1000 + 10 * days, state=500, record=days) for days in (180, 720)]
    need = extrapolate(figures, runs, places=120, groups=156, days=360)
    assert need.seconds == pytest.approx(0.1 * 2 * 2 * 4)
    assert need.plan == pytest.approx((1000 + 3600) * 2 * 4)
    assert (need.state, need.record) == (pytest.approx(500 * 8), pytest.approx(360 * 8))


def test_the_arrays_of_a_run_are_counted():
    compiled = prepare(corridor_of(6, 3), 10)
    assert size_of(compiled.plan) > compiled.plan.numbers.values.nbytes
    assert size_of((np.zeros(4), (np.zeros(2, np.uint8), 3))) == 34


def test_the_powers_of_growth_are_finite():
    figures, runs = exponents(1, small=True)
    assert all(math.isfinite(figure.value) for figure in figures.values())
    assert extrapolate(figures, runs, places=5000, groups=600, days=3650).seconds > 0


def test_the_table_of_the_documentation_is_put_between_its_marks(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["engine.py"])
    program = runpy.run_path(str(ENGINE))
    page = (HERE.parent / "docs" / "engine.md").read_text()
    lines = list(program["table"]({"one": Figure(2.0, 3.0, "times", "a / b")}, quick=True))
    assert lines[-1] == "| `one` | 2 times, at most 3 asked: meets | a / b |"
    twice = program["put"](program["put"](page, "first"), "second")
    assert "second" in twice
    assert "first" not in twice.split(program["BEGIN"])[1].split(program["END"])[0]
    with pytest.raises(BadFileError, match="has no lines"):
        program["put"]("no marks", "")
