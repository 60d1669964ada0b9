"""Members that are fitted series by series: automatic ETS, ARIMA and Theta models of statsforecast.

They are fitted to log(1 + count), with a season of twelve months once there are three years of data. A fit that fails,
that is not finite, or that would be made on twelve equal months, is left to the random walk, and the note of its
series says so. ARIMA takes about a seventh of a second a series, so fits are spread over processes and kept in the
user's cache folder. A result is filed under what it was made from: the history itself, the model, the levels and the
versions of the libraries; it can therefore never be older than its data, whichever ledger the data came from.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import warnings
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import platformdirs

from vado.forecast.targets import Floats

if TYPE_CHECKING:
    from vado.forecast.members import Settings

#: Member → class of statsforecast.models.
MODELS = {"ets": "AutoETS", "arima": "AutoARIMA", "theta": "AutoTheta"}

#: Months of data from which a season is fitted, and horizons that are always fitted so that the cache serves all.
MONTHS_FOR_SEASON = 36
LONGEST = 12

_LIBRARIES = ("statsforecast", "numpy", "scipy")

#: Fewer fits than this are made in the calling process: a worker takes seconds to import statsforecast.
_FEW_FITS = 24

_REPORT_EVERY = 50

Fit = tuple[Floats | None, str]


def fit(name: str, counts: Floats, levels: Floats) -> Fit:
    """Fit one series and return log quantiles for 1 to 12 months ahead, or why there are none.

    Parameters
    ----------
    name
        A key of :data:`MODELS`.
    counts
        One series, shape (time,) [encounters/month].
    levels
        Quantile levels, shape (level,).

    Returns
    -------
    tuple
        Quantiles of log(1 + count), shape (horizon, level), and an empty note; or None and the reason.
    """
    log_counts = np.log1p(counts)
    if np.ptp(log_counts[-12:]) == 0:
        return None, "the last twelve months are equal"
    from statsforecast import models

    season = 12 if len(log_counts) >= MONTHS_FOR_SEASON else 1
    # An interval of 80 % ends at the quantiles 0.1 and 0.9.
    intervals = {round(100 * abs(2 * level - 1), 6) for level in levels} - {0.0}
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            result = getattr(models, MODELS[name])(season_length=season).forecast(
                y=log_counts, h=LONGEST, level=sorted(intervals)
            )
    # A library of many models fails in many ways; whichever it was is said in the note.
    except Exception as error:
        return None, f"the fit failed ({type(error).__name__})"
    ends = {("mean", 0.0): result["mean"]}
    for key, values in result.items():
        side, _, interval = key.partition("-")
        if interval:
            ends[side, round(float(interval), 6)] = values
    quantiles = np.column_stack([ends[_end(level)] for level in levels]).astype(float)
    if not np.isfinite(quantiles).all():
        return None, "the fit is not finite"
    return quantiles, ""


def _end(level: float) -> tuple[str, float]:
    interval = round(100 * abs(2 * level - 1), 6)
    return ("mean" if interval == 0 else "lo" if level < 0.5 else "hi"), interval


def fit_all(
    name: str, counts: Floats, horizons: Sequence[int], levels: Floats, settings: Settings
) -> tuple[Floats, list[str]]:
    """Fit every series, on several processes where that pays, or take the fits from the cache.

    Parameters
    ----------
    name
        A key of :data:`MODELS`.
    counts
        Shape (time, series) [encounters/month].
    horizons, levels
        Months ahead, 1 to 12, and quantile levels.
    settings
        Processes, progress and cache.

    Returns
    -------
    tuple
        Log quantiles, shape (horizon, series, level), and for each series an empty note or the reason why its
        quantiles are missing (NaN).
    """
    chosen = np.asarray(horizons) - 1
    path = cache_path(name, counts, levels)
    if settings.cache and (stored := _read(path)) is not None:
        return stored[0][chosen], stored[1]
    fits = _fit_series(name, counts, levels, settings)
    quantiles = np.full((LONGEST, counts.shape[1], len(levels)), np.nan)
    for index, (fitted, _) in enumerate(fits):
        if fitted is not None:
            quantiles[:, index] = fitted
    notes = [note for _, note in fits]
    if settings.cache:
        _write(path, quantiles, notes)
    return quantiles[chosen], notes


def cached(name: str, counts: Floats, levels: Floats) -> bool:
    """Return whether the fits of a member to these series are in the cache."""
    return cache_path(name, counts, levels).exists()


def cache_path(name: str, counts: Floats, levels: Floats) -> Path:
    """Return the file under which the fits of a member to these series are kept."""
    versions = [f"{library} {importlib.metadata.version(library)}" for library in _LIBRARIES]
    made_from = hashlib.sha256("\n".join([name, str(counts.shape), *versions]).encode())
    made_from.update(np.ascontiguousarray(counts).tobytes())
    made_from.update(np.ascontiguousarray(levels).tobytes())
    folder = Path(platformdirs.user_cache_dir("vado")) / "forecast"
    return folder / f"{name}-{made_from.hexdigest()[:24]}.npz"


@contextmanager
def workers(settings: Settings) -> Iterator[Settings]:
    """Yield the settings with worker processes that serve every fit made within.

    A worker takes seconds to import statsforecast, so a backtest starts its workers once.
    """
    processes = settings.processes or os.cpu_count() or 1
    if processes == 1 or settings.pool is not None:
        yield settings
        return
    # Spawned, not forked: the ledger's database has threads of its own.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield replace(settings, pool=pool)


def _fit_series(name: str, counts: Floats, levels: Floats, settings: Settings) -> list[Fit]:
    series = [np.ascontiguousarray(column) for column in counts.T]
    arguments = ([name] * len(series), series, [levels] * len(series))
    if len(series) >= _FEW_FITS:
        try:
            with workers(settings) as ready:
                if ready.pool is not None:
                    fits = ready.pool.map(fit, *arguments, chunksize=4)
                    return _reported(name, fits, len(series), settings)
        except BrokenProcessPool:
            # A script without a main guard cannot start workers; the fits are the same without them.
            pass
    return _reported(name, map(fit, *arguments), len(series), settings)


def _reported(name: str, fits: Iterable[Fit], total: int, settings: Settings) -> list[Fit]:
    done: list[Fit] = []
    for result in fits:
        done.append(result)
        if settings.progress and len(done) % _REPORT_EVERY == 0:
            settings.progress(f"{name}: {len(done)} of {total} series fitted ...")
    return done


def _read(path: Path) -> tuple[Floats, list[str]] | None:
    try:
        with np.load(path) as stored:
            return stored["quantiles"], [str(note) for note in stored["notes"]]
    except (OSError, ValueError, KeyError, EOFError):
        return None


def _write(path: Path, quantiles: Floats, notes: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Written beside and moved into place, so that two runs at once never read half a file.
    partial = path.with_suffix(f".{os.getpid()}.tmp")
    with partial.open("wb") as file:
        np.savez_compressed(file, quantiles=quantiles, notes=np.array(notes))
    partial.replace(path)
