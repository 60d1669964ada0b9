"""``python -m vado.cli``."""

from vado.cli.app import main

if __name__ == "__main__":
    main()
