"""Experiments: `evaluate`, and what can be read of them afterwards."""

from __future__ import annotations

import uuid
from typing import Any

import langsmith
import made
from checks import check, equal
from langsmith import evaluation, schemas


def settled(client: langsmith.Client, experiment: str, key: str = "correct") -> schemas.TracerSessionResult:
    """The experiment, everything written."""
    client.flush()
    found = client.read_project(project_name=experiment, include_stats=True)
    equal(key in (found.feedback_stats or {}) or key in (found.session_feedback_stats or {}), True)
    return found


def run_one(client: langsmith.Client, target: Any = made.answer, **facts: Any) -> tuple[schemas.Dataset, Any]:
    """An experiment over a new dataset of three capitals."""
    dataset = made.dataset(client)
    facts = {"evaluators": [made.correct], "experiment_prefix": made.name("evaluate"), "max_concurrency": 2, **facts}
    return dataset, client.evaluate(target, data=dataset.name, **facts)


@check
def evaluate(client: langsmith.Client) -> None:
    dataset, results = run_one(client, metadata={"model": "m-1"}, description="A first one")
    found = settled(client, results.experiment_name)
    equal((found.reference_dataset_id, found.description, found.run_count), (dataset.id, "A first one", 3))
    equal(
        (found.metadata["model"], found.feedback_stats["correct"]["n"], found.feedback_stats["correct"]["avg"]),
        ("m-1", 3, 1.0),
    )
    runs = (
        made.runs(client, results.experiment_name, is_root=True).values()
        if made.backend(client) != made.SECOND
        else made.runs(client, results.experiment_name).values()
    )
    examples = {one.id: one for one in client.list_examples(dataset_id=dataset.id)}
    equal({run.reference_example_id for run in runs}, set(examples))
    for run in runs:
        equal(
            (run.inputs["inputs"] if "inputs" in run.inputs else run.inputs, run.outputs),
            (examples[run.reference_example_id].inputs, examples[run.reference_example_id].outputs),
        )
    equal(client.read_dataset(dataset_id=dataset.id).session_count, 1)


@check
def the_version_of_the_dataset(client: langsmith.Client) -> None:
    dataset, results = run_one(client)
    found = settled(client, results.experiment_name)
    latest = client.read_dataset_version(dataset_id=dataset.id, tag="latest").as_of
    version = found.metadata["dataset_version"]
    equal((version is not None, version[:19]), (True, latest.isoformat()[:19]))


@check
def of_some_splits(client: langsmith.Client) -> None:
    dataset = made.dataset(client)
    data = client.list_examples(dataset_name=dataset.name, splits=["test"])
    results = client.evaluate(made.answer, data=data, evaluators=[made.correct], experiment_prefix=made.name("splits"))
    equal(settled(client, results.experiment_name).run_count, 2)


@check
def failures_and_scores(client: langsmith.Client) -> None:
    def fails_for_chad(inputs: dict) -> dict:
        if inputs["country"] == "Chad":
            raise KeyError("Chad")
        return made.wrong_answer(inputs)

    _, results = run_one(client, fails_for_chad)
    client.flush()
    found = client.read_project(project_name=results.experiment_name, include_stats=True)
    equal((found.run_count, round(found.error_rate, 3)), (3, 0.333))
    statuses = sorted(run.status for run in made.runs(client, results.experiment_name).values())
    equal(statuses, ["error", "success", "success"])
    [key] = [key for key in found.feedback_stats if key == "correct"]
    equal(found.feedback_stats[key]["avg"] in (0.5, 1 / 3), True)


@check
def summaries(client: langsmith.Client) -> None:
    def accuracy(outputs: list[dict], reference_outputs: list[dict]) -> dict:
        return {
            "key": "accuracy",
            "score": sum(one == other for one, other in zip(outputs, reference_outputs)) / len(outputs),
        }

    _, results = run_one(client, summary_evaluators=[accuracy])
    found = settled(client, results.experiment_name, "accuracy")
    equal(found.session_feedback_stats["accuracy"]["avg"], 1.0)


@check
def many_results_of_one_evaluator(client: langsmith.Client) -> None:
    def judge(outputs: dict, reference_outputs: dict) -> dict:
        return {
            "results": [
                {"key": "exact", "score": int(outputs == reference_outputs)},
                {"key": "length", "score": 0.25, "comment": "short"},
            ]
        }

    _, results = run_one(client, evaluators=[judge])
    found = settled(client, results.experiment_name, "exact")
    equal((found.feedback_stats["exact"]["avg"], found.feedback_stats["length"]["avg"]), (1.0, 0.25))


