"""Annotation queues: runs that somebody is to look at."""

from __future__ import annotations

import langsmith
import made
from checks import check, equal, refused
from langsmith import utils


def filled(client: langsmith.Client) -> tuple[langsmith.schemas.AnnotationQueueWithDetails, list[dict]]:
    """A queue with two runs."""
    queue, project = client.create_annotation_queue(name=made.name("queue")), made.name("queued")
    runs = [made.recorded(client, project, name=f"run {number}") for number in range(2)]
    session = made.session(client, project)
    keys = [{"run_id": run["id"], "session_id": session, "start_time": run["start_time"]} for run in runs]
    client.add_runs_to_annotation_queue(queue.id, runs=keys)
    return queue, runs


@check
def create_and_read(client: langsmith.Client) -> None:
    name, items = made.name("queue"), [{"feedback_key": "correct", "description": "Is it?", "is_required": True}]
    new = client.create_annotation_queue(
        name=name, description="To check", rubric_instructions="Look", rubric_items=items
    )
    found = client.read_annotation_queue(new.id)
    equal((found.id, found.name, found.description), (new.id, name, "To check"))
    equal(found.rubric_instructions, "Look")
    equal((found.rubric_items[0]["feedback_key"], found.rubric_items[0]["description"]), ("correct", "Is it?"))


@check
def lists(client: langsmith.Client) -> None:
    stem = made.name("listed")
    ids = [client.create_annotation_queue(name=f"{stem}-{number}").id for number in range(3)]
    listed = lambda **query: {queue.id for queue in client.list_annotation_queues(**query)}  # noqa: E731
    equal(listed(name_contains=stem), set(ids))
    equal(listed(name=f"{stem}-1"), {ids[1]})
    equal(listed(queue_ids=ids[:2]), set(ids[:2]))
    equal(len(listed(name_contains=stem, limit=2)), 2)


@check
def update(client: langsmith.Client) -> None:
    queue, name = client.create_annotation_queue(name=made.name("queue")), made.name("renamed")
    client.update_annotation_queue(queue.id, name=name, description="Later", rubric_instructions="Again")
    found = client.read_annotation_queue(queue.id)
    equal((found.name, found.description, found.rubric_instructions), (name, "Later", "Again"))


@check
def runs_by_key(client: langsmith.Client) -> None:
    queue, runs = filled(client)
    found = list(client.list_runs_from_annotation_queue(queue.id))
    equal({run.id for run in found}, {run["id"] for run in runs})
    equal({run.name for run in found}, {"run 0", "run 1"})
    first = client.get_run_from_annotation_queue(queue.id, index=0)
    equal((first.id in {run["id"] for run in runs}, first.added_at is not None), (True, True))
    refused(lambda: client.get_run_from_annotation_queue(queue.id, index=2), utils.LangSmithNotFoundError)


@check
def runs_by_id(client: langsmith.Client) -> None:
    queue = client.create_annotation_queue(name=made.name("queue"))
    run = made.recorded(client, made.name("queued"))
    client.add_runs_to_annotation_queue(queue.id, run_ids=[run["id"]])
    equal([found.id for found in client.list_runs_from_annotation_queue(queue.id)], [run["id"]])


@check
def take_a_run_out(client: langsmith.Client) -> None:
    queue, runs = filled(client)
    client.delete_run_from_annotation_queue(queue.id, run_id=runs[0]["id"])
    equal([run.id for run in client.list_runs_from_annotation_queue(queue.id)], [runs[1]["id"]])


@check
def size(client: langsmith.Client) -> None:
    queue, _ = filled(client)
    equal(client._get_langsmith_api_sync().annotation_queues.retrieve_size(str(queue.id)).size, 2)


@check
def delete(client: langsmith.Client) -> None:
    queue, _ = filled(client)
    client.delete_annotation_queue(queue.id)
    equal(list(client.list_annotation_queues(queue_ids=[queue.id])), [])
    refused(lambda: client.read_annotation_queue(queue.id), utils.LangSmithNotFoundError)
