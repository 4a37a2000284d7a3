"""Changing examples: as JSON, in bulk, in parts. What an update does not name stays."""

from __future__ import annotations

import langsmith
import made
from checks import check, equal, refused
from examples import older
from langsmith import utils
from langsmith.uuid import uuid7


@check
def one(client: langsmith.Client) -> None:
    dataset = made.dataset(client)
    peru = made.by_country(client, dataset.id)["Peru"].id
    client.update_example(peru, outputs={"capital": "Cusco"}, metadata={"continent": "South America"}, split="hard")
    found = client.read_example(peru)
    equal((found.inputs, found.outputs), ({"country": "Peru"}, {"capital": "Cusco"}))
    equal(found.metadata, {"continent": "South America", "dataset_split": ["hard"]})


@check
def one_as_json(client: langsmith.Client) -> None:
    dataset = made.dataset(client)
    peru = made.by_country(client, dataset.id)["Peru"].id
    older().update_example(peru, inputs={"country": "Perú"}, split=["hard", "new"])
    found = client.read_example(peru)
    equal((found.inputs, found.outputs), ({"country": "Perú"}, {"capital": "Lima"}))
    equal(set(found.metadata["dataset_split"]), {"hard", "new"})


@check
def many(client: langsmith.Client) -> None:
    dataset = made.dataset(client)
    ids = {country: found.id for country, found in made.by_country(client, dataset.id).items()}
    updates = [
        {"id": ids["Peru"], "outputs": {"capital": "Cusco"}},
        {"id": ids["Chad"], "inputs": {"country": "Tchad"}},
    ]
    answer = client.update_examples(dataset_id=dataset.id, updates=updates)
    equal((answer["count"], set(answer["example_ids"])), (2, {str(ids["Peru"]), str(ids["Chad"])}))
    found = {
        example.id: (example.inputs["country"], example.outputs["capital"])
        for example in client.list_examples(dataset_id=dataset.id)
    }
    equal(found, {ids["Peru"]: ("Peru", "Cusco"), ids["日本"]: ("日本", "東京"), ids["Chad"]: ("Tchad", "N'Djamena")})


@check
def many_as_json(client: langsmith.Client) -> None:
    dataset = made.dataset(client)
    ids = {country: found.id for country, found in made.by_country(client, dataset.id).items()}
    updates = [{"id": ids["Peru"], "outputs": {"capital": "Cusco"}}, {"id": ids["Chad"], "split": "easy"}]
    older().update_examples(dataset_id=dataset.id, updates=updates)
    found = made.by_country(client, dataset.id)
    equal((found["Peru"].outputs, found["Chad"].metadata["dataset_split"]), ({"capital": "Cusco"}, ["easy"]))


@check
def in_lists(client: langsmith.Client) -> None:
    dataset = made.dataset(client)
    ids = {country: found.id for country, found in made.by_country(client, dataset.id).items()}
    client.update_examples(
        example_ids=[ids["Peru"], ids["日本"]], outputs=[{"capital": "1"}, {"capital": "2"}], splits=["x", ["y"]]
    )
    found = made.by_country(client, dataset.id)
    equal((found["Peru"].outputs, found["日本"].outputs), ({"capital": "1"}, {"capital": "2"}))
    equal((found["Peru"].metadata["dataset_split"], found["日本"].metadata["dataset_split"]), (["x"], ["y"]))


@check
def all_or_none(client: langsmith.Client) -> None:
    dataset = made.dataset(client)
    peru = made.by_country(client, dataset.id)["Peru"].id
    updates = [{"id": peru, "outputs": {"capital": "Cusco"}}, {"id": uuid7(), "outputs": {"capital": "?"}}]
    refused(lambda: client.update_examples(dataset_id=dataset.id, updates=updates), utils.LangSmithError)
    equal(client.read_example(peru).outputs, {"capital": "Lima"})


@check
def metadata_of_many(client: langsmith.Client) -> None:
    dataset = made.dataset(client)
    ids = {country: str(found.id) for country, found in made.by_country(client, dataset.id).items()}
    api = client._get_langsmith_api_sync().datasets.examples
    operations = [{"key": "level", "operation": "SET", "value": 3}]
    api.update_metadata(str(dataset.id), example_ids=[ids["Peru"], ids["Chad"]], operations=operations)
    found = made.by_country(client, dataset.id)
    equal((found["Peru"].metadata["level"], found["Chad"].metadata["level"]), (3, 3))
    equal(("level" in found["日本"].metadata, found["Peru"].metadata["continent"]), (False, "America"))
