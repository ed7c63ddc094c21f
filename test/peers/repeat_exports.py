"""Runs a peer's run_instructions.py as a user does, for one folder after another in one process: an engine that is imported,
and compiled, once for all of them.

    python repeat_exports.py SCRIPT FOLDER...
"""

import runpy
import sys

_, script, *folders = sys.argv
for folder in folders:
    sys.argv = [script, folder]
    runpy.run_path(script, run_name="__main__")
