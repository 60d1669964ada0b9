"""Files hold what the dataset holds, mistakes are said before anything runs, and a stop keeps the finished members."""

import datetime as dt
import json
import re
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
import xarray as xr

import vado
from vado.engine import run
from vado.errors import BadFileError, BadValueError, DescriptionError, UnknownNameError
from vado.simulation import tidy
from vado.simulation.answer import answer
from vado.simulation.files import SUFFIXES, check_file, write
from vado.simulation.numbers import numbers_used
from vado.simulation.simulate import simulated

NETWORKS = runpy.run_path(str(Path(__file__).parent / "networks.py"))
ROOT = Path(__file__).parents[1]
FORD = ROOT / "docs" / "examples" / "ford.yaml"


@pytest.fixture(scope="module")
def ford():
    return simulated(FORD, months=3, members=12, seed=3, daily=["reception"])


@pytest.fixture(scope="module")
def outcome(ford):
    return ford.outcome


@pytest.fixture(scope="module")
def expectations():
    return vado.simulate(FORD, months=2, mean=True)


def vado_command(*words, cwd=None):
    return subprocess.run([sys.executable, "-m", "vado.cli", *words], capture_output=True, text=True, cwd=cwd)


def cells(frame, outcome, name):
    """Return the values of a variable in a tidy frame as an array in the order of the dataset."""
    rows = frame[frame["variable"] == name]
    shape = [outcome.sizes[dim] for dim in outcome[name].dims]
    if "place" in outcome[name].dims:
        counted = json.loads(outcome[name].attrs["counted_at"])
        assert sorted(rows["place"].unique()) == sorted(counted)
        shape[2] = len(counted)
        return rows["value"].to_numpy().reshape(shape), outcome[name].sel(place=counted)
    return rows["value"].to_numpy().reshape(shape), outcome[name]


# What the dataset says.


def test_it_is_what_the_engine_gives_with_the_bounds_of_its_periods(outcome):
    plain = run(vado.load_corridor(FORD), months=3, members=12, seed=3, daily=["reception"])
    for name in plain.data_vars:
        np.testing.assert_array_equal(outcome[name], plain[name])
    days = outcome["time_bounds"].values.astype("datetime64[D]").astype(str).tolist()
    assert days == [["2021-07-01", "2021-08-01"], ["2021-08-01", "2021-09-01"], ["2021-09-01", "2021-10-01"]]
    assert outcome.attrs["status"] == "complete"


def test_weeks_begin_where_the_week_before_ended():
    bounds = vado.simulate(FORD, months=1, members=1, every="week")["time_bounds"].values.astype("datetime64[D]")
    assert str(bounds[0, 0]) == "2021-07-01"
    assert str(bounds[-1, 1]) == "2021-08-01"
    assert (bounds[1:, 0] == bounds[:-1, 1]).all()
    assert set(np.diff(bounds[1:-1]).astype(int).ravel()) == {7}


def test_a_change_holds_from_its_day_on_and_changes_nothing_before(outcome):
    changed = vado.simulate(
        FORD,
        months=3,
        members=12,
        seed=3,
        daily=["reception"],
        changes={"south.stop_rate": [{"effective": "2021-09-01", "value": 0.9}]},
    )
    assert changed["stops"][:, :2].equals(outcome["stops"][:, :2])
    assert (changed["stops"][:, 2].sum() > outcome["stops"][:, 2].sum()).item()


def test_what_was_announced_later_is_left_out(outcome):
    known = {
        as_of: vado.simulate(FORD, months=3, members=12, seed=3, as_of=as_of) for as_of in ("2021-08-19", "2021-08-20")
    }
    assert known["2021-08-20"]["stops"].equals(outcome["stops"])
    assert known["2021-08-19"]["stops"][:, 2].sum() < outcome["stops"][:, 2].sum()


def test_expectations_are_run_once_or_once_a_set_of_parameters(expectations):
    assert expectations.sizes["draw"] == 1
    assert expectations["stops"].dtype == np.float64
    rates = {"south.stop_rate": [0.1, 0.2, 0.3]}
    several = vado.simulate(FORD, months=2, mean=True, members=3, parameters=rates)
    stops = several["stops"].sum(["time", "place", "nationality", "household"]).values
    assert (np.diff(stops) > 0).all()


# Files.


