"""A cluster gives what threads give, to the bit; what goes wrong there is said in one line; nothing is left running."""

import json
import os
import runpy
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import xarray as xr

import vado
from vado.engine import cluster, run
from vado.errors import BadValueError

network = runpy.run_path(str(Path(__file__).parent / "networks.py"))["network"]
FORD = Path(__file__).parents[1] / "docs" / "examples" / "ford.yaml"
KERNELS = Path(cluster.__file__).parent / "__pycache__"


def children():
    """Return the workers that this process started and that still run."""
    listed = subprocess.run(["pgrep", "-P", str(os.getpid())], capture_output=True, text=True).stdout
    return [int(pid) for pid in listed.split() if b"dask" in command_of(int(pid))]


def command_of(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@pytest.fixture(autouse=True)
def nothing_left_running():
    yield
    assert children() == []


@pytest.fixture(scope="module")
def ford():
    return vado.load_corridor(FORD)


def test_threads_and_processes_give_the_same_to_the_bit(ford):
    setting = {"months": 2, "members": 23, "seed": 7, "daily": ["reception"]}
    draws = xr.DataArray([0.1 + member / 50 for member in range(23)], dims="draw")
    parameters = {"south.stop_rate": draws}
    one = run(ford, parameters, threads=1, **setting)
    assert one.identical(run(ford, parameters, threads=2, **setting))
    before = {file.name for file in KERNELS.glob("*.nbc")}
    seen = []
    many = run(ford, parameters, cluster="local:2", progress=lambda *counts: seen.append(counts), **setting)
    assert one.identical(many)
    assert seen == sorted(seen)
    assert seen[-1] == (23, 23)
    # The processes found the compiled kernels on disk.
    assert {file.name for file in KERNELS.glob("*.nbc")} == before


def test_a_lost_worker_costs_only_time(ford):
    lost = []

    def lose(done, total):
        if done and not lost:
            lost.append(children()[0])
            os.kill(lost[0], signal.SIGKILL)

    setting = {"months": 12, "members": 400}
    assert run(ford, cluster="local:2", progress=lose, **setting).identical(run(ford, **setting))
    assert lost


def test_an_error_of_a_worker_comes_back_as_it_is():
    ways = [{"to": to, "attraction": 0} for to in ("desk", "bridge", "hills")]
    with pytest.raises(BadValueError, match=r"came to fork on .*, where every way is closed") as threads:
        run(network("choice", {"fork": {"ways": ways}}), days=5, members=1)
    with pytest.raises(BadValueError) as processes:
        run(network("choice", {"fork": {"ways": ways}}), days=5, members=1, cluster="local:1")
    assert type(processes.value) is type(threads.value)
    assert str(processes.value) == str(threads.value)


def test_a_scheduler_that_does_not_answer_is_named_within_ten_seconds(ford, monkeypatch):
    monkeypatch.setattr(cluster, "_CONNECT", 1)
    with pytest.raises(
        BadValueError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9 within 1 seconds"
    ) as no:
        run(ford, days=1, cluster="tcp://127.0.0.1:9")
    assert "\n" not in str(no.value)


@pytest.mark.parametrize("address", ["local:0", "local:x", "local:", "local:-1", "127.0.0.1:8786", "tcp://host"])
def test_what_is_no_address_is_refused_at_once(ford, address):
    with pytest.raises(BadValueError, match="write tcp://HOST:PORT, or local:4"):
        run(ford, days=1, cluster=address)


def test_without_dask_the_mend_is_said(ford, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(BadValueError, match=r"pip install 'vado\[cluster\]'"):
        run(ford, days=1, cluster="local:1")


def test_a_cluster_without_workers_is_told_so(ford, monkeypatch):
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr(cluster, "_CONNECT", 1)
    with distributed.LocalCluster(n_workers=0, dashboard_address=None) as empty:  # noqa: SIM117
        with pytest.raises(BadValueError, match="has no workers; start some with `dask worker"):
            run(ford, days=1, cluster=empty.scheduler_address)


def test_another_version_on_a_worker_is_refused(ford, monkeypatch):
    other = cluster._Version("0.0.1", "00000000")
    monkeypatch.setattr(cluster, "_version", lambda: other)
    with pytest.raises(BadValueError, match=r"this machine vado 0\.0\.1 .* install the same version everywhere"):
        run(ford, days=1, cluster="local:1")


@pytest.mark.parametrize("where", [("--threads", "2"), ("--cluster", "local:2")], ids=lambda words: words[0])
def test_a_stop_keeps_the_finished_members_and_says_how_many(where, tmp_path):
    # The signal comes from within, as soon as some members are done, so that no clock decides.
    code = f"""
        import contextlib, os, signal
        signal.signal(signal.SIGINT, signal.default_int_handler)
        import vado.terminal
        from vado.cli import main

        @contextlib.contextmanager
        def bar(what, first=""):
            def told(done, total):
                if done > 20 and not stopped:
                    stopped.append(done)
                    os.kill(os.getpid(), signal.SIGINT)
            stopped = []
            yield told

        vado.terminal.progress_bar = bar
        words = ["simulate", {str(FORD)!r}, "--months", "24", "--members", "20000", "--out", "r.parquet"]
        main([*words, *{where!r}])
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    begun = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        printed, said = begun.communicate(timeout=180)
    finally:
        if begun.poll() is None:
            os.killpg(begun.pid, signal.SIGKILL)
    assert begun.returncode == 130, said
    about = json.loads(pq.read_schema(tmp_path / "r.parquet").metadata[b"vado"])
    kept = about["members"]
    assert 20 < kept < 20000
    assert about["status"].startswith(f"stopped after {kept} of 20000 members")
    assert said.splitlines()[-1] == f"stopped: {kept} of 20000 members are in r.parquet"
    assert "stopped after" in printed
    frame = pq.read_table(tmp_path / "r.parquet", filters=[("variable", "==", "stops")]).to_pandas()
    assert frame["draw"].unique().tolist() == list(range(kept))
    first = vado.simulate(FORD, months=24, members=21)["stops"].sel(place="valley").values
    np.testing.assert_array_equal(frame.loc[frame["draw"] < 21, "value"].to_numpy().reshape(first.shape), first)
    assert [file.name for file in tmp_path.iterdir()] == ["r.parquet"]


def test_workers_end_with_a_process_that_is_killed():
    code = f"""
        import os, signal, subprocess, sys, vado
        from vado.engine import run

        def stop(done, total):
            if done:
                print(subprocess.run(["pgrep", "-P", str(os.getpid())], capture_output=True, text=True).stdout)
                sys.stdout.flush()
                os.kill(os.getpid(), signal.SIGKILL)

        run(vado.load_corridor({str(FORD)!r}), months=24, members=20_000, cluster="local:1", progress=stop)
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    dead = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert dead.returncode == -signal.SIGKILL
    left = [int(pid) for pid in dead.stdout.split()]
    assert left
    try:
        for _ in range(200):
            left = [pid for pid in left if b"dask" in command_of(pid)]
            if not left:
                break
            time.sleep(0.1)
        assert left == []
    finally:
        for pid in left:
            os.kill(pid, signal.SIGKILL)