@check
def repetitions(client: langsmith.Client) -> None:
    dataset, results = run_one(client, num_repetitions=2)
    found = settled(client, results.experiment_name)
    equal((found.run_count, found.feedback_stats["correct"]["n"]), (6, 6))
    counts: dict[uuid.UUID, int] = {}
    for run in made.runs(client, results.experiment_name).values():
        counts[run.reference_example_id] = counts.get(run.reference_example_id, 0) + 1
    equal(set(counts.values()), {2})


@check
def more_into_one(client: langsmith.Client) -> None:
    dataset, results = run_one(client)
    settled(client, results.experiment_name)
    client.evaluate(made.answer, data=dataset.name, evaluators=[made.correct], experiment=results.experiment_name)
    equal(settled(client, results.experiment_name).run_count, 6)


@check
def evaluate_existing(client: langsmith.Client) -> None:
    _, results = run_one(client, made.wrong_answer)
    settled(client, results.experiment_name)

    def named(outputs: dict) -> dict:
        return {"key": "named", "score": int(bool(outputs["capital"]))}

    again = evaluation.evaluate_existing(results.experiment_name, evaluators=[named], client=client)
    rows = list(again)
    equal(len(rows), 3)
    equal({row["evaluation_results"]["results"][0].key for row in rows}, {"named"})
    found = settled(client, results.experiment_name, "named")
    equal((found.feedback_stats["named"]["n"], found.feedback_stats["named"]["avg"]), (3, 1.0))
    equal((found.run_count, round(found.feedback_stats["correct"]["avg"], 3)), (3, 0.333))


@check
def evaluate_existing_sees_the_examples_of_then(client: langsmith.Client) -> None:
    dataset, results = run_one(client)
    settled(client, results.experiment_name)
    peru = made.by_country(client, dataset.id)["Peru"].id
    client.update_example(peru, outputs={"capital": "Cusco"})

    def same(outputs: dict, reference_outputs: dict) -> dict:
        return {"key": "same", "score": int(outputs == reference_outputs)}

    list(evaluation.evaluate_existing(results.experiment_name, evaluators=[same], client=client))
    equal(settled(client, results.experiment_name, "same").feedback_stats["same"]["avg"], 1.0)


@check
def get_experiment_results(client: langsmith.Client) -> None:
    _, results = run_one(client, made.wrong_answer)
    settled(client, results.experiment_name)
    found = client.get_experiment_results(name=results.experiment_name)
    equal((found["run_stats"]["run_count"], round(found["feedback_stats"]["correct"]["avg"], 3)), (3, 0.333))
    rows = {row.inputs["country"]: row for row in found["examples_with_runs"]}
    equal({country: row.outputs["capital"] for country, row in rows.items()}, made.CAPITAL_OF)
    for country, row in rows.items():
        [run] = row.runs
        equal((run.outputs, run.reference_example_id), ({"capital": "Lima"}, row.id))
        equal(run.feedback_stats["correct"]["avg"], float(country == "Peru"))


@check
def experiment_runs(client: langsmith.Client) -> None:
    dataset, results = run_one(client)
    session = settled(client, results.experiment_name)
    api = client._get_langsmith_api_sync().datasets.experiment_runs
    rows = list(api.query(str(dataset.id), experiment_ids=[str(session.id)], selects=["ID", "OUTPUTS"]))
    equal({row.inputs["country"]: row.runs[0].outputs["capital"] for row in rows}, made.CAPITAL_OF)


@check
def an_experiment_by_hand(client: langsmith.Client) -> None:
    dataset = made.dataset(client)
    facts = {"reference_dataset_id": dataset.id, "num_examples": 3, "num_repetitions": 1, "evaluator_keys": ["correct"]}
    experiment = client.create_project(made.name("by-hand"), metadata={"model": "m-2"}, **facts)
    for example in client.list_examples(dataset_id=dataset.id):
        run = made.recorded(client, experiment.name, reference_example_id=example.id, inputs=example.inputs)
        score = {"key": "correct", "score": 1, "trace_id": run["id"], "session_id": experiment.id}
        client.create_feedback(run["id"], **score)
    client.update_project(experiment.id, end_time=made.now(), metadata={"model": "m-2", "dataset_version": "latest"})
    found = settled(client, experiment.name)
    equal((found.run_count, found.feedback_stats["correct"]["n"], found.metadata["model"]), (3, 3, "m-2"))
