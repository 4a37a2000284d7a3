"""Python `mcp` 1.x, which LangChain's adapters use: mcp1.py MCP_URL LOGIN."""

from __future__ import annotations

import asyncio
import sys

import httpx
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from session import MemoryStorage, Person, expire, provider, report


async def main(url: str, login: str) -> None:
    storage, person = MemoryStorage(), Person(login)

    async def callback() -> tuple[str, str | None]:
        return person.answer["code"], person.answer.get("state")

    oauth = provider(url, storage, person, callback)
    async with httpx.AsyncClient(auth=oauth, timeout=30) as http:
        async with streamable_http_client(url, http_client=http) as (read, write, _):
            async with ClientSession(read, write) as session:
                started = await session.initialize()
                tools = await session.list_tools()
                first = await session.call_tool("list_projects", {"limit": 5})
                before = storage.tokens
                old_refresh = expire(oauth)
                second = await session.call_tool("list_projects", {"limit": 5})
                report(
                    protocol=started.protocolVersion,
                    tools=[tool.name for tool in tools.tools],
                    first=first.model_dump(mode="json", by_alias=True),
                    second=second.model_dump(mode="json", by_alias=True),
                    access_token_changed=before.access_token != storage.tokens.access_token,
                    refresh_token_changed=old_refresh != storage.tokens.refresh_token,
                    scope=storage.tokens.scope,
                    iss=person.answer.get("iss"),
                    client_id=storage.client.client_id,
                    logins=person.browser.visits,
                )


asyncio.run(main(*sys.argv[1:]))
