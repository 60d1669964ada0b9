"""``python -m vado.cli``."""

from vado.cli.app import main

main()
