"""Members of an ensemble on a Dask cluster, or on worker processes of this machine: the same numbers as on threads.

The compiled description goes to every worker once. Members go out in chunks of about a second, so that progress moves,
a lost worker costs little, and whoever stops the run waits no longer than that.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import logging
import math
import os
import pickle
import re
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from vado.engine.compile import Compiled
from vado.engine.ensemble import Progress, run_members
from vado.engine.plan import Record
from vado.errors import BadValueError, VadoError

_LOCAL = re.compile(r"local:([1-9]\d{0,3})")
_ADDRESS = re.compile(r"(tcp|tls|ucx|ws|wss)://\S+:\d+")

#: Seconds that a scheduler has to answer, and that a run goes on without any worker.
_CONNECT = 10

#: Seconds that the processes of this machine have to start, which is long where it has other work.
_START = 60

#: Seconds that the work of a chunk is meant to take.
_CHUNK = 1.0

#: Seconds between looks at the clock and at who is there.
_PATIENCE = 0.1


class _Version(NamedTuple):
    """What must be the same on all machines for the numbers to be the same."""

    vado: str
    engine: str


class _Chunk(NamedTuple):
    """What a worker brings back: the record of its members, and the seconds that they took."""

    record: Record
    seconds: float


def run_on_cluster(
    compiled: Compiled, seed: int, members: int, mean: bool, cluster: str, progress: Progress | None = None
) -> Record:
    """Run members of an ensemble on a cluster and return their records, fewer if the user stops.

    Parameters
    ----------
    compiled
        The description, ready to run.
    seed
        Seed of everything random.
    members
        Size of the ensemble.
    mean
        Run expectations instead of draws.
    cluster
        Address of a Dask scheduler, such as ``tcp://host:8786``; or ``local:N`` for N worker processes of this machine,
        which end with the run.
    progress
        Called with the number of members done and their total.

    Returns
    -------
    Record
        The records in the order of members: all, or those before the first that was not finished.

    Raises
    ------
    BadValueError
        If the cluster cannot be reached, has no workers, loses them, or has another version of Vado; or whatever
        :func:`vado.engine.ensemble.run_members` raises on a worker.
    """
    here = _LOCAL.fullmatch(cluster)
    if not here and not _ADDRESS.fullmatch(cluster):
        raise BadValueError(
            f"cluster {cluster!r} is neither the address of a scheduler nor processes of this machine; "
            "write tcp://HOST:PORT, or local:4 for four processes"
        )
    _check_installed()
    with contextlib.ExitStack() as stack:
        stack.enter_context(_quiet())
        address = stack.enter_context(_processes(int(here[1]))) if here else cluster
        client = stack.enter_context(_connected(address, cluster))
        ensemble = _Ensemble(client, cluster, compiled, seed, members, mean)
        # Whoever comes first may have to compile the kernels; the others of this machine then find them on disk.
        ensemble.run(progress, first_alone=here is not None)
    return ensemble.finished()


class _Ensemble:
    """The members of a run: which are finished, which are out, and the record of all of them."""

    def __init__(self, client: Any, cluster: str, compiled: Compiled, seed: int, members: int, mean: bool) -> None:
        self._client, self._cluster = client, cluster
        self._seed, self._members, self._mean = seed, members, mean
        self._record = compiled.record(members, mean)
        self._done = np.zeros(members, dtype=bool)
        self._begun = 0
        self._out: dict[Any, range] = {}
        self._back = threading.Event()
        self._seconds = math.inf
        self._version = _version()
        # As the result of a task, which the scheduler can make again where the worker that holds it is lost.
        self._compiled = client.submit(pickle.loads, pickle.dumps(compiled), pure=False)

    def run(self, progress: Progress | None, first_alone: bool) -> None:
        """Send members out and take them back until all are done or the user stops."""
        stopping = False
        while self._out or (self._begun < self._members and not stopping):
            try:
                if not stopping:
                    self._send(1 if first_alone and not self._done.any() else None)
                self._take()
                if progress:
                    progress(int(self._done.sum()), self._members)
            except KeyboardInterrupt:
                if stopping:
                    raise
                # Chunks that have begun are finished, so that the members before them are not kept in vain.
                stopping = True

    def finished(self) -> Record:
        """Return the record of the members before the first that was not finished."""
        count = self._members if self._done.all() else int(np.argmin(self._done))
        return self._record if count == self._members else Record(*(array[:count] for array in self._record))

    def _send(self, most: int | None) -> None:
        threads = self._threads()
        while len(self._out) < (most or threads) and self._begun < self._members:
            left = self._members - self._begun
            long = _CHUNK / max(self._seconds, 1e-6)
            # Towards the end chunks grow shorter, so that all workers end together, but not so short that sending
            # them takes longer than running them.
            size = max(1, int(min(long, max(left / (2 * threads), long / 10))))
            members = range(self._begun, min(self._begun + size, self._members))
            future = self._client.submit(
                _run_chunk, self._compiled, self._seed, members, self._mean, self._version, pure=False
            )
            self._out[future] = members
            self._begun = members.stop
            future.add_done_callback(lambda _: self._back.set())

    def _threads(self) -> int:
        """Return how many chunks can run at a time; refuse a cluster that has had no worker for a while."""
        give_up = time.monotonic() + (_START if _LOCAL.fullmatch(self._cluster) else _CONNECT)
        while not (threads := int(sum(self._client.nthreads().values()))):
            if time.monotonic() > give_up:
                raise BadValueError(
                    f"the cluster {self._cluster} has no workers; start some with `dask worker ADDRESS`, and run again "
                    "with the same seed"
                )
            time.sleep(_PATIENCE)
        return threads

    def _take(self) -> None:
        """Take back the chunks that are finished, waiting a moment for one."""
        if not self._back.wait(_PATIENCE):
            self._threads()
            return
        self._back.clear()
        for future in [future for future in self._out if future.done()]:
            self._keep(future, self._out[future])
            del self._out[future]
            future.release()

    def _keep(self, future: Any, members: range) -> None:
        try:
            chunk = future.result(timeout=_CONNECT)
        except VadoError:
            raise
        except Exception as error:
            raise BadValueError(_failure(self._cluster, error)) from None
        for whole, part in zip(self._record, chunk.record, strict=True):
            # Rows of nothing but zeros are left alone: a record takes memory only where a number is written.
            for row in np.flatnonzero(part.any(axis=(0, *range(2, part.ndim)))):
                whole[members.start : members.stop, row] = part[:, row]
        self._done[members.start : members.stop] = True
        self._seconds = min(self._seconds, chunk.seconds / len(members))


def _run_chunk(compiled: Compiled, seed: int, members: range, mean: bool, version: _Version) -> _Chunk:
    """Run some members on a worker."""
    if _version() != version:
        raise BadValueError(
            f"a worker has vado {_version().vado} (engine {_version().engine}), this machine vado {version.vado} "
            f"(engine {version.engine}), which would give other numbers; install the same version everywhere"
        )
    start = time.perf_counter()
    return _Chunk(run_members(compiled, seed, members, mean, threads=1), time.perf_counter() - start)


@functools.cache
def _version() -> _Version:
    files = sorted(Path(__file__).parent.glob("*.py"))
    digest = hashlib.blake2b(b"".join(file.read_bytes() for file in files), digest_size=4)
    return _Version(metadata.version("vado"), digest.hexdigest())


def _failure(cluster: str, error: Exception) -> str:
    what = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    return (
        f"the cluster {cluster} could not run the members ({what}); see that its workers live and have vado "
        f"{_version().vado} on Python {sys.version_info.major}.{sys.version_info.minor}, as this machine has"
    )


def _check_installed() -> None:
    try:
        import distributed  # noqa: F401
    except ImportError:
        raise BadValueError("a cluster needs Dask, which is not installed; pip install 'vado[cluster]'") from None


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask's own log and warnings from the screen: what matters of them comes out as one line."""
    from distributed.versions import VersionMismatchWarning

    log = logging.getLogger("distributed")
    before = log.level
    log.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", VersionMismatchWarning)
            warnings.filterwarnings("ignore", "Sending large graph", UserWarning)
            yield
    finally:
        log.setLevel(before)


