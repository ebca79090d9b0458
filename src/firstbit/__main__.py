"""`python -m firstbit` is the program `firstbit`."""

import sys

from firstbit.cli import main

if __name__ == "__main__":
    sys.exit(main())
