"""Showing runs and datasets to whoever has their address."""

from __future__ import annotations

import langsmith
import made
from checks import check, equal, refused


@check
def a_run(client: langsmith.Client) -> None:
    run = made.recorded(client, made.name("shared"))
    equal((client.run_is_shared(run["id"]), client.read_run_shared_link(run["id"])), (False, None))
    url = client.share_run(run["id"])
    equal((client.run_is_shared(run["id"]), client.read_run_shared_link(run["id"])), (True, url))
    equal(client.read_shared_run(url).id, run["id"])
    equal([found.id for found in client.list_shared_runs(url)], [run["id"]])
    client.unshare_run(run["id"])
    equal(client.run_is_shared(run["id"]), False)
    refused(lambda: client.read_shared_run(url), Exception, "40")


@check
def a_run_of_a_trace(client: langsmith.Client) -> None:
    project = made.name("shared")
    root = made.recorded(client, project)
    child = made.recorded(client, project, parent=root, name="inner")
    url = client.share_run(root["id"])
    found = client.read_shared_run(url, child["id"])
    equal((found.id, found.name, found.parent_run_id), (child["id"], "inner", root["id"]))
    equal({found.id for found in client.list_shared_runs(url)}, {root["id"], child["id"]})


@check
def a_dataset(client: langsmith.Client) -> None:
    dataset = made.dataset(client)
    share = client.share_dataset(dataset.id)
    again = client.read_dataset_shared_schema(dataset_name=dataset.name)
    equal((str(again["share_token"]), again["url"]), (str(share["share_token"]), share["url"]))
    token = str(share["share_token"])
    found = client.read_shared_dataset(token)
    equal((found.id, found.name), (dataset.id, dataset.name))
    examples = {one.inputs["country"]: one.outputs["capital"] for one in client.list_shared_examples(token)}
    equal(examples, made.CAPITAL_OF)
    client.unshare_dataset(dataset.id)
    refused(lambda: client.read_shared_dataset(token), Exception, "40")


@check
def experiments_of_a_dataset(client: langsmith.Client) -> None:
    dataset = made.dataset(client)
    experiment = client.create_project(made.name("shared"), reference_dataset_id=dataset.id)
    token = str(client.share_dataset(dataset.id)["share_token"])
    equal([found.id for found in client.list_shared_projects(dataset_share_token=token)], [experiment.id])


@check
def a_copy(client: langsmith.Client) -> None:
    dataset = made.dataset(client)
    share, name = client.share_dataset(dataset.id), made.name("copy")
    client.clone_public_dataset(str(share["share_token"]), dataset_name=name)
    copy = client.read_dataset(dataset_name=name)
    equal(
        (
            copy.id == dataset.id,
            {country: one.outputs["capital"] for country, one in made.by_country(client, copy.id).items()},
        ),
        (False, made.CAPITAL_OF),
    )
