"""Where a ledger's tables lie: one small interface, and DuckDB behind it.

A store runs SQL and takes rows; it knows nothing of measures, vintages or sources. The embedded ledger is a set of
Parquet files inside the package, read through an in-memory DuckDB. A user's own ledger is a DuckDB file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from vado.errors import BadFileError
from vado.ledger.schema import TABLES, Table

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


class Store(Protocol):
    """What a ledger needs of the place where its tables lie."""

    @property
    def name(self) -> str:
        """What the store is, for messages and for the record of an answer."""
        ...

    @property
    def content_hash(self) -> str:
        """A hash that changes when any row of the ledger changes."""
        ...

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> pd.DataFrame:
        """Run one SELECT with ``?`` for each parameter and return its rows."""
        ...

    def append(self, rows: Mapping[str, pd.DataFrame]) -> None:
        """Add rows to tables (name → rows with exactly its columns), all of them or none."""
        ...

    def close(self) -> None:
        """Release the connection."""
        ...


def embedded_files() -> dict[str, Path]:
    """Return table name → Parquet file of the ledger that ships with the package."""
    folder = Path(str(files("vado.ledger"))) / "data"
    return {name: folder / f"{name}.parquet" for name in TABLES if name != "quarantine"}


class DuckDBStore:
    """A ledger in DuckDB: in memory over the packaged Parquet, or in a file of the user.

    Parameters
    ----------
    path
        The DuckDB file, or None for the embedded ledger, which cannot be written to.
    create
        Make the file if it is missing, filled with the embedded ledger.
    """

    def __init__(self, path: Path | None = None, *, create: bool = False) -> None:
        import duckdb

        self._path = path
        if path is None:
            self._connection = duckdb.connect(":memory:")
            for name, file in embedded_files().items():
                self._run(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{_quoted(file)}')")
            self._run(_create_statement(TABLES["quarantine"]))
            return
        if not path.exists() and not create:
            raise BadFileError(f"no ledger at {path}; make one with: vado data load FILE --ledger {path}")
        fresh = not path.exists()
        try:
            self._connection = duckdb.connect(str(path))
        except duckdb.Error as error:
            raise BadFileError(
                f"{path} is not a DuckDB ledger, or is in use elsewhere ({_first_line(error)})"
            ) from None
        present = set(self.query("SELECT table_name FROM information_schema.tables")["table_name"])
        if fresh:
            self._fill_from_embedded()
        elif missing := sorted(set(TABLES) - present):
            self._connection.close()
            raise BadFileError(f"{path} is a DuckDB file but no ledger: it lacks the table {missing[0]!r}")

    @property
    def name(self) -> str:
        """``embedded``, or the file's name."""
        return "embedded" if self._path is None else self._path.name

    @cached_property
    def _embedded_hash(self) -> str:
        digest = hashlib.sha256()
        for file in embedded_files().values():
            digest.update(file.read_bytes())
        return digest.hexdigest()

    @property
    def content_hash(self) -> str:
        """SHA-256 of the packaged files, or of all rows of the user's file."""
        if self._path is None:
            return self._embedded_hash
        digest = hashlib.sha256()
        for name in TABLES:
            sql = f"SELECT md5(string_agg(r, '' ORDER BY r)) AS h FROM (SELECT md5(t::VARCHAR) AS r FROM {name} t)"
            digest.update(str(self.query(sql)["h"].iloc[0]).encode())
        return digest.hexdigest()

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> pd.DataFrame:
        """Run one SELECT and return its rows."""
        return self._run(sql, parameters).df()

    def append(self, rows: Mapping[str, pd.DataFrame]) -> None:
        """Add rows to tables of the user's ledger, in one transaction."""
        if self._path is None:
            raise BadFileError("the packaged ledger cannot be changed; load into one of your own with --ledger FILE")
        self._run("BEGIN")
        try:
            for table, frame in rows.items():
                names = ", ".join(TABLES[table].names)
                self._connection.register("incoming", frame)
                self._run(f"INSERT INTO {table} ({names}) SELECT {names} FROM incoming")
                self._connection.unregister("incoming")
        except BaseException:
            self._run("ROLLBACK")
            raise
        self._run("COMMIT")

    def close(self) -> None:
        """Release the connection, and the file with it."""
        self._connection.close()

    def _run(self, sql: str, parameters: Sequence[Any] = ()) -> duckdb.DuckDBPyConnection:
        return self._connection.execute(sql, list(parameters))

    def _fill_from_embedded(self) -> None:
        self._run("BEGIN")
        for table in TABLES.values():
            self._run(_create_statement(table))
        for name, file in embedded_files().items():
            columns = ", ".join(TABLES[name].names)
            self._run(f"INSERT INTO {name} SELECT {columns} FROM read_parquet('{_quoted(file)}')")
        self._run("COMMIT")


def _create_statement(table: Table) -> str:
    columns = ", ".join(f"{c.name} {c.type}{'' if c.optional else ' NOT NULL'}" for c in table.columns)
    return f"CREATE TABLE {table.name} ({columns})"


def _quoted(file: Path) -> str:
    return str(file).replace("'", "''")


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
