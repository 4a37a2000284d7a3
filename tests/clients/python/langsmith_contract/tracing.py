"""Runs as programs make them: through `traceable`, `trace` and run trees."""

from __future__ import annotations

import langsmith
import made
from checks import check, equal, refused
from langsmith import run_helpers, run_trees


def traced(client: langsmith.Client, project: str, call) -> None:
    """Runs `call` with tracing into the project."""
    with run_helpers.tracing_context(enabled=True, client=client, project_name=project):
        call()


def by_name(client: langsmith.Client, project: str) -> dict:
    """The runs of a project."""
    return made.keyed(made.runs(client, project).values(), lambda run: run.name)


@check
def the_first_run_makes_the_project(client: langsmith.Client) -> None:
    project = made.name("traced")
    equal(client.has_project(project), False)
    traced(client, project, lambda: langsmith.traceable(lambda question: f"{question}!", name="shout")("hey"))
    found = by_name(client, project)["shout"]
    equal((found.inputs, found.outputs, found.status), ({"question": "hey"}, {"output": "hey!"}, "success"))
    equal(found.session_id, made.session(client, project))
    equal((found.id, found.parent_run_id), (found.trace_id, None))


@check
def nested(client: langsmith.Client) -> None:
    project = made.name("traced")

    @langsmith.traceable(run_type="llm")
    def model(text: str) -> dict:
        return {"text": text.upper()}

    @langsmith.traceable(run_type="retriever")
    def search(text: str) -> list[dict]:
        return [{"page_content": text, "type": "Document", "metadata": {}}]

    @langsmith.traceable
    def agent(text: str) -> dict:
        return model(search(text)[0]["page_content"])

    traced(client, project, lambda: agent("ada"))
    found = by_name(client, project)
    equal(set(found), {"agent", "search", "model"})
    root = found["agent"]
    for name, kind in (("search", "retriever"), ("model", "llm")):
        child = found[name]
        equal((child.run_type, child.parent_run_id, child.trace_id), (kind, root.id, root.id))
        equal(child.dotted_order.startswith(f"{root.dotted_order}."), True)
    equal((root.run_type, root.outputs["text"]), ("chain", "ADA"))
    equal(
        list(made.runs(client, project, parent_run_id=root.id))
        and len(made.runs(client, project, parent_run_id=root.id)),
        2,
    )


@check
def an_error_is_kept(client: langsmith.Client) -> None:
    project = made.name("traced")

    @langsmith.traceable
    def fails() -> None:
        raise ValueError("no such city")

    traced(client, project, lambda: refused(fails, ValueError))
    found = by_name(client, project)["fails"]
    equal((found.status, "no such city" in found.error), ("error", True))


@check
def tags_and_metadata(client: langsmith.Client) -> None:
    project = made.name("traced")
    step = langsmith.traceable(lambda: 1, name="step", tags=["fixed"], metadata={"level": 2})
    traced(client, project, lambda: step(langsmith_extra={"tags": ["extra"], "metadata": {"customer": "A-1"}}))
    found = by_name(client, project)["step"]
    equal(set(found.tags), {"fixed", "extra"})
    equal((found.metadata["level"], found.metadata["customer"]), (2, "A-1"))


@check
def trace_block(client: langsmith.Client) -> None:
    project = made.name("traced")
    with langsmith.trace("block", "tool", inputs={"n": 1}, project_name=project, client=client) as run:
        run.add_metadata({"late": True})
        run.end(outputs={"n": 2})
    found = made.runs(client, project)[run.id]
    equal((found.run_type, found.inputs, found.outputs, found.metadata["late"]), ("tool", {"n": 1}, {"n": 2}, True))


@check
def run_tree(client: langsmith.Client) -> None:
    project = made.name("tree")
    root = run_trees.RunTree(name="root", inputs={"a": 1}, project_name=project, ls_client=client)
    root.post()
    child = root.create_child("child", "llm", inputs={"b": 2})
    child.post()
    child.end(outputs={"c": 3})
    child.patch()
    root.end(outputs={"d": 4})
    root.patch()
    found = made.runs(client, project)
    equal(set(found), {root.id, child.id})
    equal((found[child.id].outputs, found[child.id].parent_run_id), ({"c": 3}, root.id))
    equal((found[root.id].outputs, found[root.id].status), ({"d": 4}, "success"))


@check
def a_generator_and_its_events(client: langsmith.Client) -> None:
    project = made.name("traced")

    @langsmith.traceable(run_type="llm")
    def tokens(count: int):
        yield from range(count)

    traced(client, project, lambda: equal(list(tokens(3)), [0, 1, 2]))
    found = by_name(client, project)["tokens"]
    equal(found.outputs, {"output": [0, 1, 2]})
    equal([event["name"] for event in found.events], ["new_token"])


@check
def no_tracing_no_run(client: langsmith.Client) -> None:
    project = made.name("traced")
    with run_helpers.tracing_context(enabled=False, client=client, project_name=project):
        langsmith.traceable(lambda: 1)()
    client.flush()
    equal(client.has_project(project), False)


@check
def threads(client: langsmith.Client) -> None:
    project, thread = made.name("traced"), made.name("thread")
    turn = langsmith.traceable(lambda text: text, name="turn")
    for text in ("one", "two"):
        extra = {"metadata": {"session_id": thread}}
        traced(client, project, lambda text=text, extra=extra: turn(text, langsmith_extra=extra))
    client.flush()
    if made.backend(client) == made.SECOND:
        found = made.runs(client, project).values()
        equal([run.metadata["session_id"] for run in found], [thread, thread])
    else:
        found = client.read_thread(thread_id=thread, project_name=project)
    equal(sorted(run.inputs["text"] for run in found), ["one", "two"])
