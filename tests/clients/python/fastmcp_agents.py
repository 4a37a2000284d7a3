"""FastMCP: fastmcp_agents.py MCP_URL LATE_URL MODE LOGIN, MODE being "legacy" or a protocol revision.

The client has no handler for questions, so they are in the result. At LATE_URL, no call waits for its run unless the
client reads progress or, in the modern era, declares tasks: FastMCP does both.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from fastmcp import Client
from fastmcp.exceptions import ToolError
from fastmcp_login import PersonalOAuth
from fastmcp_tasks.client import call_tool_task
from session import report


async def main(url: str, late_url: str, mode: str, login: str) -> None:
    oauth = PersonalOAuth(login)
    async with Client(url, auth=oauth, mode=mode) as client:

        async def call(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
            return (await client.call_tool(name, arguments)).structured_content

        tools = await client.list_tools()
        answered = await call("fixture__echo", {"question": "why?"})
        try:
            failed = await call("fixture__steered", {"fail": "no luck"})
        except ToolError as error:
            failed = str(error)
        ask = {"value": "go on?", "schema": {"type": "boolean"}}
        question = await call("fixture__steered", {"ask": ask})
        answers = {question["questions"][0]["id"]: False}
        resumed = await call("agent_resume", {"handle": question["handle"], "answers": answers})
        result = await call("agent_run_result", {"handle": question["handle"]})
        protocol = client.protocol_version
    async with Client(late_url, auth=PersonalOAuth(login), mode=mode) as late:
        awaited = await late.call_tool("fixture__steered", {"wait": 0.2})
        task = None
        if mode != "legacy":
            # Fails unless the server answers with a task.
            begun = await call_tool_task(late, "fixture__steered", {"wait": 600})
            await begun.cancel()
            ended = await begun.wait()
            done = await call_tool_task(late, "fixture__steered", {"wait": 0.2})
            task = [ended.status, (await done.result()).structured_content]
    report(
        protocol=protocol,
        agents=sorted(tool.name for tool in tools if tool.name.startswith("fixture__")),
        answered=answered,
        failed=failed,
        question=question,
        resumed=resumed,
        result=result,
        awaited=awaited.structured_content,
        task=task,
        logins=oauth.person.browser.visits,
    )


asyncio.run(main(*sys.argv[1:]))
