"""How feedback of a key is to be understood."""

from __future__ import annotations

import langsmith
import made
from checks import check, equal, refused
from langsmith import utils

RANGE = {"type": "continuous", "min": 0, "max": 5, "categories": None}
TOPICS = {
    "type": "categorical",
    "min": None,
    "max": None,
    "categories": [{"value": 0, "label": "billing"}, {"value": 1, "label": "shipping"}],
}


def listed(client: langsmith.Client, key: str) -> list:
    """The configurations of a key."""
    return list(client.list_feedback_configs(feedback_key=[key]))


@check
def create_and_list(client: langsmith.Client) -> None:
    key = made.name("rating")
    new = client.create_feedback_config(key, feedback_config=RANGE, is_lower_score_better=True)
    equal((new.feedback_key, new.is_lower_score_better), (key, True))
    [found] = listed(client, key)
    equal(
        (found.feedback_config["type"], found.feedback_config["min"], found.feedback_config["max"]),
        ("continuous", 0, 5),
    )
    equal([one.feedback_key for one in client.list_feedback_configs(name_contains=key[3:])], [key])


@check
def the_same_again_is_no_error(client: langsmith.Client) -> None:
    key = made.name("rating")
    client.create_feedback_config(key, feedback_config=RANGE)
    client.create_feedback_config(key, feedback_config=RANGE)
    refused(lambda: client.create_feedback_config(key, feedback_config=TOPICS), utils.LangSmithError, "already exists")
    equal(len(listed(client, key)), 1)


@check
def update(client: langsmith.Client) -> None:
    key = made.name("rating")
    client.create_feedback_config(key, feedback_config=RANGE)
    client.update_feedback_config(key, is_lower_score_better=True)
    client.update_feedback_config(key, feedback_config={**RANGE, "max": 10})
    [found] = listed(client, key)
    equal((found.is_lower_score_better, found.feedback_config["max"]), (True, 10))


@check
def categories(client: langsmith.Client) -> None:
    key = made.name("topics")
    client.create_feedback_config(key, feedback_config=TOPICS)
    client.add_feedback_categories(key, [{"value": 2, "label": "returns"}])
    labels = lambda: [one["label"] for one in listed(client, key)[0].feedback_config["categories"]]  # noqa: E731
    equal(labels(), ["billing", "shipping", "returns"])
    client.remove_feedback_categories(key, [0])
    equal(labels(), ["shipping", "returns"])


@check
def delete(client: langsmith.Client) -> None:
    key = made.name("rating")
    client.create_feedback_config(key, feedback_config=RANGE)
    client.delete_feedback_config(key)
    equal(listed(client, key), [])
    client.create_feedback_config(key, feedback_config=TOPICS)
    equal(listed(client, key)[0].feedback_config["type"], "categorical")
