"""Addresses through which somebody without a key may leave feedback."""

from __future__ import annotations

import datetime
import uuid

import langsmith
import made
from checks import check, equal, refused


@check
def one(client: langsmith.Client) -> None:
    run = made.recorded(client, made.name("token"))
    token = client.create_presigned_feedback_token(run["id"], "thumbs", expiration=datetime.timedelta(hours=1))
    equal(
        (str(token.id) in token.url, token.expires_at.replace(tzinfo=datetime.timezone.utc) > made.now()), (True, True)
    )
    client.create_feedback_from_token(token.url, score=1, comment="good")
    [found] = client.list_feedback(run_ids=[run["id"]])
    equal((found.key, found.score, found.comment), ("thumbs", 1.0, "good"))


@check
def several(client: langsmith.Client) -> None:
    run = made.recorded(client, made.name("token"))
    tokens = client.create_presigned_feedback_tokens(run["id"], ["thumbs", "stars"])
    equal(len({token.id for token in tokens}), 2)
    equal({token.id for token in client.list_presigned_feedback_tokens(run["id"])}, {token.id for token in tokens})
    for score, token in enumerate(tokens):
        client.create_feedback_from_token(token.url, score=score)
    equal(
        {(found.key, found.score) for found in client.list_feedback(run_ids=[run["id"]])},
        {("thumbs", 0.0), ("stars", 1.0)},
    )


@check
def an_unknown_one_is_refused(client: langsmith.Client) -> None:
    refused(lambda: client.create_feedback_from_token(uuid.uuid4(), score=1), Exception, "40")
