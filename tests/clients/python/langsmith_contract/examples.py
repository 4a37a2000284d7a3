"""Making, reading and deleting examples: as JSON, in bulk, in parts."""

from __future__ import annotations

import langsmith
import made
from checks import check, equal, refused
from langsmith import schemas, utils
from langsmith.uuid import uuid7


def older(url: str | None = None) -> langsmith.Client:
    """A client of a deployment that has no multipart endpoint for examples: it writes JSON."""
    client = langsmith.Client(api_url=url)
    config = client.info.model_copy(update={"instance_flags": {}})
    return langsmith.Client(api_url=url, info=config)


@check
def one(client: langsmith.Client) -> None:
    dataset, id_ = made.dataset(client, []), uuid7()
    facts = {"metadata": {"level": 2}, "split": ["test"], "example_id": id_}
    new = client.create_example(
        {"country": "Oman"}, dataset_id=dataset.id, reference_outputs={"capital": "Muscat"}, **facts
    )
    for found in (new, client.read_example(id_)):
        equal((found.id, found.dataset_id), (id_, dataset.id))
        equal((found.inputs, found.outputs), ({"country": "Oman"}, {"capital": "Muscat"}))
        equal(found.metadata, {"level": 2, "dataset_split": ["test"]})


@check
def one_as_json(client: langsmith.Client) -> None:
    dataset, id_ = made.dataset(client, []), uuid7()
    facts = {"metadata": {"level": 2}, "split": ["test"], "example_id": id_}
    new = older().create_example(
        {"country": "Oman"}, dataset_id=dataset.id, reference_outputs={"capital": "Muscat"}, **facts
    )
    found = client.read_example(new.id)
    equal((new.id, found.inputs, found.outputs), (id_, {"country": "Oman"}, {"capital": "Muscat"}))
    equal(found.metadata, {"level": 2, "dataset_split": ["test"]})


@check
def many(client: langsmith.Client) -> None:
    dataset = made.dataset(client, [])
    answer = client.create_examples(dataset_name=dataset.name, examples=made.CAPITALS)
    found = made.by_country(client, dataset.id)
    equal((answer["count"], set(answer["example_ids"])), (3, {str(one.id) for one in found.values()}))
    equal({country: one.outputs["capital"] for country, one in found.items()}, made.CAPITAL_OF)
    equal(found["日本"].metadata["continent"], "Asia")


@check
def many_as_json(client: langsmith.Client) -> None:
    dataset = made.dataset(client, [])
    answer = older().create_examples(dataset_id=dataset.id, examples=made.CAPITALS)
    found = made.by_country(client, dataset.id)
    equal((answer["count"], set(answer["example_ids"])), (3, {str(one.id) for one in found.values()}))
    equal({country: one.outputs["capital"] for country, one in found.items()}, made.CAPITAL_OF)
    equal(set(found["Chad"].metadata["dataset_split"]), {"test", "hard"})


@check
def the_version_that_an_upload_made(client: langsmith.Client) -> None:
    dataset = made.dataset(client, [])
    answer = client.create_examples(dataset_id=dataset.id, examples=made.CAPITALS)
    client.create_example({"country": "Oman"}, dataset_id=dataset.id)
    as_of = client.read_dataset_version(dataset_id=dataset.id, as_of=answer["as_of"]).as_of
    equal(set(made.by_country(client, dataset.id, as_of=as_of)), {"Peru", "日本", "Chad"})


@check
def ids_of_the_callers(client: langsmith.Client) -> None:
    dataset, ids = made.dataset(client, []), [uuid7() for _ in range(3)]
    inputs = [{"country": f"Land {number}"} for number in range(3)]
    client.create_examples(dataset_id=dataset.id, inputs=inputs, ids=ids, splits=["a", None, ["b", "c"]])
    found = {one.id: one for one in client.list_examples(dataset_id=dataset.id)}
    equal({id_: one.inputs for id_, one in found.items()}, dict(zip(ids, inputs)))
    equal([set(found[id_].metadata["dataset_split"]) for id_ in ids], [{"a"}, {"base"}, {"b", "c"}])
    equal([found[id_].outputs for id_ in ids], [None, None, None])


@check
def an_id_is_taken_once(client: langsmith.Client) -> None:
    dataset, id_ = made.dataset(client, []), uuid7()
    client.create_examples(dataset_id=dataset.id, examples=[{"id": id_, "inputs": {"n": 1}}])
    refused(
        lambda: client.create_examples(dataset_id=dataset.id, examples=[{"id": id_, "inputs": {"n": 2}}]),
        utils.LangSmithConflictError,
    )
    equal(client.read_example(id_).inputs, {"n": 1})


