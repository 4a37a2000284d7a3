"""Projects: the API calls them sessions."""

from __future__ import annotations

import datetime

import langsmith
import made
from checks import check, equal, refused
from langsmith import utils


@check
def create_and_read(client: langsmith.Client) -> None:
    name = made.name("project")
    new = client.create_project(name, description="Kept for a test", metadata={"team": "blue"})
    for found in (client.read_project(project_id=str(new.id)), client.read_project(project_name=name)):
        equal((found.id, found.name, found.description), (new.id, name, "Kept for a test"))
        equal(found.metadata["team"], "blue")
        equal((found.tenant_id, found.reference_dataset_id), (new.tenant_id, None))


@check
def a_name_is_taken_once(client: langsmith.Client) -> None:
    name = made.name("project")
    first = client.create_project(name)
    refused(lambda: client.create_project(name), utils.LangSmithConflictError)
    equal(client.create_project(name, upsert=True, description="again").id, first.id)


@check
def update(client: langsmith.Client) -> None:
    project = client.create_project(made.name("project"), metadata={"a": 1})
    name, end = made.name("renamed"), datetime.datetime(2026, 11, 1, 12, 30, tzinfo=datetime.timezone.utc)
    client.update_project(project.id, name=name, description="Done", metadata={"b": 2}, end_time=end)
    found = client.read_project(project_id=str(project.id))
    equal((found.name, found.description, found.metadata["b"]), (name, "Done", 2))
    equal(found.end_time.replace(tzinfo=datetime.timezone.utc), end)
    refused(lambda: client.read_project(project_name=project.name), utils.LangSmithNotFoundError)


@check
def list_by_name(client: langsmith.Client) -> None:
    stem = made.name("listed")
    ids = {client.create_project(f"{stem}-{number}").id for number in range(3)}
    equal({found.id for found in client.list_projects(name_contains=stem)}, ids)
    equal([found.name for found in client.list_projects(name=f"{stem}-1")], [f"{stem}-1"])
    equal(len(list(client.list_projects(name_contains=stem, limit=2))), 2)


@check
def list_by_id_and_metadata(client: langsmith.Client) -> None:
    stem = made.name("listed")
    blue = client.create_project(f"{stem}-1", metadata={"colour": stem})
    other = client.create_project(f"{stem}-2", metadata={"colour": "red"})
    equal({found.id for found in client.list_projects(project_ids=[blue.id, other.id])}, {blue.id, other.id})
    equal([found.id for found in client.list_projects(metadata={"colour": stem})], [blue.id])


@check
def list_free_and_of_a_dataset(client: langsmith.Client) -> None:
    dataset, stem = made.dataset(client), made.name("listed")
    experiment = client.create_project(f"{stem}-1", reference_dataset_id=dataset.id)
    free = client.create_project(f"{stem}-2")
    equal([found.id for found in client.list_projects(name_contains=stem, reference_free=True)], [free.id])
    equal([found.id for found in client.list_projects(reference_dataset_id=dataset.id)], [experiment.id])
    equal([found.id for found in client.list_projects(reference_dataset_name=dataset.name)], [experiment.id])
    equal(client.read_project(project_id=str(experiment.id)).reference_dataset_id, dataset.id)


@check
def statistics(client: langsmith.Client) -> None:
    project = made.name("counted")
    made.recorded(client, project)
    made.recorded(client, project, error="boom")
    found = client.read_project(project_name=project, include_stats=True)
    equal((found.run_count, found.error_rate), (2, 0.5))
    equal(found.last_run_start_time is not None, True)


@check
def has_project(client: langsmith.Client) -> None:
    name = made.name("project")
    equal(client.has_project(name), False)
    client.create_project(name)
    equal(client.has_project(name), True)


@check
def delete(client: langsmith.Client) -> None:
    first, second = (client.create_project(made.name("deleted")) for _ in range(2))
    client.delete_project(project_name=first.name)
    client.delete_project(project_id=str(second.id))
    for gone in (first, second):
        refused(lambda gone=gone: client.read_project(project_id=str(gone.id)), utils.LangSmithNotFoundError)
        equal(list(client.list_projects(name=gone.name)), [])
    again = client.create_project(first.name)
    equal((client.read_project(project_name=first.name).id, again.id == first.id), (again.id, False))
