"""Prompts: their repositories. What is in them is in `commits`."""

from __future__ import annotations

import langsmith
import made
from checks import check, equal, refused
from langchain_core.prompts import ChatPromptTemplate
from langsmith import schemas, utils

GREETING = ChatPromptTemplate([("system", "Greet in {language}."), ("human", "I am {name}.")])


@check
def create_and_get(client: langsmith.Client) -> None:
    name = made.name("prompt")
    new = client.create_prompt(name, description="Greets", readme="# Greeting", tags=["a", "b"])
    found = client.get_prompt(name)
    equal((found.id, found.repo_handle, found.description, found.readme), (new.id, name, "Greets", "# Greeting"))
    equal((set(found.tags), found.is_public, found.is_archived, found.num_commits), ({"a", "b"}, False, False, 0))
    equal((found.last_commit_hash, found.tenant_id), (None, client._get_settings().id))
    equal(client.get_prompt(f"{client._get_settings().tenant_handle}/{name}").id, new.id)


@check
def an_unknown_one_is_none(client: langsmith.Client) -> None:
    equal(client.get_prompt(made.name("none")), None)
    refused(lambda: client.pull_prompt(made.name("none")), utils.LangSmithNotFoundError)
    refused(lambda: client.create_commit(made.name("none"), GREETING), utils.LangSmithNotFoundError)


@check
def a_name_is_taken_once(client: langsmith.Client) -> None:
    name = made.name("prompt")
    client.create_prompt(name)
    refused(lambda: client.create_prompt(name), utils.LangSmithConflictError)


@check
def somebody_elses_is_refused(client: langsmith.Client) -> None:
    refused(lambda: client.create_prompt(f"somebody-else/{made.name('prompt')}"), utils.LangSmithUserError)


@check
def update(client: langsmith.Client) -> None:
    name = made.name("prompt")
    client.create_prompt(name, description="before", tags=["old"])
    client.update_prompt(name, description="after", readme="Read", tags=["new"])
    found = client.get_prompt(name)
    equal((found.description, found.readme, found.tags), ("after", "Read", ["new"]))
    client.update_prompt(name, is_archived=True)
    found = client.get_prompt(name)
    equal((found.is_archived, found.description), (True, "after"))


@check
def public_and_private(client: langsmith.Client) -> None:
    name = made.name("prompt")
    client.create_prompt(name, is_public=True)
    equal(client.get_prompt(name).is_public, True)
    client.update_prompt(name, is_public=False)
    equal(client.get_prompt(name).is_public, False)


@check
def lists(client: langsmith.Client) -> None:
    stem = made.name("listed")
    for number in range(3):
        client.create_prompt(f"{stem}-{number}")
    listed = lambda **query: [repo.repo_handle for repo in client.list_prompts(query=stem, **query).repos]  # noqa: E731
    equal((set(listed()), client.list_prompts(query=stem).total), ({f"{stem}-{number}" for number in range(3)}, 3))
    equal(len(listed(limit=2)), 2)
    equal(set(listed(limit=2)) | set(listed(limit=2, offset=2)), set(listed()))
    client.update_prompt(f"{stem}-1", is_archived=True)
    equal((set(listed()), listed(is_archived=True)), ({f"{stem}-0", f"{stem}-2"}, [f"{stem}-1"]))


@check
def lists_in_order(client: langsmith.Client) -> None:
    stem = made.name("sorted")
    for number in range(3):
        client.create_prompt(f"{stem}-{number}")
    client.update_prompt(f"{stem}-0", description="the newest")
    order = {"sort_field": schemas.PromptSortField.updated_at}
    newest = [repo.repo_handle[-1] for repo in client.list_prompts(query=stem, **order).repos]
    oldest = [repo.repo_handle[-1] for repo in client.list_prompts(query=stem, sort_direction="asc", **order).repos]
    equal((newest, oldest), (["0", "2", "1"], ["1", "2", "0"]))


@check
def likes(client: langsmith.Client) -> None:
    name = made.name("prompt")
    client.create_prompt(name)
    equal(client.like_prompt(name), {"likes": 1})
    found = client.get_prompt(name)
    equal((found.num_likes, found.liked_by_auth_user), (1, True))
    equal(client.like_prompt(name), {"likes": 1})
    equal((client.unlike_prompt(name), client.get_prompt(name).num_likes), ({"likes": 0}, 0))


@check
def delete(client: langsmith.Client) -> None:
    name = made.name("prompt")
    client.push_prompt(name, object=GREETING)
    client.delete_prompt(name)
    equal((client.get_prompt(name), client.list_prompts(query=name).total), (None, 0))
    refused(lambda: client.pull_prompt_commit(name, skip_cache=True), utils.LangSmithNotFoundError)
    client.push_prompt(name, object=GREETING)
    equal(client.get_prompt(name).num_commits, 1)
