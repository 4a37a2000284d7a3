"""Versions of a dataset, and their tags. Every change is one."""

from __future__ import annotations

import langsmith
import made
from checks import check, equal, refused
from langsmith import utils


def grown(client: langsmith.Client) -> tuple[langsmith.schemas.Dataset, langsmith.schemas.DatasetVersion]:
    """A dataset that changed after the version that comes with it."""
    dataset = made.dataset(client)
    first = client.read_dataset_version(dataset_id=dataset.id, tag="latest")
    examples = made.by_country(client, dataset.id)
    client.update_example(examples["Peru"].id, outputs={"capital": "Cusco"})
    client.delete_example(examples["Chad"].id)
    client.create_example({"country": "Oman"}, dataset_id=dataset.id, reference_outputs={"capital": "Muscat"})
    return dataset, first


@check
def the_list(client: langsmith.Client) -> None:
    dataset, first = grown(client)
    versions = list(client.list_dataset_versions(dataset_id=dataset.id))
    equal([version.as_of for version in versions], sorted((version.as_of for version in versions), reverse=True))
    equal(first.as_of in [version.as_of for version in versions], True)
    equal(len(versions) >= 4, True)
    equal(len(list(client.list_dataset_versions(dataset_name=dataset.name, limit=2))), 2)


@check
def examples_as_of(client: langsmith.Client) -> None:
    dataset, first = grown(client)
    then = made.by_country(client, dataset.id, as_of=first.as_of)
    equal({country: found.outputs["capital"] for country, found in then.items()}, made.CAPITAL_OF)
    now = made.by_country(client, dataset.id)
    wanted = {"Peru": "Cusco", "日本": "東京", "Oman": "Muscat"}
    equal({country: found.outputs["capital"] for country, found in now.items()}, wanted)


@check
def an_example_as_of(client: langsmith.Client) -> None:
    dataset, first = grown(client)
    peru = made.by_country(client, dataset.id)["Peru"].id
    equal(client.read_example(peru, as_of=first.as_of).outputs, {"capital": "Lima"})
    equal(client.read_example(peru).outputs, {"capital": "Cusco"})


@check
def a_tag_names_a_version(client: langsmith.Client) -> None:
    dataset, first = grown(client)
    client.update_dataset_tag(dataset_id=dataset.id, as_of=first.as_of, tag="prod")
    found = client.read_dataset_version(dataset_id=dataset.id, tag="prod")
    equal((found.as_of, found.tags), (first.as_of, ["prod"]))
    equal(set(made.by_country(client, dataset.id, as_of="prod")), {"Peru", "日本", "Chad"})
    equal(set(made.by_country(client, dataset.id, as_of="latest")), {"Peru", "日本", "Oman"})


@check
def a_tag_moves(client: langsmith.Client) -> None:
    dataset, first = grown(client)
    latest = client.read_dataset_version(dataset_name=dataset.name, tag="latest")
    for version in (first, latest):
        client.update_dataset_tag(dataset_name=dataset.name, as_of=version.as_of, tag="prod")
    equal(client.read_dataset_version(dataset_id=dataset.id, tag="prod").as_of, latest.as_of)
    tagged = [
        version.as_of
        for version in client.list_dataset_versions(dataset_id=dataset.id)
        if "prod" in (version.tags or [])
    ]
    equal(tagged, [latest.as_of])


@check
def the_version_at_a_time(client: langsmith.Client) -> None:
    dataset, first = grown(client)
    equal(client.read_dataset_version(dataset_id=dataset.id, as_of=first.as_of).as_of, first.as_of)
    latest = client.read_dataset_version(dataset_id=dataset.id, tag="latest")
    equal(client.read_dataset_version(dataset_id=dataset.id, as_of=made.now()).as_of, latest.as_of)


@check
def an_unknown_tag_is_refused(client: langsmith.Client) -> None:
    dataset = made.dataset(client)
    refused(lambda: client.read_dataset_version(dataset_id=dataset.id, tag="nothing"), utils.LangSmithError)
    refused(lambda: list(client.list_examples(dataset_id=dataset.id, as_of="nothing")), utils.LangSmithError)


@check
def the_difference_of_two(client: langsmith.Client) -> None:
    dataset, first = grown(client)
    before, after = made.by_country(client, dataset.id, as_of=first.as_of), made.by_country(client, dataset.id)
    found = client.diff_dataset_versions(dataset.id, from_version=first.as_of, to_version="latest")
    equal(found.examples_modified, [before["Peru"].id])
    equal((found.examples_removed, found.examples_added), ([before["Chad"].id], [after["Oman"].id]))
