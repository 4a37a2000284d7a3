"""Commits of prompts: pushing and pulling."""

from __future__ import annotations

import langsmith
import made
from checks import check, equal, refused
from langchain_core.prompts import ChatPromptTemplate, MessagesPlaceholder, PromptTemplate
from langsmith import utils
from prompts import GREETING

FAREWELL = ChatPromptTemplate([("system", "Say good-bye in {language}."), ("human", "I am {name}.")])


def pulled(client: langsmith.Client, prompt: str):
    """What is in a prompt, not what was in it once."""
    return client.pull_prompt(prompt, skip_cache=True)


def commit(client: langsmith.Client, prompt: str) -> langsmith.schemas.PromptCommit:
    """A commit, with its manifest."""
    return client.pull_prompt_commit(prompt, skip_cache=True)


@check
def push_and_pull(client: langsmith.Client) -> None:
    name = made.name("prompt")
    url = client.push_prompt(name, object=GREETING, description="Greets", readme="Read", tags=["a"])
    found = client.get_prompt(name)
    equal((found.num_commits, found.description, found.readme, "a" in found.tags), (1, "Greets", "Read", True))
    equal((found.last_commit_hash[:8] in url, name in url), (True, True))
    template = pulled(client, name)
    equal((type(template).__name__, set(template.input_variables)), ("ChatPromptTemplate", {"language", "name"}))
    messages = template.invoke({"language": "Quechua", "name": "Ada"}).to_messages()
    equal(
        [(message.type, message.content) for message in messages],
        [("system", "Greet in Quechua."), ("human", "I am Ada.")],
    )


@check
def the_commit(client: langsmith.Client) -> None:
    name = made.name("prompt")
    client.push_prompt(name, object=GREETING)
    found = commit(client, name)
    equal((found.repo, found.commit_hash), (name, client.get_prompt(name).last_commit_hash))
    equal((found.manifest["lc"], found.manifest["id"][-1]), (1, "ChatPromptTemplate"))


@check
def a_second_one(client: langsmith.Client) -> None:
    name = made.name("prompt")
    client.push_prompt(name, object=GREETING)
    first = commit(client, name).commit_hash
    client.push_prompt(name, object=FAREWELL)
    second = commit(client, name).commit_hash
    equal((first == second, client.get_prompt(name).num_commits), (False, 2))
    equal(pulled(client, name).messages[0].prompt.template, "Say good-bye in {language}.")
    equal(pulled(client, f"{name}:{first}").messages[0].prompt.template, "Greet in {language}.")
    equal(pulled(client, f"{name}:{first[:8]}").messages[0].prompt.template, "Greet in {language}.")
    commits = list(client.list_prompt_commits(name))
    equal([found.commit_hash for found in commits], [second, first])
    equal((commits[0].parent_commit_hash, commits[1].parent_commit_hash), (first, None))


@check
def the_same_again_is_no_commit(client: langsmith.Client) -> None:
    name = made.name("prompt")
    client.push_prompt(name, object=GREETING)
    refused(lambda: client.push_prompt(name, object=GREETING), utils.LangSmithConflictError, "Nothing to commit")
    equal(client.get_prompt(name).num_commits, 1)


@check
def a_parent_that_is_not_the_last_is_refused(client: langsmith.Client) -> None:
    name = made.name("prompt")
    client.push_prompt(name, object=GREETING)
    first = commit(client, name).commit_hash
    client.push_prompt(name, object=FAREWELL)
    other = ChatPromptTemplate([("human", "{name}?")])
    refused(lambda: client.push_prompt(name, object=other, parent_commit_hash=first), utils.LangSmithError)
    equal(client.get_prompt(name).num_commits, 2)


@check
def lists(client: langsmith.Client) -> None:
    name = made.name("prompt")
    for number in range(3):
        client.push_prompt(name, object=ChatPromptTemplate([("human", f"{number} {{name}}")]))
    found = [one.commit_hash for one in client.list_prompt_commits(name)]
    equal((len(found), len(set(found))), (3, 3))
    equal([one.commit_hash for one in client.list_prompt_commits(name, limit=2)], found[:2])
    equal([one.commit_hash for one in client.list_prompt_commits(name, offset=1)], found[1:])


@check
def tags_name_commits(client: langsmith.Client) -> None:
    name = made.name("prompt")
    client.push_prompt(name, object=GREETING, commit_tags=["production", "v1"])
    first = commit(client, name).commit_hash
    client.push_prompt(name, object=FAREWELL, commit_tags="v2")
    equal(
        [commit(client, f"{name}:{tag}").commit_hash == first for tag in ("production", "v1", "v2", "latest")],
        [True, True, False, False],
    )
    refused(lambda: commit(client, f"{name}:v3"), utils.LangSmithNotFoundError)


@check
def a_described_commit(client: langsmith.Client) -> None:
    name = made.name("prompt")
    client.push_prompt(name, object=GREETING, commit_description="Kinder")
    equal([found.description for found in client.list_prompt_commits(name)], ["Kinder"])


@check
def other_templates(client: langsmith.Client) -> None:
    name = made.name("prompt")
    client.push_prompt(name, object=PromptTemplate.from_template("Say {word}."))
    equal(pulled(client, name).invoke({"word": "hey"}).to_string(), "Say hey.")
    chat = ChatPromptTemplate([MessagesPlaceholder("history", optional=True), ("human", "{{{{literal}}}} {question}")])
    name = made.name("prompt")
    client.push_prompt(name, object=chat)
    found = pulled(client, name)
    equal((found.messages[0].variable_name, found.messages[0].optional), ("history", True))
    equal(found.invoke({"question": "why?"}).to_messages()[0].content, "{{literal}} why?")


@check
def mustache(client: langsmith.Client) -> None:
    name = made.name("prompt")
    client.push_prompt(name, object=ChatPromptTemplate([("human", "Hello {{name}}")], template_format="mustache"))
    equal(pulled(client, name).invoke({"name": "Ada"}).to_messages()[0].content, "Hello Ada")


@check
def by_owner(client: langsmith.Client) -> None:
    name = made.name("prompt")
    client.push_prompt(f"-/{name}", object=GREETING)
    owner = client._get_settings().tenant_handle
    found = client.pull_prompt_commit(f"{owner}/{name}", skip_cache=True, dangerously_pull_public_prompt=True)
    equal((found.owner, found.commit_hash), (owner, client.get_prompt(name).last_commit_hash))


@check
def a_manifest_as_it_is(client: langsmith.Client) -> None:
    name = made.name("prompt")
    client.push_prompt(name, object=GREETING)
    manifest = commit(client, name).manifest
    copy = made.name("prompt")
    client.push_prompt(copy, object=manifest)
    equal(commit(client, copy).manifest, manifest)
