"""`python -m dmproto` is the dmproto command."""

from __future__ import annotations

import sys

from dmproto.cli import main

if __name__ == "__main__":
    sys.exit(main())
