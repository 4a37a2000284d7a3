"""The asynchronous half of the SDK."""

from __future__ import annotations

import asyncio

import langsmith
import made
from checks import check, equal
from experiments import settled
from langsmith import AsyncClient, evaluation
from langsmith.uuid import uuid7
from prompts import GREETING


@check
def aevaluate(client: langsmith.Client) -> None:
    dataset = made.dataset(client)

    async def target(inputs: dict) -> dict:
        await asyncio.sleep(0)
        return made.answer(inputs)

    async def run() -> str:
        facts = {"evaluators": [made.correct], "experiment_prefix": made.name("async"), "max_concurrency": 2}
        results = await evaluation.aevaluate(target, data=dataset.name, client=client, **facts)
        return results.experiment_name

    found = settled(client, asyncio.run(run()))
    equal((found.run_count, found.feedback_stats["correct"]["avg"], found.reference_dataset_id), (3, 1.0, dataset.id))


@check
def aevaluate_existing(client: langsmith.Client) -> None:
    dataset = made.dataset(client)
    name = client.evaluate(made.answer, data=dataset.name, experiment_prefix=made.name("async")).experiment_name
    client.flush()

    async def named(outputs: dict) -> dict:
        return {"key": "named", "score": 1}

    async def run() -> int:
        results = await evaluation.aevaluate_existing(name, evaluators=[named], client=client)
        return len([row async for row in results])

    equal(asyncio.run(run()), 3)
    equal(settled(client, name, "named").feedback_stats["named"]["n"], 3)


@check
def traceable(client: langsmith.Client) -> None:
    project = made.name("async")

    @langsmith.traceable
    async def inner(text: str) -> str:
        return text.upper()

    @langsmith.traceable
    async def outer(text: str) -> list[str]:
        return await asyncio.gather(inner(text), inner(text * 2))

    with langsmith.tracing_context(enabled=True, client=client, project_name=project):
        asyncio.run(outer("a"))
    found = made.runs(client, project).values()
    [root] = [run for run in found if run.parent_run_id is None]
    equal(
        (root.outputs, [run.parent_run_id for run in found if run is not root]),
        ({"output": ["A", "AA"]}, [root.id] * 2),
    )


@check
def resources(client: langsmith.Client) -> None:
    async def run() -> None:
        async with AsyncClient() as own:
            dataset = await own.create_dataset(made.name("async"))
            new = await own.create_example({"n": 1}, {"n": 2}, dataset.id)
            found = [one async for one in own.list_examples(dataset_id=dataset.id)]
            equal([(one.id, one.inputs, one.outputs) for one in found], [(new.id, {"n": 1}, {"n": 2})])
            await own.delete_dataset(dataset_id=dataset.id)
            equal(client.has_dataset(dataset_id=str(dataset.id)), False)

    asyncio.run(run())


@check
def runs_and_feedback(client: langsmith.Client) -> None:
    async def run() -> None:
        async with AsyncClient() as own:
            project = await own.create_project(made.name("async"))
            id_ = uuid7()
            facts = {"id": id_, "project_name": project.name, "start_time": made.now()}
            await own.create_run("step", {"n": 1}, "chain", **facts)
            await own.update_run(id_, outputs={"n": 2}, end_time=made.now())
            equal(made.runs(client, project.name)[id_].outputs, {"n": 2})
            new = await own.create_feedback(id_, "correct", score=1, session_id=project.id, stop_after_attempt=1)
            found = [one async for one in own.list_feedback(run_ids=[id_])]
            equal([(one.id, one.score) for one in found], [(new.id, 1.0)])

    asyncio.run(run())


@check
def prompts(client: langsmith.Client) -> None:
    async def run() -> None:
        async with AsyncClient() as own:
            name = made.name("async")
            await own.push_prompt(name, object=GREETING)
            found = await own.pull_prompt(name, skip_cache=True)
            equal(set(found.input_variables), {"language", "name"})
            await own.delete_prompt(name)
            equal(await own.get_prompt(name), None)

    asyncio.run(run())
