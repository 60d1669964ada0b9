"""Forecast files: one row a quantile, in the columns that forecasting hubs share.

``origin_date, target, location, nationality, target_end_date, horizon, output_type, output_type_id, value``; dates are
month ends, quantile levels those of :data:`LEVELS`. Files are CSV (also ``.csv.gz``) or Parquet by their suffix. Rows
of other targets or output types are left alone. A file that breaks a rule is refused with the first row that does.

In memory, forecasts of many tasks are a :class:`Forecasts`: a frame of tasks and beside it a matrix of quantiles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from vado.errors import BadFileError
from vado.forecast.targets import LOCATIONS, MEASURE, NATIONALITIES, SERIES, Floats, group_of, months_after
from vado.ledger.codes import ALL, SOUTHWEST_BORDER

LEVELS: Floats = np.array([0.01, 0.025, *(round(0.05 * step, 2) for step in range(1, 20)), 0.975, 0.99])

#: The columns that say which month of which series is forecast, and when.
TASK = ("origin_date", "target", "location", "nationality", "target_end_date", "horizon")
COLUMNS = (*TASK, "output_type", "output_type_id", "value")
QUANTILE = "quantile"

_SUFFIXES = (".csv", ".csv.gz", ".parquet")
_DATES = ("origin_date", "target_end_date")
_KEYS = ["origin_date", "location", "nationality", "horizon"]


@dataclass(frozen=True)
class Forecasts:
    """Forecasts of many tasks by one forecaster.

    Parameters
    ----------
    tasks
        One row a task, with the columns :data:`TASK`; dates as timestamps.
    quantiles
        Shape (task, level) [encounters/month].
    levels
        Shape (level,), symmetric around 0.5.
    """

    tasks: pd.DataFrame
    quantiles: Floats
    levels: Floats

    def select(self, keep: npt.NDArray[np.bool_]) -> Forecasts:
        """Return the tasks for which ``keep`` is true."""
        return Forecasts(self.tasks[keep].reset_index(drop=True), self.quantiles[keep], self.levels)

    def at(self, level: float) -> Floats:
        """Return one quantile of all tasks, NaN where the forecaster gave no such level, shape (task,)."""
        found = np.flatnonzero(np.isclose(self.levels, level))
        return self.quantiles[:, found[0]] if found.size else np.full(len(self.quantiles), np.nan)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a quantile with the columns :data:`COLUMNS`."""
        count = len(self.levels)
        frame = self.tasks.loc[self.tasks.index.repeat(count), list(TASK)].reset_index(drop=True)
        frame["output_type"] = pd.Categorical([QUANTILE]).repeat(len(frame))
        frame["output_type_id"] = np.tile(self.levels, len(self.tasks))
        frame["value"] = self.quantiles.ravel()
        return frame


def from_member(origin: pd.Timestamp, horizons: Sequence[int], log_quantiles: Floats, levels: Floats) -> Forecasts:
    """Return a member's log quantiles, shape (horizon, series, level), as forecasts of counts."""
    ends = months_after(origin, horizons)
    count = len(SERIES)
    tasks = pd.DataFrame(
        {
            "origin_date": origin,
            "target": MEASURE,
            "location": [place for place, _ in SERIES] * len(horizons),
            "nationality": [code for _, code in SERIES] * len(horizons),
            "target_end_date": ends.repeat(count),
            "horizon": np.repeat(np.asarray(horizons, dtype=int), count),
        }
    )
    return Forecasts(tasks, np.expm1(log_quantiles).reshape(-1, len(levels)), levels)


def joined(parts: Sequence[Forecasts]) -> Forecasts:
    """Return the tasks of several forecasts, which share their levels, as one."""
    tasks = pd.concat([part.tasks for part in parts], ignore_index=True)
    return Forecasts(tasks, np.concatenate([part.quantiles for part in parts]), parts[0].levels)


def groups_of(tasks: pd.DataFrame) -> pd.Series:
    """Return the target group of each task."""
    pairs = pd.MultiIndex.from_frame(tasks[["location", "nationality"]])
    names = {pair: group_of(pair) for pair in pairs.unique()}
    return pd.Series([names[pair] for pair in pairs], index=tasks.index, dtype=object)


def write(forecasts: Forecasts, path: Path | str) -> None:
    """Write forecasts to a CSV or Parquet file.

    Raises
    ------
    BadFileError
        If the suffix is neither, or the file cannot be written.
    """
    save(forecasts.to_frame(), Path(path))


def save(frame: pd.DataFrame, path: Path) -> None:
    """Write a table with ISO dates to a CSV or Parquet file."""
    suffix = suffix_of(path)
    try:
        if suffix == ".parquet":
            _save_parquet(frame, path)
        else:
            frame.to_csv(path, index=False, date_format="%Y-%m-%d", float_format="%.10g")
    except OSError as error:
        raise BadFileError(f"{path} cannot be written ({error.strerror or error}); give another path") from None


