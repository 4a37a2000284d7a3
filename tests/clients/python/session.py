"""What both generations of the Python client share: storage, client metadata, the browser, the report."""

from __future__ import annotations

import asyncio
import json
import os
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fake_browser import FakeBrowser
from mcp.client.auth import OAuthClientProvider
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata, OAuthToken

# Nothing listens here: the fake browser hands the redirect over without following it.
REDIRECT_URI = "http://localhost:3030/callback"


class MemoryStorage:
    """A `TokenStorage` that lives as long as the script."""

    def __init__(self) -> None:
        self.tokens: OAuthToken | None = None
        self.client: OAuthClientInformationFull | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info


class Person:
    """The two OAuth handlers of the SDK, answered by a person with a browser."""

    def __init__(self, login: str) -> None:
        self.browser = FakeBrowser(login)
        self.answer: dict[str, str] = {}

    async def open_browser(self, url: str) -> None:
        location = await asyncio.to_thread(self.browser.authorize, url, REDIRECT_URI)
        self.answer = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        if "code" not in self.answer:
            raise AssertionError(f"the login ended without a code: {self.answer}")


def provider(url: str, storage: MemoryStorage, person: Person, callback: Any) -> OAuthClientProvider:
    """The SDK's own OAuth client; it registers itself, unless it has a document and the server takes it."""
    metadata = OAuthClientMetadata(
        client_name="Python client test",
        redirect_uris=[REDIRECT_URI],
        grant_types=["authorization_code", "refresh_token"],
        response_types=["code"],
    )
    return OAuthClientProvider(
        url,
        metadata,
        storage,
        redirect_handler=person.open_browser,
        callback_handler=callback,
        client_metadata_url=os.environ.get("CLIENT_DOCUMENT"),
    )


def expire(oauth: OAuthClientProvider) -> str:
    """Makes the SDK believe that its access token has run out; answers the refresh token that it holds."""
    oauth.context.token_expiry_time = time.time() - 1
    assert oauth.context.current_tokens and oauth.context.current_tokens.refresh_token
    return oauth.context.current_tokens.refresh_token


def report(**facts: Any) -> None:
    """The last line of output: what happened, for the Rust side to judge."""
    print(json.dumps(facts))
