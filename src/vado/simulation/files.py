"""Files of results: Parquet and CSV with one row a count, or NetCDF, by the ending of the file's name.

A file is written aside and moved into place when it is whole, so that a failure leaves an earlier file as it was.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import xarray as xr

from vado.errors import BadFileError, nearest
from vado.simulation.tidy import schema, tables

SUFFIXES = (".parquet", ".csv", ".csv.gz", ".nc")

#: Numbers of a NetCDF file that are compressed together.
_CHUNK = 200_000


def check_file(path: Path) -> str:
    """Return the ending of a file, or refuse one that could not be written, before anything is run.

    Raises
    ------
    BadFileError
        For another ending, a folder that is not there or takes no files, or a name that is a folder's.
    """
    suffix = next((suffix for suffix in sorted(SUFFIXES, key=len, reverse=True) if path.name.endswith(suffix)), None)
    if suffix is None:
        near = nearest(path.suffix, SUFFIXES) if path.suffix else None
        mend = f"did you mean {near}?" if near else f"name the file so that it ends in one of {', '.join(SUFFIXES)}"
        raise BadFileError(f"{path} has no ending that says its format; {mend}")
    if not path.parent.is_dir():
        raise BadFileError(f"there is no folder {path.parent}; make it or name another")
    if path.is_dir():
        raise BadFileError(f"{path} is a folder; name a file")
    with _writable(path), _aside(path) as fresh:
        fresh.touch()
    return suffix


def write(outcome: xr.Dataset, path: Path) -> None:
    """Write what came out of a run.

    Parameters
    ----------
    outcome
        What :func:`vado.simulation.simulate.simulate` returns.
    path
        The file; an earlier one is replaced.

    Raises
    ------
    BadFileError
        For an unknown ending, or a file that cannot be written.
    """
    suffix = check_file(path)
    with _writable(path), _aside(path) as fresh:
        if suffix == ".nc":
            _write_netcdf(outcome, fresh)
        elif suffix == ".parquet":
            _write_parquet(outcome, fresh)
        else:
            _write_csv(outcome, fresh, "gzip" if suffix == ".csv.gz" else None)
        os.replace(fresh, path)


@contextlib.contextmanager
def _aside(path: Path) -> Iterator[Path]:
    """Give the name of a file beside the one that is meant; whatever is left of it is taken away."""
    fresh = path.with_name(f".{path.name}-{secrets.token_hex(4)}.new")
    try:
        yield fresh
    finally:
        fresh.unlink(missing_ok=True)


@contextlib.contextmanager
def _writable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BadFileError(f"{path} cannot be written ({error.strerror or error}); give another path") from None


def _write_parquet(outcome: xr.Dataset, path: Path) -> None:
    with pq.ParquetWriter(path, schema(outcome), compression="zstd") as writer:
        for table in tables(outcome):
            writer.write_table(table)


def _write_csv(outcome: xr.Dataset, path: Path, compression: str | None) -> None:
    columns = schema(outcome)
    plain = pa.schema(
        pa.field(field.name, pa.string() if pa.types.is_dictionary(field.type) else field.type) for field in columns
    )
    style = pyarrow.csv.WriteOptions(quoting_style="needed")
    with (
        pa.output_stream(str(path), compression=compression) as stream,
        pyarrow.csv.CSVWriter(stream, plain, write_options=style) as writer,
    ):
        for table in tables(outcome):
            writer.write_table(table.cast(plain))


def _write_netcdf(outcome: xr.Dataset, path: Path) -> None:
    encoding: dict[str, dict[str, object]] = {
        str(name): {"zlib": True, "complevel": 4, "shuffle": True, "chunksizes": _chunks(variable.shape)}
        for name, variable in outcome.data_vars.items()
    }
    first = np.datetime_as_string(outcome["time_bounds"].values[0, 0], "D")
    for name in {"time", "day"} & set(outcome.coords):
        encoding[name] = {"units": f"days since {first}", "calendar": "proleptic_gregorian", "dtype": "int32"}
    outcome.to_netcdf(path, engine="h5netcdf", encoding=encoding)


def _chunks(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape of the parts in which an array is compressed: whole members, as many as make a good size."""
    one = max(1, int(np.prod(shape[1:])))
    return (max(1, min(shape[0], _CHUNK // one)), *(max(1, size) for size in shape[1:]))