def _save_parquet(frame: pd.DataFrame, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(frame, preserve_index=False)
    for position, field in enumerate(table.schema):
        # Days and words, as every reader expects them, and not timestamps and categories.
        plain = pa.date32() if pa.types.is_timestamp(field.type) else field.type
        plain = pa.string() if pa.types.is_dictionary(field.type) else plain
        if plain != field.type:
            table = table.set_column(position, field.name, table[position].cast(plain))
    pq.write_table(table, path)


def read(path: Path | str) -> Forecasts:
    """Read a forecast file and check every rule.

    Raises
    ------
    BadFileError
        If the file cannot be read, or a row breaks a rule; the message names the file, the first such row and the
        mend.
    """
    path = Path(path)
    suffix = suffix_of(path)
    try:
        if suffix == ".parquet":
            frame = pd.read_parquet(path)
        else:
            frame = pd.read_csv(path, dtype={"location": str, "nationality": str}, keep_default_na=True)
    except FileNotFoundError:
        raise BadFileError(f"there is no file {path}; give the path of a forecast file") from None
    except (OSError, ValueError) as error:
        raise BadFileError(f"{path} cannot be read as {suffix[1:]} ({str(error).splitlines()[0]})") from None
    # In a text file the header is line 1; in Parquet rows are counted from 1.
    return check(frame, str(path), ("row", 1) if suffix == ".parquet" else ("line", 2))


def check(frame: pd.DataFrame, where: str = "forecasts", count_from: tuple[str, int] = ("row", 1)) -> Forecasts:
    """Check every rule of a frame of forecasts and return it task by task.

    Parameters
    ----------
    frame
        One row a quantile, columns :data:`COLUMNS`.
    where
        The file's name, for messages.
    count_from
        What a row is called in messages, and the number of the first.

    Raises
    ------
    BadFileError
        At the first row that breaks a rule.
    """
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        raise BadFileError(f"{where} lacks the columns {', '.join(missing)}; a forecast file has {', '.join(COLUMNS)}")
    frame = frame.reset_index(drop=True)
    frame = frame[(frame["target"] == MEASURE) & (frame["output_type"] == QUANTILE)].loc[:, list(COLUMNS)]
    if frame.empty:
        raise BadFileError(f"{where} has no row of target {MEASURE} and output_type {QUANTILE}")

    def refuse(bad: pd.Series, what: str, mend: str) -> None:
        if bad.any():
            row = int(frame.index[bad.to_numpy()].min())
            shown = ", ".join(f"{frame.at[row, name]!s:.10}" for name in _KEYS)
            raise BadFileError(f"{where}, {count_from[0]} {row + count_from[1]} ({shown}): {what}; {mend}")

    for name in _DATES:
        given = frame[name]
        # Files repeat few dates many times.
        dates = given.map({text: pd.to_datetime(text, errors="coerce") for text in given.unique()})
        dates = pd.to_datetime(dates)
        refuse(dates.isna(), f"{name} is not a date", "write YYYY-MM-DD")
        refuse(~dates.dt.is_month_end, f"{name} is not the last day of a month", "use month ends")
        frame[name] = dates.dt.as_unit("s")
    for name in ("horizon", "output_type_id", "value"):
        numbers = pd.to_numeric(frame[name], errors="coerce")
        refuse(~np.isfinite(numbers), f"{name} is not a number", "write a finite number")
        frame[name] = numbers.astype(float)
    origin, end = (frame[name].dt.year * 12 + frame[name].dt.month for name in _DATES)
    refuse(~frame["horizon"].isin(range(1, 13)), "horizon is not a whole number from 1 to 12", "count months")
    refuse(end - origin != frame["horizon"], "horizon is not the months between the dates", "correct one of the three")
    frame["horizon"] = frame["horizon"].astype(int)
    places, codes = (*LOCATIONS, SOUTHWEST_BORDER), (*NATIONALITIES, ALL)
    refuse(~frame["location"].isin(places), "unknown location", f"use one of {', '.join(places)}")
    refuse(~frame["nationality"].isin(codes), "unknown nationality", f"use one of {', '.join(codes)}")
    refuse(frame["value"] < 0, "value is negative", "counts start at 0")
    refuse(~frame["output_type_id"].between(0, 1, inclusive="neither"), "output_type_id is no level", "use 0 to 1")
    frame["output_type_id"] = frame["output_type_id"].round(4)

    levels = np.sort(frame["output_type_id"].unique())
    if 0.5 not in levels or not np.allclose(levels + levels[::-1], 1):
        raise BadFileError(f"{where} has levels that are not symmetric around a 0.5; give each level p with its 1 - p")
    refuse(frame.duplicated([*_KEYS, "output_type_id"]), "the quantile occurs twice", "keep one")
    frame = frame.sort_values([*_KEYS, "output_type_id"], kind="stable")
    sizes = frame.groupby(_KEYS)["value"].transform("size")
    refuse(sizes != len(levels), f"the task lacks some of the {len(levels)} levels of the file", "add them")
    values = frame["value"].to_numpy().reshape(-1, len(levels))
    falls = np.zeros(values.shape, dtype=bool)
    falls[:, 1:] = np.diff(values, axis=1) < -1e-9
    refuse(pd.Series(falls.ravel(), index=frame.index), "quantiles cross", "make values rise with the level")
    tasks = frame.iloc[:: len(levels)].loc[:, list(TASK)].reset_index(drop=True)
    return Forecasts(tasks, values, levels)


def suffix_of(path: Path) -> str:
    """Return the kind of a file by the end of its name, or raise ``BadFileError``."""
    for suffix in _SUFFIXES:
        if path.name.endswith(suffix):
            return suffix
    raise BadFileError(f"{path} is neither CSV nor Parquet; name it with one of the endings {', '.join(_SUFFIXES)}")
