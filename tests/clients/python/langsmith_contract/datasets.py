"""Datasets."""

from __future__ import annotations

import langsmith
import made
from checks import check, equal, refused
from langsmith import schemas, utils

SCHEMA = {"type": "object", "required": ["country"], "properties": {"country": {"type": "string"}}}


@check
def create_and_read(client: langsmith.Client) -> None:
    name = made.name("dataset")
    new = client.create_dataset(name, description="Capitals", metadata={"team": "blue"}, inputs_schema=SCHEMA)
    for found in (client.read_dataset(dataset_id=new.id), client.read_dataset(dataset_name=name)):
        equal((found.id, found.name, found.description), (new.id, name, "Capitals"))
        equal((found.data_type, found.inputs_schema), (schemas.DataType.kv, SCHEMA))
        equal((found.metadata["team"], found.example_count, found.session_count), ("blue", 0, 0))


@check
def a_name_is_taken_once(client: langsmith.Client) -> None:
    name = client.create_dataset(made.name("dataset")).name
    refused(lambda: client.create_dataset(name), utils.LangSmithConflictError)


@check
def an_unknown_one_is_not_found(client: langsmith.Client) -> None:
    refused(lambda: client.read_dataset(dataset_name=made.name("none")), utils.LangSmithNotFoundError)
    equal(client.has_dataset(dataset_name=made.name("none")), False)
    equal(client.has_dataset(dataset_name=made.dataset(client).name), True)


@check
def kinds(client: langsmith.Client) -> None:
    for kind in (schemas.DataType.llm, schemas.DataType.chat):
        new = client.create_dataset(made.name("dataset"), data_type=kind)
        equal(client.read_dataset(dataset_id=new.id).data_type, kind)
    stem = made.name("kinds")
    chat = client.create_dataset(f"{stem}-chat", data_type=schemas.DataType.chat)
    client.create_dataset(f"{stem}-kv")
    equal([found.id for found in client.list_datasets(dataset_name_contains=stem, data_type="chat")], [chat.id])


@check
def lists(client: langsmith.Client) -> None:
    stem = made.name("listed")
    ids = [client.create_dataset(f"{stem}-{number}", metadata={stem: number}).id for number in range(3)]
    listed = lambda **query: [found.id for found in client.list_datasets(**query)]  # noqa: E731
    equal(set(listed(dataset_name_contains=stem)), set(ids))
    equal(listed(dataset_name=f"{stem}-1"), [ids[1]])
    equal(set(listed(dataset_ids=ids[:2])), set(ids[:2]))
    equal(listed(metadata={stem: 2}), [ids[2]])
    equal(len(listed(dataset_name_contains=stem, limit=2)), 2)


@check
def an_example_must_fit_the_schema(client: langsmith.Client) -> None:
    dataset = client.create_dataset(made.name("dataset"), inputs_schema=SCHEMA)
    client.create_examples(dataset_id=dataset.id, examples=[{"inputs": {"country": "Peru"}}])
    refused(
        lambda: client.create_examples(dataset_id=dataset.id, examples=[{"inputs": {"city": "Lima"}}]),
        utils.LangSmithError,
    )
    equal(client.read_dataset(dataset_id=dataset.id).example_count, 1)


@check
def count_of_examples(client: langsmith.Client) -> None:
    dataset = made.dataset(client)
    equal(client.read_dataset(dataset_id=dataset.id).example_count, 3)


@check
def delete(client: langsmith.Client) -> None:
    first, second = made.dataset(client), made.dataset(client)
    example = made.by_country(client, first.id)["Peru"].id
    client.delete_dataset(dataset_id=first.id)
    client.delete_dataset(dataset_name=second.name)
    for gone in (first, second):
        refused(lambda gone=gone: client.read_dataset(dataset_id=gone.id), utils.LangSmithNotFoundError)
    refused(lambda: client.read_example(example), utils.LangSmithNotFoundError)
    equal(client.create_dataset(first.name).id == first.id, False)
    equal(list(client.list_examples(dataset_name=first.name)), [])
