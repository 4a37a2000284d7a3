"""Python `mcp` 2.x: mcp2.py MCP_URL MODE LOGIN, MODE being "legacy" or a protocol revision."""

from __future__ import annotations

import asyncio
import sys

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult
from session import MemoryStorage, Person, expire, provider, report


async def main(url: str, mode: str, login: str) -> None:
    storage, person = MemoryStorage(), Person(login)

    async def callback() -> AuthorizationCodeResult:
        return AuthorizationCodeResult(**{k: person.answer.get(k) for k in ("code", "state", "iss")})

    oauth = provider(url, storage, person, callback)
    async with httpx2.AsyncClient(auth=oauth, timeout=30) as http:
        async with Client(streamable_http_client(url, http_client=http), mode=mode) as client:
            tools = await client.list_tools()
            first = await client.call_tool("list_projects", {"limit": 5})
            before = storage.tokens
            old_refresh = expire(oauth)
            second = await client.call_tool("list_projects", {"limit": 5})
            report(
                protocol=client.protocol_version,
                tools=[tool.name for tool in tools.tools],
                first=first.model_dump(mode="json", by_alias=True),
                second=second.model_dump(mode="json", by_alias=True),
                access_token_changed=before.access_token != storage.tokens.access_token,
                refresh_token_changed=old_refresh != storage.tokens.refresh_token,
                scope=storage.tokens.scope,
                iss=person.answer.get("iss"),
                logins=person.browser.visits,
            )


asyncio.run(main(*sys.argv[1:]))
