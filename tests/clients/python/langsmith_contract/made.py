"""What checks make before they look at something else, and how they read runs back in every kind of deployment."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from typing import Any

import langsmith
from langsmith import schemas
from langsmith.uuid import uuid7

# The first API for queries of runs, the second, or both; by `instance_flags` of /info, as the SDK chooses.
FIRST, SECOND, BOTH = "clickhouse_only", "smithdb_only", "dual"

SELECTS = [
    "ID",
    "NAME",
    "RUN_TYPE",
    "STATUS",
    "START_TIME",
    "END_TIME",
    "INPUTS",
    "OUTPUTS",
    "ERROR",
    "TAGS",
    "EXTRA",
    "METADATA",
    "PARENT_RUN_IDS",
    "TRACE_ID",
    "DOTTED_ORDER",
    "REFERENCE_EXAMPLE_ID",
    "FEEDBACK_STATS",
    "PROJECT_ID",
    "EVENTS",
]


def name(kind: str) -> str:
    """A name that nothing else has."""
    return f"contract-{kind}-{uuid.uuid4().hex[:12]}"


def now() -> datetime.datetime:
    """The time, with its zone."""
    return datetime.datetime.now(datetime.timezone.utc)


def flags(client: langsmith.Client) -> dict[str, Any]:
    """What the deployment says of itself."""
    return client.info.instance_flags or {}


def backend(client: langsmith.Client) -> str:
    """Which of the APIs for queries of runs the deployment has."""
    said = flags(client)
    first, second = said.get("ch_query_enabled", True), said.get("sdb_query_enabled", False)
    return BOTH if first and second else FIRST if first else SECOND


def run(project: str, **facts: Any) -> dict[str, Any]:
    """A whole run, a root unless told otherwise, as the SDK's low-level calls want one."""
    id_ = facts.pop("id", None) or uuid7()
    start = facts.pop("start_time", None) or now() - datetime.timedelta(seconds=1)
    stamp = start.strftime("%Y%m%dT%H%M%S%fZ") + str(id_)
    parent = facts.pop("parent", None)
    root = {
        "id": id_,
        "trace_id": parent["trace_id"] if parent else id_,
        "dotted_order": f"{parent['dotted_order']}.{stamp}" if parent else stamp,
        "session_name": project,
        "name": "step",
        "run_type": "chain",
        "inputs": {"question": "why?"},
        "start_time": start,
    }
    if parent:
        root["parent_run_id"] = parent["id"]
    return {**root, **facts}


def ended(started: dict[str, Any], **facts: Any) -> dict[str, Any]:
    """The second half of a run, as the SDK sends it when the run ends."""
    keys = ("id", "trace_id", "dotted_order", "parent_run_id", "session_name")
    known = {key: started[key] for key in keys if key in started}
    return {**known, "end_time": now(), "outputs": {"answer": "because"}, **facts}


def runs(client: langsmith.Client, project: str, **query: Any) -> dict[uuid.UUID, Any]:
    """The runs of a project by id, through the API that the deployment has, flushed before."""
    client.flush()
    if backend(client) != SECOND:
        return {found.id: found for found in client.list_runs(project_name=project, **query)}
    session = client.read_project(project_name=project)
    pager = client._get_langsmith_api_sync().runs.query_v2(
        project_ids=[str(session.id)], selects=SELECTS, min_start_time=now() - datetime.timedelta(days=30)
    )
    found = [schemas.Run(**_as_first(one)) for one in pager]
    wanted = [one for one in found if all(getattr(one, key) == value for key, value in query.items())]
    return {one.id: one for one in wanted}


def _as_first(one: Any) -> dict[str, Any]:
    facts = {key: value for key, value in one.to_dict().items() if value is not None}
    parents = facts.pop("parent_run_ids", None)
    facts["run_type"], facts["status"] = facts["run_type"].lower(), facts["status"].lower()
    facts["session_id"] = facts.pop("project_id")
    facts["extra"] = {**facts.get("extra", {}), "metadata": facts.pop("metadata", {})}
    return {**facts, "inputs": facts.get("inputs", {}), "parent_run_id": parents[-1] if parents else None}


def recorded(client: langsmith.Client, project: str, **facts: Any) -> dict[str, Any]:
    """A run that is there and has ended."""
    whole = run(project, end_time=now(), outputs={"answer": "because"}, **facts)
    client.batch_ingest_runs(create=[whole])
    return whole


def session(client: langsmith.Client, project: str) -> uuid.UUID:
    """The id of a project."""
    return client.read_project(project_name=project).id


CAPITALS = [
    {
        "inputs": {"country": "Peru"},
        "outputs": {"capital": "Lima"},
        "metadata": {"continent": "America"},
        "split": "train",
    },
    {"inputs": {"country": "日本"}, "outputs": {"capital": "東京"}, "metadata": {"continent": "Asia"}, "split": "test"},
    {
        "inputs": {"country": "Chad"},
        "outputs": {"capital": "N'Djamena"},
        "metadata": {"continent": "Africa"},
        "split": ["test", "hard"],
    },
]


def dataset(client: langsmith.Client, examples: list[dict[str, Any]] | None = None) -> schemas.Dataset:
    """A dataset of three capitals, or of the given examples."""
    new = client.create_dataset(name("dataset"))
    examples = CAPITALS if examples is None else examples
    if examples:
        client.create_examples(dataset_id=new.id, examples=examples)
    return new


def by_country(client: langsmith.Client, dataset_id: uuid.UUID, **query: Any) -> dict[str, schemas.Example]:
    """The examples of a dataset of capitals."""
    return {found.inputs["country"]: found for found in client.list_examples(dataset_id=dataset_id, **query)}


CAPITAL_OF = {example["inputs"]["country"]: example["outputs"]["capital"] for example in CAPITALS}


def answer(inputs: dict[str, Any]) -> dict[str, Any]:
    """The target of experiments: it knows every capital."""
    return {"capital": CAPITAL_OF[inputs["country"]]}


def wrong_answer(inputs: dict[str, Any]) -> dict[str, Any]:
    """A target that knows none but Lima."""
    return {"capital": "Lima"}


def correct(outputs: dict[str, Any], reference_outputs: dict[str, Any]) -> bool:
    """An evaluator."""
    return outputs == reference_outputs


def keyed(items: Any, key: Callable[[Any], Any]) -> dict[Any, Any]:
    """By a key."""
    return {key(item): item for item in items}
