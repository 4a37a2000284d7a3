"""LangChain's own SDK, driven through its operations: langsmith_contract URL KEY WORKSPACE [NAME…].

Every check is a line of output, {"name", "outcome", "detail"}. WORKSPACE may be empty: the key's first one. Names
limit the run to the checks that begin so.
"""

from __future__ import annotations

import logging
import sys
import warnings

import checks
import subjects


def main(url: str, key: str, workspace: str, *names: str) -> None:
    """Runs them against the service at `url`."""
    # What the SDK would tell a person: calls that go away in 2027, and requests that a check expects to fail.
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    checks.isolate(url, key, workspace)
    subjects.load()
    checks.run(names)


main(*sys.argv[1:])
