"""`python -m storage_core`: stores and values from a terminal."""

import sys

from storage_core.terminal.commands import main

sys.exit(main(sys.argv[1:]))
