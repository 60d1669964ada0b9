"""Makes ``src/vado/stock/reconciled.npz``: the fits of the reconciled stock that ship, under their digests.

    python tools/build_stock.py

All evidence under both priors, and each method's evidence left out. It takes two minutes on one core. A fit whose
ledger, parameters or settings are not these is made when it is asked for.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import platformdirs

import vado
from vado.stock import reconcile


def main() -> int:
    """Make the fits anew, without looking at those that ship or were kept, and write them in one file."""
    shipped = reconcile.SHIPPED
    with TemporaryDirectory() as folder:
        reconcile.SHIPPED = Path(folder) / "none.npz"
        platformdirs.user_cache_dir = lambda *_, **__: folder
        reconcile.left_out(vado.open_ledger(), progress=lambda line: print(line, file=sys.stderr))
        fits = {}
        for path in sorted(Path(folder).rglob("reconciled-*.npz")):
            key = path.stem.removeprefix("reconciled-")
            with np.load(path) as arrays:
                fits[key] = (arrays[f"{key}/draws"], json.loads(str(arrays[f"{key}/mixed"])))
    reconcile.keep(fits, shipped)
    print(f"{len(fits)} fits, {shipped.stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