@pytest.mark.parametrize("suffix", [".parquet", ".csv", ".csv.gz"])
@pytest.mark.parametrize("kind", ["outcome", "expectations"])
def test_a_tidy_file_holds_every_count(kind, suffix, tmp_path, request):
    made = request.getfixturevalue(kind)
    file = tmp_path / f"result{suffix}"
    write(made, file)
    by_pandas = pd.read_parquet(file) if suffix == ".parquet" else pd.read_csv(file)
    by_arrow = pq.read_table(file) if suffix == ".parquet" else pyarrow.csv.read_csv(file)
    for frame, closeness in ((by_arrow.to_pandas(), 0), (by_pandas, 0 if suffix == ".parquet" else 1e-15)):
        assert list(frame.columns) == list(tidy.COLUMNS)
        for name in made.data_vars:
            found, expected = cells(frame, made, name)
            np.testing.assert_allclose(found, expected.values, rtol=closeness)
    assert [item.name for item in tmp_path.iterdir()] == [file.name]


def test_the_rows_say_whose_count_they_are(outcome, tmp_path):
    write(outcome, tmp_path / "result.parquet")
    frame = pd.read_parquet(tmp_path / "result.parquet").sample(300, random_state=1)
    for row in frame.itertuples():
        keys = {"draw": row.draw, "nationality": row.nationality, "household": row.household}
        if row.variable == "occupancy":
            keys |= {"day": np.datetime64(row.time), "named_queue": row.station}
            assert row.time == row.until
        else:
            keys |= {"time": np.datetime64(row.until)}
            assert row.time == row.until.replace(day=1)
        if row.variable == "ended":
            keys |= {"sink": row.station}
        elif row.variable == "waiting":
            keys |= {"queue": row.station}
            assert row.place == "ford"
        elif row.variable in ("crossings", "stops", "returns", "admissions"):
            keys |= {"place": row.place}
            assert pd.isna(row.station)
        assert outcome[row.variable].sel(keys).item() == row.value
        assert row.unit == outcome[row.variable].attrs["units"]
        assert row.kind == outcome[row.variable].attrs["kind"]


def test_a_parquet_file_says_what_its_columns_and_missing_rows_mean(outcome, tmp_path):
    write(outcome, tmp_path / "result.parquet")
    schema = pq.read_schema(tmp_path / "result.parquet")
    said = json.loads(schema.metadata[b"vado"])
    assert said["rows"] == tidy.ROWS
    assert (said["seed"], said["members"], said["status"]) == (3, 12, "complete")
    assert all(schema.field(name).metadata[b"description"].decode() == tidy.COLUMNS[name] for name in tidy.COLUMNS)


def test_chunks_of_draws_make_the_same_table(outcome):
    whole = next(iter(tidy.tables(outcome)))
    parts = list(tidy.tables(outcome, rows=1))
    assert len(parts) == outcome.sizes["draw"]
    keys = ["variable", "draw"]
    both = [
        frame.sort_values(keys, kind="stable").reset_index(drop=True)
        for frame in (whole.to_pandas(), pd.concat([part.to_pandas() for part in parts]))
    ]
    pd.testing.assert_frame_equal(*both)


@pytest.mark.parametrize("kind", ["outcome", "expectations"])
def test_netcdf_gives_the_dataset_back(kind, tmp_path, request):
    made = request.getfixturevalue(kind)
    write(made, tmp_path / "result.nc")
    back = xr.load_dataset(tmp_path / "result.nc")
    xr.testing.assert_identical(back, made)
    assert back["crossings"].attrs["units"] == "crossings"
    assert back["crossings"].attrs["kind"] == "events"
    assert back["time"].attrs["bounds"] == "time_bounds"


def test_a_system_without_queue_counter_or_household_is_written_too(tmp_path):
    made = vado.simulate(NETWORKS["network"]("travel"), months=1, members=2)
    for suffix in (".parquet", ".nc", ".csv"):
        write(made, tmp_path / f"r{suffix}")
    xr.testing.assert_identical(xr.load_dataset(tmp_path / "r.nc"), made)
    assert set(pd.read_csv(tmp_path / "r.csv")["variable"]) == {"travelling", "ended"}
    found = answer(simulated(NETWORKS["network"]("travel"), months=1, members=2))
    assert list(found.tables["ended"]["sink"]) == ["in"]
    assert found.charts == []


