"""Reading a ledger: what was known about a measure on a given day.

One rule runs through all of it: nothing is known before it was published. Every read takes ``as_of`` and leaves out
what was published later. Rows come back as their source gave them; sums are made on request by :meth:`Ledger.total`,
which refuses the ones that mean nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vado.errors import BadValueError, UnknownNameError
from vado.ledger.codes import ALL, PORTS, check, check_nationality
from vado.ledger.dates import Day, day
from vado.ledger.schema import DIMENSIONS, OBSERVATIONS, TABLES
from vado.ledger.select import Clause, Codes, as_codes
from vado.ledger.store import DuckDBStore, Store
from vado.ledger.sums import total

if TYPE_CHECKING:
    import pandas as pd

FILTERS = DIMENSIONS


def open_ledger(url: str | Path | None = None) -> Ledger:
    """Open the ledger that ships with the package, or one of your own.

    Parameters
    ----------
    url
        None for the embedded ledger; else the path of a DuckDB file made by ``vado data load``.

    Raises
    ------
    BadFileError
        If there is no ledger at that path.
    """
    return Ledger(DuckDBStore(Path(url) if url is not None else None))


class Ledger:
    """What is known, with sources, vintages and rivals; opened by :func:`open_ledger`."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def close(self) -> None:
        """Close the store behind the ledger."""
        self.store.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def content_hash(self) -> str:
        """A hash that changes when any row changes; caches are keyed by it."""
        return self.store.content_hash

    @cached_property
    def measures(self) -> pd.DataFrame:
        """All measures, indexed by name: unit, kind, additive dimensions, lag, default series, traps."""
        return self.store.query("SELECT * FROM measures ORDER BY measure").set_index("measure", drop=False)

    def measure(self, name: str) -> dict[str, Any]:
        """Return the row of one measure, or raise ``UnknownNameError`` with the nearest."""
        check("measure", name, self.measures.index)
        return {str(key): value for key, value in self.measures.loc[name].items()}

    def series(self, measure: str) -> list[str]:
        """Return the names of the series of a measure, the default one first."""
        default = self.measure(measure)["default_series"]
        return sorted(self._distinct(measure, "series"), key=lambda name: (name != default, name))

    def contents(self) -> pd.DataFrame:
        """Return one row a measure: what it is, its unit, kind, first and last day, series and rows."""
        return self.store.query(
            "SELECT o.measure, m.title, m.kind, m.unit, min(o.period_start) AS first_day,"
            " max(o.period_end) AS last_day, count(DISTINCT o.series) AS series, count(*) AS rows"
            " FROM observations o JOIN measures m ON m.measure = o.measure"
            " GROUP BY o.measure, m.title, m.kind, m.unit ORDER BY o.measure"
        )

    def series_table(self, measure: str) -> pd.DataFrame:
        """Return one row a series of a measure: span, rows, releases and sources."""
        check("measure", measure, self.measures.index)
        return self.store.query(
            "SELECT series, min(period_start) AS first_day, max(period_end) AS last_day, count(*) AS rows,"
            " count(DISTINCT vintage) AS vintages, string_agg(DISTINCT source_id, ';') AS source_id"
            " FROM observations WHERE measure = ? GROUP BY series ORDER BY series",
            [measure],
        )

    def observe(
        self,
        measure: str,
        as_of: Day | None = None,
        *,
        series: Codes | None = None,
        vintage: str | None = None,
        start: Day | None = None,
        end: Day | None = None,
        **filters: Codes | Mapping[str, str],
    ) -> pd.DataFrame:
        """Return the observations of a measure as they were known on a day.

        Parameters
        ----------
        measure
            Name of a measure, such as ``"sw_encounters"``.
        as_of
            Rows published later are left out; None for all.
        series
            One or several series, or ``"all"``. By default the measure's default series, or all of them where rivals
            stand side by side.
        vintage
            One release by name. By default the newest that ``as_of`` allows: of a whole period where a missing row
            means zero, of each cell elsewhere.
        start, end
            Only periods that lie within these days, both included.
        **filters
            ``place``, ``nationality``, ``household``, ``legal_authority``, ``component``: a code or several;
            ``attributes``: a mapping that rows must contain. ``place="swb"``, ``place="OFO"``,
            ``nationality="OTH"`` and ``"ALL"`` stand for the rows that they are the sum of.

        Returns
        -------
        pandas.DataFrame
            One row an observation, with all columns of the table ``observations``.

        Raises
        ------
        UnknownNameError
            For an unknown measure, series, filter or code, with the nearest valid one.
        BadValueError
            For a date that is none.

        Examples
        --------
        >>> rows = open_ledger().observe("sw_encounters", start="2021-09-01", end="2021-09-30", nationality="HTI")
        >>> int(rows["value"].sum())
        17638
        """
        about = self.measure(measure)
        known = Clause()
        known.add("measure = ?", measure)
        if chosen := self._series(measure, series, about["default_series"]):
            known.add_codes(measure, "series", chosen)
        if vintage is not None:
            known.add("vintage = ?", check(f"vintage of {measure}", vintage, self._distinct(measure, "vintage")))
        bounds = (
            ("as_of", "published <=", as_of),
            ("start", "period_start >=", start),
            ("end", "period_end <=", end),
        )
        for name, comparison, bound in bounds:
            if bound is not None:
                known.add(f"{comparison} CAST(? AS DATE)", day(bound, name).isoformat())
        shown = self._filters(measure, filters)
        release = ["series", "period_start", "period_end"]
        if not about["missing_is_zero"]:
            release += DIMENSIONS
        return self._newest(known, shown, ", ".join(release))

    def total(
        self,
        measures: Codes,
        *,
        by: Codes = (),
        as_of: Day | None = None,
        series: str | None = None,
        start: Day | None = None,
        end: Day | None = None,
        **filters: Codes | Mapping[str, str],
    ) -> pd.DataFrame:
        """Add up what :meth:`observe` gives, where adding means something.

        Parameters
        ----------
        measures
            One measure, or several of the same kind and unit.
        by
            Columns to keep apart: dimensions, ``measure``, ``month``, ``year`` or ``fiscal_year``. What is not named
            is summed over.
        as_of, series, start, end, **filters
            As in :meth:`observe`.

        Returns
        -------
        pandas.DataFrame
            Columns ``by``, ``value``, ``unit`` and ``source_id`` (all sources of the sum, separated by ``;``).

        Raises
        ------
        KindError
            For measures of different kind or unit, for sums over a dimension that the measure does not add up over
            (a stock over time, a share over anything), and for a sum across series.

        Examples
        --------
        >>> int(open_ledger().total("sw_encounters", start="2020-10-01", end="2021-09-30")["value"].iloc[0])
        1734686
        """
        names = as_codes("measures", measures)
        abouts = [self.measure(name) for name in names]
        rows = [self.observe(name, as_of, series=series, start=start, end=end, **filters) for name in names]  # type: ignore[arg-type]
        return total(abouts, rows, as_codes("by", by) if by else [])

    def sources(self, ids: Iterable[str] | None = None) -> pd.DataFrame:
        """Return sources, all or those named, in the order of their ids."""
        frame = self.store.query("SELECT * FROM sources ORDER BY source_id")
        if ids is None:
            return frame
        wanted = set(ids)
        if unknown := wanted - set(frame["source_id"]):
            raise UnknownNameError("source", min(unknown), frame["source_id"])
        return frame[frame["source_id"].isin(wanted)].reset_index(drop=True)

    def parameters(self, name: str | None = None, as_of: Day | None = None) -> pd.DataFrame:
        """Return parameters, rivals side by side: all, or those of one name."""
        frame = self.read("parameters", as_of)
        if name is None:
            return frame
        check("parameter", name, frame["name"].unique())
        return frame[frame["name"] == name].reset_index(drop=True)

    def read(self, table: str, as_of: Day | None = None) -> pd.DataFrame:
        """Return a whole table other than the observations, in the order of its key.

        ``as_of`` leaves out what was published later (``date`` for happenings and votes, which are known on their
        day); tables without either date are returned whole.
        """
        check("table", table, [name for name in TABLES if name != "observations"])
        columns = TABLES[table].names
        clause = Clause()
        dated = next((column for column in ("published", "date") if column in columns and table != "sources"), None)
        if as_of is not None and dated:
            clause.add(f"{dated} <= CAST(? AS DATE)", day(as_of, "as_of").isoformat())
        order = ", ".join(TABLES[table].key)
        sql = f"SELECT {', '.join(columns)} FROM {table} WHERE {clause.sql} ORDER BY {order}"
        return self.store.query(sql, clause.values)

    def _newest(self, known: Clause, shown: Clause, release: str) -> pd.DataFrame:
        # Filters apply after the choice of the release: a cell that a new release leaves out is then zero, not old.
        names = ", ".join(OBSERVATIONS.names)
        return self.store.query(
            f"SELECT {names} FROM ("
            f" SELECT *, rank() OVER (PARTITION BY {release} ORDER BY released DESC, vintage DESC) AS age FROM ("
            f"  SELECT *, max(published) OVER (PARTITION BY {release}, vintage) AS released"
            f"  FROM observations WHERE {known.sql}) AS known) AS aged"
            f" WHERE age = 1 AND {shown.sql}"
            f" ORDER BY series, period_start, period_end, {', '.join(DIMENSIONS)}",
            [*known.values, *shown.values],
        )

    def _series(self, measure: str, given: Codes | None, default: object) -> list[str]:
        if given is None:
            return [default] if isinstance(default, str) and default else []
        codes = as_codes("series", given)
        if codes == ["all"]:
            return []
        valid = self._distinct(measure, "series")
        return [check(f"series of {measure}", code, valid) for code in codes]

    def _filters(self, measure: str, filters: Mapping[str, Codes | Mapping[str, str]]) -> Clause:
        clause = Clause()
        for column, given in filters.items():
            check("filter", column, FILTERS)
            if column == "attributes":
                if not isinstance(given, Mapping):
                    raise BadValueError(
                        f"attributes takes a mapping such as {{'return_type': 'deportation'}}, not {given!r}"
                    )
                clause.add_attributes(given)
                continue
            codes = as_codes(column, given)
            valid = self._distinct(measure, column)
            for code in codes:
                if column == "nationality":
                    check_nationality(code, also=valid)
                else:
                    check(f"{column} of {measure}", code, self._stand_for(column, valid))
            clause.add_codes(measure, column, codes)
        return clause

    def _distinct(self, measure: str, column: str) -> list[str]:
        sql = f"SELECT DISTINCT {column} AS code FROM observations WHERE measure = ? ORDER BY 1"
        return list(self.store.query(sql, [measure])["code"])

    def _stand_for(self, column: str, valid: list[str]) -> list[str]:
        """Return the valid codes of a column and the codes that stand for some of them."""
        if column != "place":
            return [*valid, ALL]
        places = self.read("places")
        found = places[places["place"].isin(valid)]
        ports = [PORTS] if (found["kind"] == "field_office").any() else []
        return sorted({*valid, *found["parent"].dropna(), *ports, ALL})
