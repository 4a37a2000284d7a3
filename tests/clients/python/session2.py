"""A session of the second generation of the Python client, logged in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import httpx2
from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult
from session import MemoryStorage, Person, provider


class Session(NamedTuple):
    """An open session, and what it logged in with."""

    client: Client
    oauth: OAuthClientProvider
    storage: MemoryStorage


@asynccontextmanager
async def connect(url: str, mode: str, person: Person, **handlers: Any) -> AsyncIterator[Session]:
    """Connects, with handlers for the server's requests; the person logs in when the server asks for it."""
    storage = MemoryStorage()

    async def callback() -> AuthorizationCodeResult:
        return AuthorizationCodeResult(**{k: person.answer.get(k) for k in ("code", "state", "iss")})

    oauth = provider(url, storage, person, callback)
    async with httpx2.AsyncClient(auth=oauth, timeout=30) as http:
        async with Client(streamable_http_client(url, http_client=http), mode=mode, **handlers) as client:
            yield Session(client, oauth, storage)
