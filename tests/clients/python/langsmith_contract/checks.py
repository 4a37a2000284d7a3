"""What a check is, and running them."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

import langsmith

# Longer than the SDK waits for anything that is there.
LIMIT_SECONDS = 40

_CHECKS: dict[str, Callable[[langsmith.Client], None]] = {}


def check(function: Callable[[langsmith.Client], None]) -> Callable[[langsmith.Client], None]:
    """Registers a check under the name of its module and its own."""
    name = f"{function.__module__.rsplit('.', 1)[-1]}.{function.__name__}"
    if _CHECKS.setdefault(name, function) is not function:
        raise ValueError(f"two checks are called {name}")
    return function


def equal(found: Any, wanted: Any) -> None:
    """What was read is what was written."""
    if found != wanted:
        raise AssertionError(f"found {short(found)}, wanted {short(wanted)}")


def refused(call: Callable[[], Any], error: type[Exception], words: str = "") -> None:
    """The call fails, in this way."""
    try:
        answer = call()
    except error as failure:
        if words not in str(failure):
            raise AssertionError(f"{words!r} is not in: {short(str(failure))}") from failure
        return
    raise AssertionError(f"not refused: {short(answer)}")


def short(value: Any) -> str:
    """Enough of a value to recognise it."""
    text = repr(value)
    return text if len(text) <= 400 else f"{text[:400]}…"


def isolate(url: str, key: str, workspace: str) -> None:
    """Points the SDK at the service, and away from whatever the machine has set for it."""
    for name in [name for name in os.environ if name.startswith(("LANGSMITH_", "LANGCHAIN_"))]:
        del os.environ[name]
    os.environ.update(LANGSMITH_ENDPOINT=url, LANGSMITH_API_KEY=key, LANGSMITH_TRACING="true")
    if workspace:
        os.environ["LANGSMITH_WORKSPACE_ID"] = workspace


def run(names: Sequence[str]) -> None:
    """Runs the checks that begin with one of the names, or all, and prints what became of each."""
    signal.signal(signal.SIGALRM, _too_long)
    client = langsmith.Client()
    # The SDK tells the person at the terminal about experiments.
    out, sys.stdout = sys.stdout, open(os.devnull, "w")
    for name, function in _CHECKS.items():
        if not names or name.startswith(tuple(names)):
            begun = time.monotonic()
            detail = _outcome(client, function)
            outcome = "passed" if detail is None else "failed"
            millis = round((time.monotonic() - begun) * 1000)
            print(
                json.dumps({"name": name, "outcome": outcome, "detail": detail, "millis": millis}), file=out, flush=True
            )
    client.close(timeout=5)


class TooLongError(BaseException):
    """No `Exception`, because the SDK keeps those of a target or an evaluator to itself."""


def _too_long(_signal: int, _frame: FrameType | None) -> None:
    raise TooLongError(f"not done after {LIMIT_SECONDS} seconds")


def _outcome(client: langsmith.Client, function: Callable[[langsmith.Client], None]) -> str | None:
    signal.alarm(LIMIT_SECONDS)
    try:
        function(client)
    except (Exception, TooLongError) as error:
        frames = traceback.extract_tb(error.__traceback__)
        ours = [frame for frame in frames if os.path.dirname(frame.filename) == os.path.dirname(__file__)]
        own = [frame for frame in ours if os.path.basename(frame.filename) != "checks.py"] or list(frames)
        place = f"{os.path.basename(own[-1].filename)}:{own[-1].lineno} {own[-1].line}"
        return f"{type(error).__name__}: {str(error)[:1500]} [{place}]"
    finally:
        signal.alarm(0)
    return None
