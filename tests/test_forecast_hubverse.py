"""Forecast files: written and read back, and every broken rule named with its row."""

import numpy as np
import pandas as pd
import pytest

from vado.errors import BadFileError
from vado.forecast import hubverse
from vado.forecast.targets import SERIES

ORIGIN = pd.Timestamp("2021-11-30").as_unit("s")


@pytest.fixture
def forecasts():
    draw = np.random.default_rng(1)
    log_quantiles = np.sort(draw.gamma(2, 2, (3, len(SERIES), len(hubverse.LEVELS))), axis=2)
    return hubverse.from_member(ORIGIN, [1, 2, 3], log_quantiles, hubverse.LEVELS)


@pytest.mark.parametrize("name", ["f.csv", "f.csv.gz", "f.parquet"])
def test_written_and_read_back(forecasts, name, tmp_path):
    hubverse.write(forecasts, tmp_path / name)
    back = hubverse.read(tmp_path / name)
    keys = ["horizon", "location", "nationality"]
    order = forecasts.tasks.sort_values(keys).index
    again = back.tasks.sort_values(keys).index
    pd.testing.assert_frame_equal(
        back.tasks.loc[again].reset_index(drop=True),
        forecasts.tasks.loc[order].reset_index(drop=True),
        check_dtype=False,
    )
    np.testing.assert_allclose(back.quantiles[again], forecasts.quantiles[order], rtol=1e-9)
    np.testing.assert_allclose(back.levels, hubverse.LEVELS)


def test_levels_are_those_of_the_convention():
    assert hubverse.LEVELS.tolist()[:4] == [0.01, 0.025, 0.05, 0.1]
    assert hubverse.LEVELS.tolist()[-4:] == [0.9, 0.95, 0.975, 0.99]
    assert len(hubverse.LEVELS) == 23


def test_dates_across_year_and_february():
    ends = hubverse.from_member(ORIGIN, [1, 2, 3], np.zeros((3, len(SERIES), 1)), np.array([0.5])).tasks
    assert [f"{end:%F}" for end in ends["target_end_date"].unique()] == ["2021-12-31", "2022-01-31", "2022-02-28"]


def broken(row, column, value):
    def change(frame):
        frame[column] = frame[column].astype(object)
        frame.loc[row, column] = value
        return frame

    return change


FAULTS = [
    (broken(7, "value", -1.0), 9, "value is negative"),
    (broken(7, "value", "many"), 9, "value is not a number"),
    (broken(7, "value", 1e9), 10, "quantiles cross"),
    (broken(3, "horizon", 13), 5, "horizon is not a whole number from 1 to 12"),
    (broken(3, "horizon", 2), 5, "horizon is not the months between the dates"),
    (broken(3, "origin_date", "2021-11-29"), 5, "origin_date is not the last day of a month"),
    (broken(3, "target_end_date", "soon"), 5, "target_end_date is not a date"),
    (broken(0, "location", "El Paso Sector"), 2, "unknown location"),
    (broken(0, "nationality", "XYZ"), 2, "unknown nationality"),
    (broken(0, "output_type_id", 1.5), 2, "output_type_id is no level"),
    (lambda frame: pd.concat([frame, frame.iloc[[4]]]), None, "the quantile occurs twice"),
    (lambda frame: frame.drop(index=5), 2, "the task lacks some of the 23 levels"),
    (lambda frame: frame.drop(columns="value"), None, "lacks the columns value"),
    (lambda frame: frame[frame["output_type_id"] != 0.5], None, "not symmetric around a 0.5"),
    (lambda frame: frame.assign(target="other"), None, "no row of target sw_encounters"),
]


@pytest.mark.parametrize(("change", "line", "said"), FAULTS, ids=[fault[2] for fault in FAULTS])
def test_the_first_fault_is_named_with_its_line(forecasts, change, line, said, tmp_path):
    path = tmp_path / "f.csv"
    hubverse.write(forecasts.select(np.arange(len(forecasts.tasks)) < 4), path)
    change(pd.read_csv(path)).to_csv(path, index=False)
    with pytest.raises(BadFileError) as caught:
        hubverse.read(path)
    message = str(caught.value)
    assert said in message
    assert "f.csv" in message
    assert "\n" not in message
    if line is not None:
        assert f"line {line} " in message


def test_what_is_no_file_or_no_table(tmp_path):
    with pytest.raises(BadFileError, match="there is no file"):
        hubverse.read(tmp_path / "nothing.csv")
    with pytest.raises(BadFileError, match="neither CSV nor Parquet"):
        hubverse.read(tmp_path / "f.xlsx")
    (tmp_path / "f.parquet").write_text("no table")
    with pytest.raises(BadFileError, match="cannot be read as parquet"):
        hubverse.read(tmp_path / "f.parquet")
