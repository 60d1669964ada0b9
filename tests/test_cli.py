"""The command line as a person meets it: results on standard output, one line on standard error when it cannot."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

COMMANDS = ["run", "stock", "forecast", "backtest", "score", "simulate", "draw", "data"]

FORD = str(Path(__file__).parents[1] / "docs" / "examples" / "ford.yaml")


def vado(*words, cwd=None):
    return subprocess.run([sys.executable, "-m", "vado.cli", *words], capture_output=True, text=True, cwd=cwd)


def test_help_is_there_within_half_a_second():
    times = []
    for _ in range(5):
        start = time.perf_counter()
        result = vado("--help")
        times.append(time.perf_counter() - start)
        assert result.returncode == 0
    assert all(name in result.stdout for name in COMMANDS)
    assert sorted(times)[2] < 0.5


@pytest.mark.parametrize(
    ("words", "mend"),
    [
        (["forcast"], "Did you mean 'forecast'?"),
        (["data", "shwo"], "Did you mean 'show'?"),
        (["stock", "--as-fo", "2021-11-16"], "--as-of"),
        (["data", "show", "sw_encounter"], "did you mean 'sw_encounters'?"),
        (["data", "observe", "darien_transit"], "did you mean 'darien_transits'?"),
        (["data", "observe", "sw_encounters", "--nationality", "HTJ"], "did you mean 'HTI'?"),
        (["data", "observe", "sw_encounters", "--place", "Del Roi"], "did you mean 'Del Rio'?"),
        (["data", "observe", "sw_encounters", "--as-of", "2021-11-31"], "did you mean 2021-11-30?"),
        (["forecast", "--nationality", "HTJ"], "did you mean 'HTI'?"),
        (["forecast", "--location", "Del Roi"], "did you mean 'Del Rio'?"),
        (["forecast", "--months", "13"], "1 to 12"),
        (["forecast", "--months", "0"], "1 to 12"),
        (["forecast", "--origin", "2018-01"], "2019"),
        (["forecast", "--origin", "soon"], "YYYY-MM"),
        (["forecast", "--as-of", "yesterday"], "YYYY-MM-DD"),
        (["forecast", "--member", "rww"], "rw"),
        (["forecast", "--out", "forecast.xls"], ".csv"),
        (["backtest", "--first-origin", "2023-01", "--last-origin", "2022-01"], "after"),
        (["score", "missing.csv"], "missing.csv"),
        (["stock", "--as-of", "1950-01-01"], "the first in the ledger"),
        (["stock", "--ledger", "missing.duckdb"], "no ledger at missing.duckdb"),
        (["simulate", "eu_route"], "did you mean 'eu_routes'?"),
        (["simulate", "missing.yaml"], "no file or folder missing.yaml"),
        (["simulate", FORD, "--months", "0"], "ask for 1 to"),
        (["simulate", FORD, "--members", "0"], "ask for 1 or more"),
        (["simulate", FORD, "--set", "patience"], "write --set NAME=VALUE"),
        (["simulate", FORD, "--set", "patience=much"], "'much' is not a number"),
        (["simulate", FORD, "--set", "patience=1", "--set", "patience=2"], "names patience twice"),
        (["simulate", FORD, "--set", "patiense=1"], "did you mean 'patience'?"),
        (["simulate", FORD, "--set", "south.stop_rate=2"], "give a share, from 0 to 1"),
        (["simulate", FORD, "--change", "south.stop_rate=0.4"], "NAME=VALUE@DAY"),
        (["simulate", FORD, "--change", "south.stop_rate=0.4@2021-09-31"], "did you mean 2021-09-30?"),
        (["simulate", FORD, "--change", "south.stop_rat=0.4@2021-09-01"], "did you mean 'south.stop_rate'?"),
        (["simulate", FORD, "--start", "2021-02-29"], "did you mean 2021-02-28?"),
        (["simulate", FORD, "--as-of", "soon"], "YYYY-MM-DD"),
        (["simulate", FORD, "--every", "day"], "'month', 'week'"),
        (["simulate", FORD, "--daily", "recption"], "did you mean 'reception'?"),
        (["simulate", FORD, "--out", "r.parqet"], "did you mean .parquet?"),
        (["simulate", FORD, "--out", "nowhere/r.csv"], "no folder nowhere"),
        (["simulate", FORD, "--cluster", "local:0"], "local:4 for four processes"),
        (["simulate", FORD, "--cluster", "local:1", "--threads", "1"], "give one of the two"),
    ],
)
def test_a_mistake_gets_one_line_and_exit_code_2(words, mend, tmp_path):
    result = vado(*words, cwd=tmp_path)
    assert result.returncode == 2
    assert result.stdout == ""
    assert mend in result.stderr
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_members_of_the_help_are_those_of_the_forecast():
    from vado.cli import Member
    from vado.forecast.members import MEMBERS

    assert [member.value for member in Member] == list(MEMBERS)


def test_the_first_compilation_is_announced_once_and_a_bar_needs_a_terminal(capsys):
    from vado.terminal import progress_bar

    with progress_bar("members", "Compiling ...") as told:
        assert capsys.readouterr().err == ""
        told(0, 3)
        told(3, 3)
    assert capsys.readouterr() == ("", "Compiling ...\n")


def test_every_fault_of_a_description_has_its_line(tmp_path):
    text = Path(FORD).read_text().replace("stop_convoy: 0.5", "stop_convoy: 5").replace("to: hearing", "to: haering")
    (tmp_path / "ford.yaml").write_text(text)
    result = vado("simulate", "ford.yaml", cwd=tmp_path)
    assert result.returncode == 2
    assert result.stdout == ""
    assert all(line.removeprefix("vado: ").startswith("ford.yaml:") for line in result.stderr.splitlines())
    assert "did you mean 'hearing'?" in result.stderr


def test_stock_as_json_holds_the_figures_of_the_article():
    result = vado("stock", "--as-of", "2021-11-16", "--json")
    answer = json.loads(result.stdout)
    assert result.stderr == ""
    assert answer["as_of"] == "2021-11-16"
    rows = {(row["series"], row["year"]): row["million"] for row in answer["tables"]["estimates"]}
    assert rows["DHS_orig", 2010] == 10.8
    assert rows["DHS_2010base", 2010] == 11.6
    assert max(row["high_million"] or 0 for row in answer["tables"]["estimates"]) == 29.5
    assert all(row["published"] <= "2021-11-16" for row in answer["tables"]["estimates"])


def test_observe_sums_by_month():
    words = ["--as-of", "2021-11-16", "--nationality", "HTI", "--start", "2021-09-01", "--by", "month", "--json"]
    rows = json.loads(vado("data", "observe", "sw_encounters", *words).stdout)
    assert [(row["month"], row["value"]) for row in rows] == [("2021-09", 17638)]


def test_a_pipe_gets_the_table_without_colour_or_progress():
    result = vado("stock", "--as-of", "2021-11-16")
    assert "\x1b" not in result.stdout
    assert "DHS_2010base" in result.stdout
    assert "[1]" in result.stdout
    assert result.stderr == ""


def test_a_reader_that_stops_early_is_no_error():
    command = f"{sys.executable} -m vado.cli data sources | head -1"
    result = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True)
    assert "Traceback" not in result.stderr
    assert "Error" not in result.stderr


def test_forecast_writes_the_agreed_columns(tmp_path):
    result = vado(
        *("forecast", "--as-of", "2022-04-20", "--months", "2", "--member", "srw", "--out", "f.csv", "--json"),
        cwd=tmp_path,
    )
    answer = json.loads(result.stdout)
    assert {row["origin_date"] for row in answer["tables"]["forecast"]} == {"2022-03-31"}
    header = (tmp_path / "f.csv").read_text().splitlines()[0].split(",")
    assert header == [
        "origin_date",
        "target",
        "location",
        "nationality",
        "target_end_date",
        "horizon",
        "output_type",
        "output_type_id",
        "value",
    ]
    assert vado("score", "f.csv", cwd=tmp_path).returncode == 0


def test_a_reader_who_has_had_enough_is_no_error():
    command = [sys.executable, "-c", "from vado.cli import main; main()", "data", "observe", "sw_encounters", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0
