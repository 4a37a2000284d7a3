"""Files beside runs and examples."""

from __future__ import annotations

import langsmith
import made
from checks import check, equal
from langsmith import schemas
from langsmith.uuid import uuid7

PICTURE = bytes(range(256)) * 40


def with_file(client: langsmith.Client, **facts) -> tuple[schemas.Dataset, schemas.Example]:
    """A dataset with one example that has a file."""
    dataset = client.create_dataset(made.name("files"))
    id_ = uuid7()
    new = {"id": id_, "inputs": {"n": 1}, "attachments": {"picture": ("image/png", PICTURE)}, **facts}
    client.create_examples(dataset_id=dataset.id, examples=[new])
    return dataset, id_


def files(client: langsmith.Client, dataset_id, id_) -> dict[str, bytes]:
    """The files of an example."""
    found = {one.id: one for one in client.list_examples(dataset_id=dataset_id, include_attachments=True)}
    return {name: file["reader"].read() for name, file in (found[id_].attachments or {}).items()}


@check
def of_a_run(client: langsmith.Client) -> None:
    project = made.name("files")
    run = made.run(project, outputs={"n": 1}, end_time=made.now(), attachments={"picture": ("image/png", PICTURE)})
    client.multipart_ingest(create=[run])
    client.flush()
    found = client.read_run(run["id"], project_id=made.session(client, project), start_time=run["start_time"])
    equal(found.attachments["picture"]["reader"].read(), PICTURE)


@check
def of_an_example(client: langsmith.Client) -> None:
    dataset, id_ = with_file(client)
    equal(files(client, dataset.id, id_), {"picture": PICTURE})
    equal(client.read_example(id_).attachments["picture"]["reader"].read(), PICTURE)
    [found] = client.list_examples(dataset_id=dataset.id, include_attachments=True)
    equal(found.attachments["picture"]["mime_type"], "image/png")


@check
def kept_renamed_and_added(client: langsmith.Client) -> None:
    dataset, id_ = with_file(
        client, attachments={"a": ("text/plain", b"one"), "b": ("text/plain", b"two"), "c": ("text/plain", b"three")}
    )
    operations = schemas.AttachmentsOperations(rename={"a": "first"}, retain=["b"])
    update = schemas.ExampleUpdate(
        id=id_, attachments_operations=operations, attachments={"d": ("text/plain", b"four")}
    )
    client.update_examples(dataset_id=dataset.id, updates=[update])
    equal(files(client, dataset.id, id_), {"first": b"one", "b": b"two", "d": b"four"})


@check
def of_the_run_that_an_example_comes_from(client: langsmith.Client) -> None:
    project = made.name("files")
    run = made.run(project, outputs={"n": 1}, end_time=made.now(), attachments={"picture": ("image/png", PICTURE)})
    client.multipart_ingest(create=[run])
    client.flush()
    dataset = client.create_dataset(made.name("files"))
    new = client.create_example(dataset_id=dataset.id, source_run_id=run["id"], use_source_run_io=True)
    equal((new.inputs, new.outputs), ({"question": "why?"}, {"n": 1}))
    equal(files(client, dataset.id, new.id), {"picture": PICTURE})