def test_a_failed_write_leaves_the_earlier_file(outcome, tmp_path, monkeypatch):
    file = tmp_path / "result.parquet"
    file.write_bytes(b"earlier")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("vado.simulation.files.tables", full)
    with pytest.raises(BadFileError, match="No space left on device"):
        write(outcome, file)
    assert file.read_bytes() == b"earlier"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("name", "mend"),
    [
        ("r.parqet", "did you mean .parquet"),
        ("r.netcdf", r"did you mean \.nc"),
        ("r.xlsx", r"\.parquet, \.csv, \.csv\.gz, \.nc"),
        ("r", "ends in one of"),
        ("none/r.csv", "no folder"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused_before_the_run(name, mend, tmp_path):
    with pytest.raises(BadFileError, match=mend):
        vado.simulate("no description at all.yaml", out=tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_check_touches_nothing(tmp_path):
    file = tmp_path / "r.csv"
    file.write_text("earlier")
    assert check_file(file) == ".csv"
    assert file.read_text() == "earlier"
    (tmp_path / "f.nc").mkdir()
    with pytest.raises(BadFileError, match="is a folder"):
        check_file(tmp_path / "f.nc")


# Mistakes.


def test_a_network_made_in_python_is_checked():
    network = NETWORKS["network"]("split", {"control": {"stop": 1.5}})
    with pytest.raises(DescriptionError, match=r"stations\.control\.stop"):
        vado.simulate(network, months=1, members=1)


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"parameters": {"south.stop_rat": 0.1}}, UnknownNameError, "did you mean 'south.stop_rate'"),
        (
            {"parameters": {"south.stop_rate": 3}},
            BadValueError,
            r"with south.stop_rate = 3 share: stations\.post\.stop",
        ),
        ({"parameters": {"south.stop_rate": float("nan")}}, BadValueError, "not a finite number"),
        ({"parameters": {"south.stop_rate": [0.1, 0.2]}}, BadValueError, "2 draws for 3 members"),
        ({"changes": {"south.stop_rat": []}}, UnknownNameError, "did you mean 'south.stop_rate'"),
        ({"changes": {"patience": []}}, BadValueError, "only levers change on a day"),
        (
            {"changes": {"south.stop_rate": [{"effective": "2021-09-01", "value": 3}]}},
            BadValueError,
            "with the changes of south.stop_rate: .* above 1",
        ),
        (
            {
                "changes": {"south.stop_rate": [{"effective": "2021-09-01", "value": 0.3}]},
                "parameters": {"south.stop_rate": 0.1},
            },
            BadValueError,
            "give one of the two",
        ),
        ({"months": 0}, BadValueError, "ask for 1 to"),
        ({"start": "9990-01-01", "months": 240}, BadValueError, "beyond the calendar"),
        ({"start": "2021-02-29"}, BadValueError, "did you mean 2021-02-28"),
        ({"every": "day"}, BadValueError, "'month' or 'week'"),
        ({"daily": ["recption"]}, UnknownNameError, "unknown queue 'recption'; did you mean 'reception'"),
        ({"daily": ["hills"]}, BadValueError, "hills is no queue"),
        ({"threads": 1, "cluster": "local:1"}, BadValueError, "threads or a cluster"),
    ],
)
def test_a_mistake_is_one_clear_line(given, error, message):
    with pytest.raises(error, match=message) as wrong:
        vado.simulate(FORD, **{"months": 1, "members": 3, **given})
    assert "\n" not in str(wrong.value)


# The answer.


def test_an_answer_sums_within_members_first(ford, outcome):
    found = answer(ford, file="ford.yaml")
    sums = outcome["stops"].sum(["time", "place", "nationality", "household"]).values
    row = found.tables["totals"].set_index("counter").loc["stops"]
    assert row["median"] == np.median(sums)
    assert row["low_80"] == np.quantile(sums, 0.1)
    assert row["high_95"] == np.quantile(sums, 0.975)
    returned = found.tables["counters"].query("counter == 'returns'")
    august = returned[returned["until"] == pd.Timestamp("2021-08-31")].iloc[0]
    returns = outcome["returns"].sel(time="2021-08-31").sum(["place", "nationality", "household"])
    assert august["mean"] == returns.mean().item()
    assert august["time"] == pd.Timestamp("2021-08-01")
    queue = found.tables["waiting"].set_index("until").loc[pd.Timestamp("2021-09-30")]
    assert queue["median"] == np.median(outcome["waiting"][:, 2].sum(["queue", "nationality", "household"]))
    places = found.tables["by_place"].query("counter == 'returns'")
    assert list(places["place"]) == ["valley", "ford"]
    assert found.tables["by_nationality"]["mean"].sum() == pytest.approx(found.tables["totals"]["mean"].sum())
    assert len(found.tables["occupancy"]) == 92
    assert json.loads(found.to_json())["made_by"]["seed"] == 3
    assert "ledger" not in found.made_by.versions


def test_an_answer_has_a_fan_for_each_counter_and_queue_that_can_be_drawn(ford):
    from vado.report import png

    found = answer(ford)
    assert [chart.table for chart in found.charts] == ["counters"] * 4 + ["occupancy"]
    assert png(found.charts[-1], found.tables).startswith(b"\x89PNG")


