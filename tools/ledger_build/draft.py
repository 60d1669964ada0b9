"""The ledger while it is being made: rows of every table, and the account of which input went where."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pandas as pd

from ledger_build.periods import date_in_address
from vado.errors import BadFileError

Row = dict[str, Any]

#: What an observation says where its source has no split.
WITHOUT_SPLIT = {
    "place": "ALL",
    "nationality": "ALL",
    "household": "ALL",
    "legal_authority": "ALL",
    "component": "ALL",
    "attributes": "{}",
}
#: Vintage of figures that press or officials quoted, whose release is not one of a statistical series.
QUOTED = "as_quoted"
#: Addresses whose owner is a government, a court or an international organisation.
_OFFICIAL = re.compile(r"(\.gov|\.gob\.mx|gob\.mx|\.mil|reliefweb\.int|iom\.int|elaws\.us)$")


@dataclass(frozen=True)
class Measure:
    """A row of ``measures``; see :mod:`vado.ledger.schema`."""

    measure: str
    title: str
    unit: str
    kind: str
    additive_over: str
    lag_days: int
    missing_is_zero: bool
    default_series: str | None
    description: str
    traps: str | None = None


@dataclass(frozen=True)
class Source:
    """A row of ``sources``; see :mod:`vado.ledger.schema`."""

    source_id: str
    publisher: str
    title: str
    kind: str
    published: str | None = None
    url: str | None = None
    licence: str = "not stated"
    attributed_to: str | None = None
    note: str | None = None


@dataclass
class Draft:
    """Collects rows and remembers where each came from.

    Parameters
    ----------
    data
        The folder that holds ``flows``, ``stock`` and ``politics``.
    """

    data: Path
    measures: dict[str, Measure] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    frames: list[pd.DataFrame] = field(default_factory=list)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    used: list[tuple[str, str, str, int]] = field(default_factory=list)
    left_out: list[tuple[str, str, int]] = field(default_factory=list)

    def read(self, file: str) -> pd.DataFrame:
        """Read an input table as text, every cell as it stands."""
        path = self.data / file
        if not path.exists():
            raise BadFileError(f"input file {file} is missing from {self.data.name}; pass its folder with --data")
        return pd.read_csv(path, dtype=str, keep_default_na=False)

    def records(self, file: str) -> list[Row]:
        """Read an input table as one mapping a row."""
        return as_rows(self.read(file))

    def add_measures(self, measures: Iterable[Measure]) -> None:
        """Register measures; a name may be given once."""
        for measure in measures:
            if measure.measure in self.measures:
                raise BadFileError(f"measure {measure.measure} is described twice; keep one description")
            self.measures[measure.measure] = measure

    def add_source(self, source: Source) -> str:
        """Register a source and return its id; the same source may come again, another one with its id may not."""
        known = self.sources.setdefault(source.source_id, source)
        if known != source:
            raise BadFileError(f"two different sources share the id {source.source_id}; rename one")
        return source.source_id

    def page(self, address: str, attributed_to: str = "") -> str:
        """Register a page of press or an office, and return its id.

        One source stands for an address and whoever the figure is credited to.
        """
        url = address.split(" ")[0] if address.startswith("http") else ""
        host = (urlsplit(url).hostname or "").removeprefix("www.")
        digest = hashlib.sha256(f"{address}\n{attributed_to}".encode()).hexdigest()[:6]
        name = re.sub(r"[^a-z0-9]+", "_", host or "page_unknown").strip("_")
        written = date_in_address(url)
        return self.add_source(
            Source(
                source_id=f"{name}_{digest}",
                publisher=host or attributed_to or "not stated",
                title=_title_of_page(url) or f"page without a stated address, credited to {attributed_to or 'nobody'}",
                kind="official_statement" if _OFFICIAL.search(host) else "press",
                published=written[0].isoformat() if written and written[1] else None,
                url=url or None,
                attributed_to=attributed_to or None,
                note=None if url else "the address of the page is not known",
            )
        )

    def mention(self, text: str, attributed_to: str = "", kind: str = "press") -> str:
        """Register a page that is named without its full address, and return its id."""
        digest = hashlib.sha256(f"{text}\n{attributed_to}".encode()).hexdigest()[:6]
        host = re.match(r"[a-z0-9-]+(\.[a-z0-9-]+)+", text)
        publisher = host.group(0) if host else re.split(r"[;(,]", text)[0].strip()
        name = re.sub(r"[^a-z0-9]+", "_", publisher.lower())[:32].strip("_")
        return self.add_source(
            Source(
                source_id=f"{name or 'page'}_{digest}",
                publisher=publisher or "not stated",
                title=text or "page not named",
                kind=kind,
                attributed_to=attributed_to or None,
                note="named without its full address",
            )
        )

    def observe(
        self, file: str, measure: str, series: str, source: str | None, rows: pd.DataFrame, vintage: str = "final"
    ) -> None:
        """Add observations of one measure and series.

        ``rows`` needs ``period_start``, ``period_end`` and ``value``; dimensions that it lacks are without split,
        and ``published`` is the period end plus the measure's lag where it is not given.
        """
        if rows.empty:
            raise BadFileError(f"{file} gives no row for {measure}, series {series}; has its layout changed?")
        about = self.measures[measure]
        frame = rows.copy()
        for column, code in WITHOUT_SPLIT.items():
            if column not in frame:
                frame[column] = code
        for column in ("low", "high"):
            frame[column] = pd.to_numeric(frame[column]) if column in frame else float("nan")
        frame["value"] = pd.to_numeric(frame["value"])
        for column in ("interval", "note"):
            frame[column] = frame[column].replace("", None) if column in frame else None
        for column in ("period_start", "period_end"):
            frame[column] = pd.to_datetime(frame[column])
        known = pd.to_datetime(frame["published"]) if "published" in frame else pd.Series(pd.NaT, index=frame.index)
        assumed = known.isna()
        if "published_is_assumed" in frame:
            assumed = assumed | frame["published_is_assumed"].astype(bool)
        frame["published"] = known.fillna(frame["period_end"] + pd.Timedelta(days=about.lag_days))
        frame["published_is_assumed"] = assumed
        frame["measure"], frame["unit"], frame["series"] = measure, about.unit, series
        if "vintage" not in frame:
            frame["vintage"] = vintage
        if source is not None:
            frame["source_id"] = source
        self.frames.append(frame)
        self.used.append((file, measure, series, len(frame)))

    def add(self, file: str, table: str, rows: list[Row]) -> None:
        """Add rows to a table other than the observations."""
        self.rows.setdefault(table, []).extend(rows)
        self.used.append((file, table, "", len(rows)))

    def leave_out(self, file: str, reason: str, rows: int = 0) -> None:
        """Note that a file, or some rows of it, does not enter, and why."""
        self.left_out.append((file, reason, rows))

    def table(self, name: str) -> pd.DataFrame:
        """Return the rows of a table as collected, in no order."""
        if name == "observations":
            return pd.concat(self.frames, ignore_index=True)
        if name == "sources":
            return pd.DataFrame([asdict(source) for source in self.sources.values()])
        if name == "measures":
            return pd.DataFrame([asdict(measure) for measure in self.measures.values()])
        return pd.DataFrame(self.rows[name])


def as_rows(frame: pd.DataFrame) -> list[Row]:
    """Return a frame as one mapping a row."""
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def attributes(**columns: Any) -> list[str]:
    """Return one compact JSON object a row from columns of equal length; empty values are left out.

    >>> attributes(sex=["female", ""], age=["adult", "adult"])
    ['{"age":"adult","sex":"female"}', '{"age":"adult"}']
    """
    names = sorted(columns)
    known: dict[tuple[Any, ...], str] = {}
    texts = []
    for row in zip(*(columns[name] for name in names), strict=True):
        if row not in known:
            known[row] = as_json(dict(zip(names, row, strict=True)))
        texts.append(known[row])
    return texts


def as_json(values: Mapping[str, str]) -> str:
    """Return a compact JSON object with sorted keys, without empty values."""
    kept = {key: value for key, value in values.items() if value}
    return json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def published_with_page(address: str, period_end: dt.date) -> tuple[dt.date | None, bool]:
    """Return the day on which a page could be read, if its address says so, and whether the day is assumed.

    A date in an address that lies before the end of the period is that of something else and is passed over.
    """
    written = date_in_address(address)
    if written is None or written[0] < period_end:
        return None, True
    return written[0], not written[1]


def _title_of_page(url: str) -> str:
    parts = [part for part in urlsplit(url).path.split("/") if part]
    worded = [part for part in parts if re.search(r"[A-Za-z]{3}", part)]
    if not worded:
        return urlsplit(url).hostname or ""
    text = re.sub(r"\.(html?|php|xml|aspx)$", "", unquote(max(worded, key=len)))
    return re.sub(r"[-_+]+", " ", text).strip()
