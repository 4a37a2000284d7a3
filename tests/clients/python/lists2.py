"""Python `mcp` 2.x: lists2.py MCP_URL MODE LOGIN TOOL. Reads every page of the list of tools, then calls TOOL."""

from __future__ import annotations

import asyncio
import sys

from session import Person, report
from session2 import connect


async def main(url: str, mode: str, login: str, tool: str) -> None:
    async with connect(url, mode, Person(login)) as (client, _, _):
        pages = [await client.list_tools()]
        while cursor := pages[-1].next_cursor:
            pages.append(await client.list_tools(cursor=cursor))
        called = await client.call_tool(tool, {"a": 1})
        report(
            pages=[[tool.name for tool in page.tools] for page in pages],
            called=called.structured_content,
        )


asyncio.run(main(*sys.argv[1:]))
