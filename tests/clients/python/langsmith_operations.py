"""LangChain's SDK, told what to do: langsmith_operations.py URL KEY WORKSPACE.

Every line of input is {"operation", …}, answered with a line: what the SDK made of it. An empty line ends it.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import warnings
from typing import Any

import langsmith
from langchain_core.prompts import ChatPromptTemplate
from langsmith import evaluation, run_helpers

Facts = dict[str, Any]


class Operations:
    """What it can be told: the methods."""

    def __init__(self, url: str, key: str, workspace: str) -> None:
        self._client = langsmith.Client(api_url=url, api_key=key, workspace_id=workspace or None)

    def push_prompt(self, name: str, messages: list[list[str]], **facts: Any) -> Facts:
        self._client.push_prompt(name, object=ChatPromptTemplate([tuple(pair) for pair in messages]), **facts)
        return {"commit_hash": self._client.get_prompt(name).last_commit_hash}

    def pull_prompt(self, name: str, values: Facts) -> Facts:
        prompt = self._client.pull_prompt(name, skip_cache=True)
        said = [[message.type, message.content] for message in prompt.invoke(values).to_messages()]
        commit = self._client.pull_prompt_commit(name, skip_cache=True)
        return {"messages": said, "variables": sorted(prompt.input_variables), "commit_hash": commit.commit_hash}

    def get_prompt(self, name: str) -> Facts:
        return self._client.get_prompt(name).model_dump(mode="json")

    def create_dataset(self, name: str, examples: list[Facts]) -> Facts:
        dataset = self._client.create_dataset(name)
        answer = self._client.create_examples(dataset_id=dataset.id, examples=examples)
        return {"id": str(dataset.id), "count": answer["count"]}

    def list_examples(self, dataset: str, **query: Any) -> list[Facts]:
        found = self._client.list_examples(dataset_name=dataset, **query)
        return [example.model_dump(mode="json", include={"id", "inputs", "outputs", "metadata"}) for example in found]

    def list_splits(self, dataset: str) -> list[str]:
        return sorted(self._client.list_dataset_splits(dataset_name=dataset))

    def versions(self, dataset: str) -> list[str]:
        return [version.as_of.isoformat() for version in self._client.list_dataset_versions(dataset_name=dataset)]

    def evaluate(self, dataset: str, answers: Facts, metadata: Facts) -> Facts:
        def target(inputs: Facts) -> Facts:
            return {"capital": answers[inputs["country"]]}

        def correct(outputs: Facts, reference_outputs: Facts) -> bool:
            return outputs == reference_outputs

        facts = {"evaluators": [correct], "metadata": metadata, "experiment_prefix": dataset}
        results = self._client.evaluate(target, data=dataset, **facts)
        self._client.flush()
        return {"name": results.experiment_name}

    def evaluate_existing(self, experiment: str) -> Facts:
        def named(outputs: Facts | None, reference_outputs: Facts) -> Facts:
            return {"key": "named", "score": int(bool(outputs)), "comment": reference_outputs["capital"]}

        rows = list(evaluation.evaluate_existing(experiment, evaluators=[named], client=self._client))
        self._client.flush()
        return {"rows": len(rows)}

    def experiment(self, name: str) -> Facts:
        project = self._client.read_project(project_name=name, include_stats=True)
        rows = self._rows_by_the_second_api(project) if self._has_only_the_second_api() else self._rows(name)
        return {"rows": rows, "project": project.model_dump(mode="json")}

    def _has_only_the_second_api(self) -> bool:
        return (self._client.info.instance_flags or {}).get("ch_query_enabled") is False

    def _rows(self, name: str) -> list[Facts]:
        include = {"id", "outputs", "error", "status", "feedback_stats", "extra"}
        return [
            {
                "inputs": row.inputs,
                "outputs": row.outputs,
                "runs": [run.model_dump(mode="json", include=include) for run in row.runs],
            }
            for row in self._client.get_experiment_results(name=name)["examples_with_runs"]
        ]

    def _rows_by_the_second_api(self, project: langsmith.schemas.TracerSession) -> list[Facts]:
        api = self._client._get_langsmith_api_sync().datasets.experiment_runs
        selects = ["ID", "OUTPUTS", "ERROR", "STATUS", "FEEDBACK_STATS", "METADATA"]
        query = {"experiment_ids": [str(project.id)], "selects": selects}
        rows = [row.to_dict(mode="json") for row in api.query(str(project.reference_dataset_id), **query)]
        for run in (run for row in rows for run in row["runs"]):
            run.update(status=run["status"].lower(), extra={"metadata": run.pop("metadata", {})})
        return rows

    def list_feedback(self, run_ids: list[str]) -> list[Facts]:
        include = {"key", "score", "value", "comment", "run_id", "session_id", "feedback_source"}
        return [found.model_dump(mode="json", include=include) for found in self._client.list_feedback(run_ids=run_ids)]

    def converse(self, project: str, thread: str, turns: list[list[str]]) -> Facts:
        answers = {question: answer for question, answer in turns}

        @langsmith.traceable(run_type="llm")
        def model(messages: list[Facts]) -> Facts:
            return {"role": "assistant", "content": answers[messages[-1]["content"]]}

        @langsmith.traceable
        def turn(messages: list[Facts]) -> str:
            return model(messages)["content"]

        said: list[Facts] = []
        metadata = {"session_id": thread}
        with run_helpers.tracing_context(enabled=True, client=self._client, project_name=project, metadata=metadata):
            for question, answer in turns:
                said.append({"role": "user", "content": question})
                turn([*said])
                said.append({"role": "assistant", "content": answer})
        self._client.flush()
        return {"turns": len(turns)}


def main(url: str, key: str, workspace: str) -> None:
    """Obeys."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    # The SDK tells the person at the terminal about experiments.
    out, sys.stdout = sys.stdout, open(os.devnull, "w")
    operations = Operations(url, key, workspace)
    while line := sys.stdin.readline().strip():
        told = json.loads(line)
        answer = getattr(operations, told.pop("operation"))(**told)
        print(json.dumps({"answer": answer}), file=out, flush=True)


main(*sys.argv[1:])
