"""Python `mcp` 2.x: mcp2.py MCP_URL MODE LOGIN, MODE being "legacy" or a protocol revision."""

from __future__ import annotations

import asyncio
import sys

from session import Person, expire, report
from session2 import connect


async def main(url: str, mode: str, login: str) -> None:
    person = Person(login)
    async with connect(url, mode, person) as (client, oauth, storage):
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
            client_id=storage.client.client_id,
            logins=person.browser.visits,
        )


asyncio.run(main(*sys.argv[1:]))
