"""Schemathesis as a program, in a folder of its own: it keeps what it found in its working directory."""

import os
import sys
import tempfile

from schemathesis.cli import schemathesis

with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    try:
        schemathesis()
    finally:
        os.chdir("/")
