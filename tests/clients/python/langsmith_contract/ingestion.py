"""Runs as the low-level calls write them: one by one, in batches, in parts, in any order."""

from __future__ import annotations

import datetime

import langsmith
import made
from checks import check, equal
from langsmith import utils
from langsmith.uuid import uuid7


def unbatched() -> langsmith.Client:
    """A client that sends every run at once."""
    return langsmith.Client(auto_batch_tracing=False)


def whole(client: langsmith.Client, project: str, id_) -> None:
    """The run is there, with both of its halves."""
    found = made.runs(client, project)[id_]
    equal((found.inputs, found.outputs, found.status), ({"question": "why?"}, {"answer": "because"}, "success"))
    equal(found.end_time >= found.start_time, True)


@check
def one_by_one(client: langsmith.Client) -> None:
    project, id_ = made.name("single"), uuid7()
    single = unbatched()
    single.create_run("step", {"question": "why?"}, "chain", id=id_, project_name=project, start_time=made.now())
    found = made.runs(client, project)[id_]
    equal((found.status, found.end_time, found.run_type), ("pending", None, "chain"))
    single.update_run(id_, outputs={"answer": "because"}, end_time=made.now())
    whole(client, project, id_)


@check
def one_by_one_in_the_background(client: langsmith.Client) -> None:
    project = made.name("queued")
    started = made.run(project)
    facts = {key: started[key] for key in ("id", "trace_id", "dotted_order", "start_time")}
    client.create_run(started["name"], started["inputs"], "chain", project_name=project, **facts)
    end = made.ended(started)
    client.update_run(end.pop("id"), **end)
    whole(client, project, started["id"])


@check
def batch(client: langsmith.Client) -> None:
    project = made.name("batch")
    started = [made.run(project, name=f"step {number}") for number in range(3)]
    client.batch_ingest_runs(create=started)
    equal({run.status for run in made.runs(client, project).values()}, {"pending"})
    client.batch_ingest_runs(update=[made.ended(one) for one in started])
    for one in started:
        whole(client, project, one["id"])
    equal({run.name for run in made.runs(client, project).values()}, {"step 0", "step 1", "step 2"})


@check
def batch_of_both_halves(client: langsmith.Client) -> None:
    project = made.name("batch")
    started = made.run(project)
    client.batch_ingest_runs(create=[started], update=[made.ended(started)])
    whole(client, project, started["id"])


@check
def multipart(client: langsmith.Client) -> None:
    project = made.name("parts")
    metadata = {"metadata": {"city": "Köln"}}
    started = made.run(project, tags=["a"], extra=metadata)
    child = made.run(project, parent=started, name="inner", run_type="tool")
    client.multipart_ingest(create=[started, child])
    equal({run.status for run in made.runs(client, project).values()}, {"pending"})
    client.multipart_ingest(update=[made.ended(child), made.ended(started, extra=metadata)])
    for one in (started, child):
        whole(client, project, one["id"])
    found = made.runs(client, project)
    equal((found[started["id"]].tags, found[started["id"]].metadata["city"]), (["a"], "Köln"))
    equal((found[child["id"]].parent_run_id, found[child["id"]].run_type), (started["id"], "tool"))


@check
def multipart_of_both_halves(client: langsmith.Client) -> None:
    project = made.name("parts")
    started = made.run(project)
    client.multipart_ingest(create=[started], update=[made.ended(started)])
    whole(client, project, started["id"])


@check
def the_end_before_the_start_in_a_batch(client: langsmith.Client) -> None:
    project = made.name("reversed")
    started = made.run(project)
    client.batch_ingest_runs(update=[made.ended(started)])
    client.batch_ingest_runs(create=[started])
    whole(client, project, started["id"])


@check
def the_end_before_the_start_in_parts(client: langsmith.Client) -> None:
    project = made.name("reversed")
    started = made.run(project)
    client.multipart_ingest(update=[made.ended(started)])
    client.multipart_ingest(create=[started])
    whole(client, project, started["id"])


@check
def the_end_before_the_start_one_by_one(client: langsmith.Client) -> None:
    project, single = made.name("reversed"), unbatched()
    started = made.run(project)
    end = made.ended(started)
    single.update_run(end.pop("id"), **end)
    facts = {key: started[key] for key in ("id", "trace_id", "dotted_order", "start_time")}
    single.create_run(started["name"], started["inputs"], "chain", project_name=project, **facts)
    whole(client, project, started["id"])


@check
def a_child_before_its_parent(client: langsmith.Client) -> None:
    project = made.name("reversed")
    parent = made.run(project, outputs={"answer": "because"}, end_time=made.now())
    child = made.run(project, parent=parent, outputs={"answer": "because"}, end_time=made.now())
    client.batch_ingest_runs(create=[child])
    client.batch_ingest_runs(create=[parent])
    found = made.runs(client, project)
    equal((set(found), found[child["id"]].parent_run_id), ({parent["id"], child["id"]}, parent["id"]))


@check
def the_same_run_twice_is_one(client: langsmith.Client) -> None:
    project = made.name("repeated")
    started = made.run(project, outputs={"answer": "because"}, end_time=made.now())
    client.multipart_ingest(create=[started])
    try:
        client.multipart_ingest(create=[started])
    except utils.LangSmithConflictError:
        pass
    equal(len(made.runs(client, project)), 1)
    whole(client, project, started["id"])


@check
def the_order_may_differ_from_the_start_by_microseconds(client: langsmith.Client) -> None:
    project = made.name("order")
    started = made.run(project, outputs={"answer": "because"}, end_time=made.now())
    started["start_time"] += datetime.timedelta(microseconds=100)
    client.batch_ingest_runs(create=[started])
    whole(client, project, started["id"])


@check
def an_error_in_an_update(client: langsmith.Client) -> None:
    project = made.name("failed")
    started = made.run(project)
    client.multipart_ingest(create=[started])
    client.multipart_ingest(update=[made.ended(started, outputs=None, error="ValueError('no')")])
    found = made.runs(client, project)[started["id"]]
    equal((found.status, found.error), ("error", "ValueError('no')"))


@check
def text_of_every_kind(client: langsmith.Client) -> None:
    project = made.name("text")
    inputs = {
        "emoji": "🦀",
        "line": "a\r\n\t--boundary--",
        "quote": '"\\"',
        "deep": [{"n": None}, [1.5, True]],
        "empty": {},
    }
    started = made.run(project, inputs=inputs, outputs=inputs, end_time=made.now())
    client.multipart_ingest(create=[started])
    found = made.runs(client, project)[started["id"]]
    equal((found.inputs, found.outputs), (inputs, inputs))


@check
def a_run_of_two_days_ago(client: langsmith.Client) -> None:
    project = made.name("old")
    then = made.now() - datetime.timedelta(days=2)
    old = made.run(project, start_time=then, outputs={"answer": "because"}, end_time=then)
    young = made.run(project, outputs={"answer": "because"}, end_time=made.now())
    client.batch_ingest_runs(create=[old, young])
    equal(set(made.runs(client, project)), {old["id"], young["id"]})


@check
def the_example_of_a_run(client: langsmith.Client) -> None:
    dataset = made.dataset(client)
    example = made.by_country(client, dataset.id)["Peru"]
    project = client.create_project(made.name("experiment"), reference_dataset_id=dataset.id)
    run = made.recorded(client, project.name, reference_example_id=example.id)
    equal(made.runs(client, project.name)[run["id"]].reference_example_id, example.id)
