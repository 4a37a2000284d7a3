"""Splits: parts of a dataset by name. An example may be in several."""

from __future__ import annotations

import langsmith
import made
from checks import check, equal


@check
def the_list(client: langsmith.Client) -> None:
    dataset = made.dataset(client)
    equal(set(client.list_dataset_splits(dataset_id=dataset.id)) - {"base"}, {"train", "test", "hard"})


@check
def examples_of_splits(client: langsmith.Client) -> None:
    dataset = made.dataset(client)
    equal(set(made.by_country(client, dataset.id, splits=["test"])), {"日本", "Chad"})
    equal(set(made.by_country(client, dataset.id, splits=["hard", "train"])), {"Chad", "Peru"})
    equal(made.by_country(client, dataset.id, splits=["none"]), {})


@check
def the_split_is_in_the_metadata(client: langsmith.Client) -> None:
    dataset = made.dataset(client)
    examples = made.by_country(client, dataset.id)
    equal(examples["Peru"].metadata, {"continent": "America", "dataset_split": ["train"]})
    equal(set(examples["Chad"].metadata["dataset_split"]), {"test", "hard"})


@check
def without_one_it_is_base(client: langsmith.Client) -> None:
    dataset = made.dataset(client, [{"inputs": {"country": "Oman"}}])
    [found] = client.list_examples(dataset_id=dataset.id)
    equal(
        (found.metadata["dataset_split"], list(client.list_dataset_splits(dataset_id=dataset.id))), (["base"], ["base"])
    )


@check
def add_and_remove(client: langsmith.Client) -> None:
    dataset = made.dataset(client)
    examples = made.by_country(client, dataset.id)
    both = [examples["Peru"].id, examples["日本"].id]
    client.update_dataset_splits(dataset_id=dataset.id, split_name="extra", example_ids=both)
    equal(set(made.by_country(client, dataset.id, splits=["extra"])), {"Peru", "日本"})
    equal("extra" in client.list_dataset_splits(dataset_name=dataset.name), True)
    client.update_dataset_splits(dataset_name=dataset.name, split_name="extra", example_ids=both[:1], remove=True)
    equal(set(made.by_country(client, dataset.id, splits=["extra"])), {"日本"})
    equal(set(made.by_country(client, dataset.id, splits=["train"])), {"Peru"})


@check
def as_of(client: langsmith.Client) -> None:
    dataset = made.dataset(client)
    before = client.read_dataset_version(dataset_id=dataset.id, tag="latest").as_of
    peru = made.by_country(client, dataset.id)["Peru"].id
    client.update_example(peru, split="moved")
    equal("moved" in client.list_dataset_splits(dataset_id=dataset.id), True)
    equal("moved" in client.list_dataset_splits(dataset_id=dataset.id, as_of=before), False)
    equal(set(made.by_country(client, dataset.id, splits=["train"])), set())
    equal(set(made.by_country(client, dataset.id, splits=["train"], as_of=before)), {"Peru"})
