"""The subjects, in the order in which they run."""

from __future__ import annotations

import importlib

_SUBJECTS = (
    "service",
    "projects",
    "tracing",
    "ingestion",
    "reading",
    "attachments",
    "datasets",
    "versions",
    "splits",
    "examples",
    "example_updates",
    "tables",
    "experiments",
    "comparisons",
    "feedback",
    "feedback_configs",
    "feedback_tokens",
    "prompts",
    "commits",
    "queues",
    "sharing",
    "sizes",
    "asynchronous",
)


def load() -> None:
    """Registers the checks of all of them."""
    for subject in _SUBJECTS:
        importlib.import_module(subject)