def test_every_number_stands_with_its_status_and_sources():
    network = vado.load_corridor(FORD)
    numbers = numbers_used(network, {"patience": 0.2}, ["north.places_a_week"]).set_index("name")
    assert (numbers.loc["south.stop_rate", ["status", "source_id"]] == ["published", "yearbook;gazette"]).all()
    assert numbers.loc["south.stop_rate", "value"] == "0.25; 0.55 from 2021-09-01 to 2021-12-31; 0.35 from 2022-02-01"
    assert numbers.loc["patience", ["value", "status", "note"]].tolist() == [
        "0.2",
        "set",
        "set for this run; the description has 0.07",
    ]
    assert numbers.loc["north.places_a_week", "note"] == "changed for this run"
    assert numbers.loc["hills.departures", ["value", "status"]].tolist() == ["3 to 14 by group and date", "assumed"]
    # A default that does something is a number too; one that does nothing is none, nor is a name.
    assert numbers.loc["coast_road.spread", "value"] == "0.3"
    assert not {"valley_road.days", "coast_road.speed", "post.stop", "hearing.admitted.share"} & set(numbers.index)


def test_a_note_that_names_a_source_makes_its_numbers_quoted():
    raw = FORD.read_text().replace("note: Departures rise with the loss of harvest.", "note: As in yearbook, table 3.")
    import yaml

    network = vado.load_corridor(FORD).model_validate(yaml.safe_load(raw))
    numbers = numbers_used(network, {}, []).set_index("name")
    assert numbers.loc["hills.departures", ["status", "source_id"]].tolist() == ["quoted", "yearbook"]


@pytest.mark.parametrize(
    ("given", "caveat"),
    [
        ({}, "12 members are few"),
        ({"mean": True}, "Expectations, not draws"),
        ({"members": 1}, "One member shows no spread"),
        ({"parameters": {"night_travel": 60}}, "night_travel = 60 percent lies outside the range"),
        ({"start": dt.date(2021, 7, 10)}, "The first month has 22 days only"),
    ],
)
def test_caveats_say_what_the_run_was(given, caveat):
    found = answer(simulated(FORD, **{"months": 1, "members": 12, **given}), parameters=given.get("parameters"))
    assert sum(caveat in line for line in found.caveats) == 1


# The command.


def test_the_command_writes_the_file_and_answers_as_json(tmp_path):
    words = ["--months", "2", "--members", "5", "--set", "patience=0.1", "--change", "south.stop_rate=0.5@2021-08-01"]
    words += [
        "--as-of",
        "2021-08-25",
        "--every",
        "week",
        "--daily",
        "reception",
        "--seed",
        "4",
        "--start",
        "2021-07-05",
    ]
    result = vado_command("simulate", str(FORD), *words, "--out", "r.nc", "--json", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    said = json.loads(result.stdout)
    assert said["as_of"] == "2021-08-25"
    with xr.open_dataset(tmp_path / "r.nc") as back:
        expected = vado.simulate(
            FORD,
            months=2,
            members=5,
            parameters={"patience": 0.1},
            changes={"south.stop_rate": [{"effective": "2021-08-01", "value": 0.5}]},
            as_of="2021-08-25",
            every="week",
            daily=["reception"],
            seed=4,
            start="2021-07-05",
        )
        xr.testing.assert_equal(back, expected)
        assert json.loads(back.attrs["setting"])["parameters"] == {"patience": 0.1}
    assert {row["name"] for row in said["assumed"]} >= {"patience", "night_travel"}


def test_the_command_prints_tables_without_a_file():
    result = vado_command("simulate", str(FORD), "--months", "1", "--members", "3", "--mean")
    assert result.returncode == 0
    for word in ("totals", "waiting", "by place", "by nationality", "ended", "Read this first", "[1] the description"):
        assert word in result.stdout


# The page.


def test_the_page_describes_every_column_and_ending():
    page = (ROOT / "docs" / "simulate.md").read_text()
    for name, said in tidy.COLUMNS.items():
        (row,) = [line for line in page.splitlines() if line.startswith(f"| `{name}` |")]
        assert row.replace("`", "") == f"| {name} | {said} |"
    assert all(f"`{suffix}`" in page for suffix in SUFFIXES)


def test_the_python_of_the_page_runs(tmp_path, monkeypatch):
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "simulate.md").read_text(), re.DOTALL)
    (tmp_path / "docs" / "examples").mkdir(parents=True)
    (tmp_path / "docs" / "examples" / "ford.yaml").write_bytes(FORD.read_bytes())
    monkeypatch.chdir(tmp_path)
    vado.simulate(FORD, months=2, members=5, out="ford.parquet")
    for block in blocks:
        exec(compile(block.replace("members=1000", "members=5"), "simulate.md", "exec"), {})
    assert (tmp_path / "changed.parquet").exists()