@contextlib.contextmanager
def _connected(address: str, cluster: str) -> Iterator[Any]:
    """Give a client of a scheduler."""
    from distributed import Client

    try:
        client = Client(address, timeout=_CONNECT, set_as_default=False)
    except (OSError, ValueError):
        raise BadValueError(
            f"no Dask scheduler answers at {cluster} within {_CONNECT} seconds; start one with `dask scheduler`, or "
            "mend the address"
        ) from None
    try:
        yield client
    finally:
        client.close()


@contextlib.contextmanager
def _processes(count: int) -> Iterator[str]:
    """Start a scheduler in this process and workers beside it; give its address; end them all."""
    from distributed import LocalCluster

    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="vado-", ignore_cleanup_errors=True))
        scheduler = stack.enter_context(
            LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address=None, silence_logs=False)
        )
        address = str(scheduler.scheduler_address)
        command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny"]
        command += ["--no-dashboard", "--host", "127.0.0.1", "--memory-limit", "0", "--death-timeout", "30"]
        command += ["--local-directory", folder]
        workers = []
        try:
            for _ in range(count):
                # In a session of their own, so that Ctrl-C reaches this process alone, which then ends them.
                workers.append(
                    subprocess.Popen(
                        command,
                        stdin=subprocess.DEVNULL,
                        stdout=subprocess.DEVNULL,
                        stderr=subprocess.DEVNULL,
                        start_new_session=True,
                        env={**os.environ, "PYTHONWARNINGS": "ignore"},
                    )
                )
            yield address
        finally:
            for worker in workers:
                worker.kill()
            for worker in workers:
                worker.wait()
