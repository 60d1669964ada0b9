"""Writing the tables: fixed types, fixed order, so that one input gives one file to the byte."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as arrow
import pyarrow.parquet

from vado.ledger.schema import TABLES, Table

ARROW_TYPES = {
    "VARCHAR": arrow.string(),
    "DOUBLE PRECISION": arrow.float64(),
    "DATE": arrow.date32(),
    "BIGINT": arrow.int64(),
    "BOOLEAN": arrow.bool_(),
}


def typed(table: Table, rows: pd.DataFrame) -> arrow.Table:
    """Return rows as an Arrow table with the schema's columns and types, sorted by the key and then by the rest."""
    fields = [arrow.field(c.name, ARROW_TYPES[c.type], nullable=c.optional) for c in table.columns]
    arrays = []
    for column in table.columns:
        values = rows[column.name] if column.name in rows else pd.Series([None] * len(rows), dtype=object)
        if column.type == "DATE":
            days = pd.to_datetime(values).astype("datetime64[s]")
            arrays.append(arrow.array(days, from_pandas=True).cast(arrow.date32()))
        elif column.type == "VARCHAR":
            # Optional texts are either there or null; a required one may be empty (nothing to add over).
            texts = [None if pd.isna(v) or (v == "" and column.optional) else str(v) for v in values]
            arrays.append(arrow.array(texts, type=arrow.string()))
        else:
            arrays.append(arrow.array(values, type=ARROW_TYPES[column.type], from_pandas=True))
    whole = arrow.Table.from_arrays(arrays, schema=arrow.schema(fields))
    order = [*table.key, *(name for name in table.names if name not in table.key)]
    return whole.sort_by([(name, "ascending") for name in order])


def write(folder: Path, name: str, content: arrow.Table) -> int:
    """Write one table as ``<name>.parquet`` and return its size [bytes]."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.parquet"
    arrow.parquet.write_table(
        content,
        path,
        compression="zstd",
        compression_level=19,
        use_dictionary=True,
        write_statistics=True,
        store_schema=False,
        row_group_size=1 << 20,
    )
    return path.stat().st_size


def write_all(folder: Path, tables: dict[str, arrow.Table]) -> dict[str, int]:
    """Write all tables of the ledger but the quarantine, and return their sizes [bytes]."""
    return {name: write(folder, name, tables[name]) for name in TABLES if name != "quarantine"}
