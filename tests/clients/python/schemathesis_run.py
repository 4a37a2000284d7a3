"""Schemathesis as a program."""

import sys

from schemathesis.cli import schemathesis

sys.exit(schemathesis())
