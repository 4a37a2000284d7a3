"""Reading runs, through the first API for queries and through the second."""

from __future__ import annotations

import datetime

import langsmith
import made
from checks import check, equal, refused


def three(client: langsmith.Client) -> tuple[str, list[dict]]:
    """A project with a root, its child, and a root that failed."""
    project = made.name("read")
    root = made.run(project, name="root", outputs={"answer": "because"}, end_time=made.now(), tags=["red"])
    child = made.run(
        project, parent=root, name="child", run_type="llm", outputs={"answer": "because"}, end_time=made.now()
    )
    failed = made.run(project, name="failed", error="boom", end_time=made.now())
    client.batch_ingest_runs(create=[root, child, failed])
    return project, [root, child, failed]


@check
def read_run(client: langsmith.Client) -> None:
    project, [root, _, _] = three(client)
    where = {"project_id": made.session(client, project), "start_time": root["start_time"]}
    found = client.read_run(root["id"], **where)
    equal(
        (found.id, found.name, found.inputs, found.outputs),
        (root["id"], "root", {"question": "why?"}, {"answer": "because"}),
    )
    equal((found.tags, found.session_id), (["red"], where["project_id"]))


@check
def read_run_with_children(client: langsmith.Client) -> None:
    _, [root, child, _] = three(client)
    found = client.read_run(root["id"], load_child_runs=True)
    equal([inner.id for inner in found.child_runs], [child["id"]])


@check
def an_unknown_run_is_not_found(client: langsmith.Client) -> None:
    project = client.create_project(made.name("read"))
    gone = made.run("none")
    where = {"project_id": project.id, "start_time": gone["start_time"]}
    refused(lambda: client.read_run(gone["id"], **where), Exception, "404")


@check
def list_runs(client: langsmith.Client) -> None:
    project, [root, child, failed] = three(client)
    ids = lambda **query: {run.id for run in client.list_runs(project_name=project, **query)}  # noqa: E731
    equal(ids(), {root["id"], child["id"], failed["id"]})
    equal(ids(is_root=True), {root["id"], failed["id"]})
    equal(ids(run_type="llm"), {child["id"]})
    equal(ids(error=True), {failed["id"]})
    equal(ids(trace_id=root["id"]), {root["id"], child["id"]})
    equal(ids(parent_run_id=root["id"]), {child["id"]})
    equal(ids(filter='eq(name, "child")'), {child["id"]})
    equal(ids(filter='has(tags, "red")'), {root["id"]})
    equal(ids(start_time=made.now() + datetime.timedelta(minutes=1)), set())
    equal(len(ids(limit=2)), 2)


@check
def list_runs_by_id(client: langsmith.Client) -> None:
    _, [root, _, failed] = three(client)
    equal({run.id for run in client.list_runs(run_ids=[root["id"], failed["id"]])}, {root["id"], failed["id"]})
    equal({run.id for run in client.list_runs(id=[root["id"]])}, {root["id"]})


@check
def list_runs_selected(client: langsmith.Client) -> None:
    project, [root, _, _] = three(client)
    found = made.keyed(
        client.list_runs(
            project_name=project, is_root=True, select=["id", "name", "run_type", "start_time", "trace_id", "outputs"]
        ),
        lambda run: run.id,
    )
    equal((found[root["id"]].outputs, found[root["id"]].inputs), ({"answer": "because"}, {}))


@check
def many_pages(client: langsmith.Client) -> None:
    project = made.name("pages")
    many = [made.run(project, name=f"run {number}", outputs={}, end_time=made.now()) for number in range(205)]
    client.multipart_ingest(create=many)
    equal(set(made.runs(client, project)), {run["id"] for run in many})


@check
def query(client: langsmith.Client) -> None:
    project, [root, child, failed] = three(client)
    since = made.now() - datetime.timedelta(hours=1)
    api, session = client._get_langsmith_api_sync().runs, str(made.session(client, project))

    def ids(**query) -> set[str]:
        pager = api.query_v2(project_ids=[session], min_start_time=since, selects=["ID", "NAME"], **query)
        return {run.id for run in pager}

    text = {"root": str(root["id"]), "child": str(child["id"]), "failed": str(failed["id"])}
    equal(ids(), set(text.values()))
    equal(ids(page_size=1), set(text.values()))
    equal(ids(is_root=True), {text["root"], text["failed"]})
    equal(ids(has_error=True), {text["failed"]})
    equal(ids(run_type="LLM"), {text["child"]})
    equal(ids(trace_id=text["root"]), {text["root"], text["child"]})
    equal(ids(ids=[text["root"]]), {text["root"]})
    equal(ids(filter='eq(name, "child")'), {text["child"]})


@check
def query_selects(client: langsmith.Client) -> None:
    project, [_, child, _] = three(client)
    pager = client._get_langsmith_api_sync().runs.query_v2(
        project_ids=[str(made.session(client, project))],
        min_start_time=made.now() - datetime.timedelta(hours=1),
        filter='eq(name, "child")',
        selects=["ID", "RUN_TYPE", "PARENT_RUN_IDS", "OUTPUTS", "STATUS"],
    )
    [found] = list(pager)
    equal((found.run_type, found.status, found.outputs), ("LLM", "SUCCESS", {"answer": "because"}))
    equal((found.parent_run_ids, found.name, found.inputs), ([str(child["parent_run_id"])], None, None))


@check
def retrieve(client: langsmith.Client) -> None:
    project, [root, _, _] = three(client)
    found = client._get_langsmith_api_sync().runs.retrieve_v2(
        str(root["id"]),
        project_id=str(made.session(client, project)),
        start_time=root["start_time"],
        selects=["ID", "NAME", "INPUTS", "TAGS"],
    )
    equal((found.id, found.name, found.inputs, found.tags), (str(root["id"]), "root", {"question": "why?"}, ["red"]))


@check
def run_statistics(client: langsmith.Client) -> None:
    project, _ = three(client)
    session = made.session(client, project)
    roots = client.get_run_stats(project_ids=[session], is_root=True)
    equal((roots["run_count"], roots["error_rate"]), (2, 0.5))
    calls = client.get_run_stats(project_names=[project], run_type="llm")
    equal((calls["run_count"], calls["error_rate"]), (1, 0))


@check
def the_address_of_a_run(client: langsmith.Client) -> None:
    project, [root, _, _] = three(client)
    session = made.session(client, project)
    found = client.read_run(root["id"], project_id=session, start_time=root["start_time"])
    url = client.get_run_url(run=found)
    equal(all(part in url for part in (str(session), str(root["id"]), str(client._get_tenant_id()))), True)