@check
def from_a_run(client: langsmith.Client) -> None:
    project, dataset = made.name("source"), made.dataset(client, [])
    run = made.recorded(client, project)
    stored = client.read_run(run["id"], project_id=made.session(client, project), start_time=run["start_time"])
    found = client.read_example(client.create_example_from_run(stored, dataset_id=dataset.id).id)
    equal((found.inputs, found.outputs), ({"question": "why?"}, {"answer": "because"}))


@check
def what_a_run_had(client: langsmith.Client) -> None:
    dataset = made.dataset(client, [])
    run = made.recorded(client, made.name("source"))
    new = {"source_run_id": run["id"], "use_source_run_io": True}
    client.create_examples(dataset_id=dataset.id, examples=[new])
    [found] = client.list_examples(dataset_id=dataset.id)
    equal((found.inputs, found.outputs, found.source_run_id), ({"question": "why?"}, {"answer": "because"}, run["id"]))


@check
def messages_and_texts(client: langsmith.Client) -> None:
    chat = client.create_dataset(made.name("chat"), data_type=schemas.DataType.chat)
    question = {"type": "human", "data": {"content": "Hello"}}
    new = client.create_chat_example([question], {"type": "ai", "data": {"content": "Hi"}}, dataset_id=chat.id)
    found = client.read_example(new.id)
    equal((found.inputs["input"][0]["data"]["content"], found.outputs["output"]["data"]["content"]), ("Hello", "Hi"))
    llm = client.create_dataset(made.name("llm"), data_type=schemas.DataType.llm)
    found = client.read_example(client.create_llm_example("Hello", "Hi", dataset_id=llm.id).id)
    equal((found.inputs, found.outputs), ({"input": "Hello"}, {"output": "Hi"}))


@check
def lists(client: langsmith.Client) -> None:
    dataset = made.dataset(client)
    ids = {country: found.id for country, found in made.by_country(client, dataset.id).items()}
    listed = lambda **query: {one.id for one in client.list_examples(dataset_id=dataset.id, **query)}  # noqa: E731
    equal({one.id for one in client.list_examples(dataset_name=dataset.name)}, set(ids.values()))
    equal({one.id for one in client.list_examples(example_ids=[ids["Peru"], ids["Chad"]])}, {ids["Peru"], ids["Chad"]})
    equal(listed(metadata={"continent": "Asia"}), {ids["日本"]})
    equal(listed(filter='exists(metadata, "continent")'), set(ids.values()))
    equal(listed(filter='not(has(metadata, \'{"continent": "Asia"}\'))'), {ids["Peru"], ids["Chad"]})
    first = list(client.list_examples(dataset_id=dataset.id, limit=1))
    equal({first[0].id} | listed(offset=1), set(ids.values()))


@check
def pages(client: langsmith.Client) -> None:
    dataset = made.dataset(client, [{"inputs": {"n": number}} for number in range(205)])
    found = [one.inputs["n"] for one in client.list_examples(dataset_id=dataset.id)]
    equal((len(found), set(found)), (205, set(range(205))))
    again = [one.inputs["n"] for one in client.list_examples(dataset_id=dataset.id)]
    equal(found, again)


@check
def delete(client: langsmith.Client) -> None:
    dataset = made.dataset(client)
    examples = made.by_country(client, dataset.id)
    client.delete_example(examples["Peru"].id)
    equal(set(made.by_country(client, dataset.id)), {"日本", "Chad"})
    refused(lambda: client.read_example(examples["Peru"].id), utils.LangSmithNotFoundError)
    client.delete_examples([examples["日本"].id, examples["Chad"].id])
    equal(list(client.list_examples(dataset_id=dataset.id)), [])
    equal(client.read_dataset(dataset_id=dataset.id).example_count, 0)


@check
def a_soft_delete_leaves_the_past(client: langsmith.Client) -> None:
    dataset = made.dataset(client)
    before = client.read_dataset_version(dataset_id=dataset.id, tag="latest").as_of
    client.delete_example(made.by_country(client, dataset.id)["Peru"].id)
    equal("Peru" in made.by_country(client, dataset.id, as_of=before), True)


@check
def a_hard_delete_leaves_nothing(client: langsmith.Client) -> None:
    dataset = made.dataset(client)
    before = client.read_dataset_version(dataset_id=dataset.id, tag="latest").as_of
    client.delete_examples([made.by_country(client, dataset.id)["Peru"].id], hard_delete=True)
    equal(set(made.by_country(client, dataset.id)), {"日本", "Chad"})
    equal(set(made.by_country(client, dataset.id, as_of=before)), {"日本", "Chad"})
