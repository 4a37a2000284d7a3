"""Feedback on runs and on experiments."""

from __future__ import annotations

import uuid

import langsmith
import made
from checks import check, equal, refused
from langsmith import utils


def scored(client: langsmith.Client, **facts) -> tuple[dict, uuid.UUID, langsmith.schemas.Feedback]:
    """A run, its project, and feedback on it that was written at once."""
    project = made.name("scored")
    run = made.recorded(client, project)
    session = made.session(client, project)
    new = client.create_feedback(
        run["id"], **{"key": "correct", "score": 1, "session_id": session, "stop_after_attempt": 1, **facts}
    )
    return run, session, new


@check
def create_and_read(client: langsmith.Client) -> None:
    facts = {"score": 0.25, "comment": "nearly", "correction": {"capital": "Lima"}, "source_info": {"by": "test"}}
    run, session, new = scored(client, **facts)
    found = client.read_feedback(new.id)
    equal((found.id, found.key, found.score, found.comment), (new.id, "correct", 0.25, "nearly"))
    equal((found.run_id, found.session_id, found.correction), (run["id"], session, {"capital": "Lima"}))
    equal((found.feedback_source.type, found.feedback_source.metadata["by"]), ("api", "test"))


@check
def in_the_background(client: langsmith.Client) -> None:
    project = made.name("scored")
    run = made.recorded(client, project)
    session = made.session(client, project)
    new = client.create_feedback(run["id"], "correct", score=1, trace_id=run["id"], session_id=session, value="yes")
    client.flush()
    found = client.read_feedback(new.id)
    equal((found.score, found.value, found.run_id, found.trace_id), (1.0, "yes", run["id"], run["id"]))


@check
def together_with_its_run(client: langsmith.Client) -> None:
    project = client.create_project(made.name("scored"))
    run = made.run(project.name, outputs={}, end_time=made.now())
    facts = {key: run[key] for key in ("id", "trace_id", "dotted_order", "start_time", "end_time", "outputs")}
    client.create_run("step", run["inputs"], "chain", project_name=project.name, **facts)
    new = client.create_feedback(run["id"], "correct", score=1, trace_id=run["id"], session_id=project.id)
    client.flush()
    equal((client.read_feedback(new.id).score, set(made.runs(client, project.name))), (1.0, {run["id"]}))


@check
def kinds_of_scores(client: langsmith.Client) -> None:
    for score, kept in ((True, 1.0), (False, 0.0), (3, 3.0), (0.5, 0.5), (None, None)):
        _, _, new = scored(client, score=score, value="text")
        found = client.read_feedback(new.id)
        equal((found.score, found.value), (kept, "text"))


@check
def four_decimals(client: langsmith.Client) -> None:
    _, _, new = scored(client, score=1 / 3)
    equal(round(client.read_feedback(new.id).score, 4), 0.3333)


@check
def of_a_model(client: langsmith.Client) -> None:
    judge = made.recorded(client, made.name("judge"))
    _, _, new = scored(client, feedback_source_type="model", source_run_id=judge["id"])
    source = client.read_feedback(new.id).feedback_source
    equal((source.type, source.metadata["__run"]["run_id"]), ("model", str(judge["id"])))


@check
def on_an_experiment(client: langsmith.Client) -> None:
    dataset = made.dataset(client)
    experiment = client.create_project(made.name("summary"), reference_dataset_id=dataset.id)
    new = client.create_feedback(None, "accuracy", score=0.75, project_id=experiment.id, stop_after_attempt=1)
    found = client.read_feedback(new.id)
    equal((found.run_id, found.session_id, found.score), (None, experiment.id, 0.75))
    stats = client.read_project(project_id=str(experiment.id), include_stats=True).session_feedback_stats
    equal((stats["accuracy"]["n"], stats["accuracy"]["avg"]), (1, 0.75))


@check
def update(client: langsmith.Client) -> None:
    run, _, new = scored(client, comment="first")
    client.update_feedback(new.id, score=0.5, comment="second", value={"why": "late"})
    found = client.read_feedback(new.id)
    equal((found.key, found.score, found.comment, found.value), ("correct", 0.5, "second", {"why": "late"}))
    client.update_feedback(new.id, comment="third")
    found = client.read_feedback(new.id)
    equal((found.score, found.comment, found.run_id), (0.5, "third", run["id"]))
    equal(found.modified_at >= found.created_at, True)


@check
def lists(client: langsmith.Client) -> None:
    run, session, first = scored(client)
    second = client.create_feedback(
        run["id"], "helpful", score=0, session_id=session, feedback_source_type="model", stop_after_attempt=1
    )
    other, _, third = scored(client)
    listed = lambda **query: {one.id for one in client.list_feedback(**query)}  # noqa: E731
    equal(listed(run_ids=[run["id"]]), {first.id, second.id})
    equal(listed(run_ids=[run["id"], other["id"]], feedback_key=["correct"]), {first.id, third.id})
    equal(listed(run_ids=[run["id"]], feedback_source_type=["model"]), {second.id})
    equal(len(listed(run_ids=[run["id"]], limit=1)), 1)


@check
def statistics(client: langsmith.Client) -> None:
    project = made.name("scored")
    runs = [made.recorded(client, project) for _ in range(2)]
    session = made.session(client, project)
    for run, score in zip(runs, (1, 0)):
        client.create_feedback(run["id"], "correct", score=score, session_id=session, stop_after_attempt=1)
    found = client.read_project(project_id=str(session), include_stats=True).feedback_stats
    equal((found["correct"]["n"], found["correct"]["avg"]), (2, 0.5))
    equal(made.runs(client, project)[runs[0]["id"]].feedback_stats["correct"]["avg"], 1.0)


@check
def the_same_id_replaces(client: langsmith.Client) -> None:
    run, session, new = scored(client)
    client.create_feedback(run["id"], "correct", score=0, session_id=session, feedback_id=new.id, stop_after_attempt=1)
    equal((client.read_feedback(new.id).score, len(list(client.list_feedback(run_ids=[run["id"]])))), (0.0, 1))


@check
def delete(client: langsmith.Client) -> None:
    run, _, new = scored(client)
    client.delete_feedback(new.id)
    refused(lambda: client.read_feedback(new.id), utils.LangSmithNotFoundError)
    equal(list(client.list_feedback(run_ids=[run["id"]])), [])


@check
def of_an_evaluator(client: langsmith.Client) -> None:
    from langsmith.evaluation import EvaluationResult, run_evaluator

    @run_evaluator
    def polite(run, example) -> EvaluationResult:
        return EvaluationResult(key="polite", score=1, comment=f"for {run.name}")

    project = made.name("scored")
    run = made.recorded(client, project)
    where = {"project_id": made.session(client, project), "start_time": run["start_time"]}
    client.evaluate_run(run["id"], polite, **where)
    client.flush()
    [found] = client.list_feedback(run_ids=[run["id"]])
    equal((found.key, found.score, found.comment, found.feedback_source.type), ("polite", 1.0, "for step", "model"))
