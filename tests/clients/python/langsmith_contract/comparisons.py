"""Comparing experiments."""

from __future__ import annotations

import langsmith
import made
from checks import check, equal
from experiments import settled
from langsmith import evaluation


def two(client: langsmith.Client) -> tuple[langsmith.schemas.Dataset, list[str]]:
    """Two experiments over one dataset."""
    dataset = made.dataset(client)
    names = []
    for target in (made.answer, made.wrong_answer):
        facts = {"evaluators": [made.correct], "experiment_prefix": made.name("compared")}
        names.append(client.evaluate(target, data=dataset.name, **facts).experiment_name)
        settled(client, names[-1])
    return dataset, names


def prefer(runs: list, example) -> dict:
    """The evaluator: whoever is right is preferred."""
    scores = {run.id: int(run.outputs == example.outputs) for run in runs}
    return {"key": "preferred", "scores": scores}


@check
def evaluate_comparative(client: langsmith.Client) -> None:
    dataset, names = two(client)
    results = evaluation.evaluate_comparative(tuple(names), evaluators=[prefer], client=client, metadata={"by": "test"})
    rows = list(results)
    equal({row["example"].id for row in rows}, {one.id for one in client.list_examples(dataset_id=dataset.id)})
    equal(results.comparative_experiment.reference_dataset_id, dataset.id)
    runs = [run for name in names for run in made.runs(client, name)]
    kept = list(client.list_feedback(run_ids=runs, feedback_key=["preferred"]))
    equal((len(kept), sum(one.score for one in kept)), (6, 4))
    equal({one.comparative_experiment_id for one in kept}, {results.comparative_experiment.id})
    equal(len({one.feedback_group_id for one in kept}), 3)


@check
def create_comparative_experiment(client: langsmith.Client) -> None:
    dataset, names = two(client)
    ids = [made.session(client, name) for name in names]
    name = made.name("comparison")
    new = client.create_comparative_experiment(name, ids, description="Which is right?", metadata={"a": 1})
    equal((new.name, new.description, new.reference_dataset_id), (name, "Which is right?", dataset.id))
    equal(new.extra["metadata"], {"a": 1})
