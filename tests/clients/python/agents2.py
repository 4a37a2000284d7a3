"""Python `mcp` 2.x: agents2.py MCP_URL MODE LOGIN. Calls agents: an answer, a failure, two questions, progress."""

from __future__ import annotations

import asyncio
import sys

from mcp.types import ElicitResult
from session import Person, report
from session2 import connect


async def main(url: str, mode: str, login: str) -> None:
    asked: list[dict] = []

    async def elicit(_context: object, params: object) -> ElicitResult:
        asked.append({"message": params.message, "schema": params.requested_schema})
        if params.message == "wipe?":
            return ElicitResult(action="decline")
        return ElicitResult(action="accept", content={"answer": False})

    handlers = {} if mode == "legacy" else {"elicitation_callback": elicit}
    async with connect(url, mode, Person(login), **handlers) as (client, _, _):
        listed = {tool.name for tool in (await client.list_tools()).tools}
        messages: list[str | None] = []

        async def step(_progress: float, _total: float | None, message: str | None) -> None:
            messages.append(message)

        async def steered(orders: dict) -> object:
            return (await client.call_tool("fixture__steered", orders)).structured_content

        answered = await client.call_tool("fixture__echo", {"question": "why?"}, progress_callback=step)
        failed = await client.call_tool("fixture__steered", {"fail": "no luck"})
        question = await steered({"ask": {"value": "go on?", "schema": {"type": "boolean"}}})
        resumed = None
        if question["status"] == "input_required":
            answers = {question["questions"][0]["id"]: False}
            resume = {"handle": question["handle"], "answers": answers}
            resumed = (await client.call_tool("agent_resume", resume)).structured_content
        declined = None if mode == "legacy" else await steered({"ask": {"value": "wipe?"}})
        report(
            agents=sorted(name for name in listed if name.startswith("fixture__")),
            answered=answered.structured_content,
            messages=messages[:1],
            failed=[failed.is_error, failed.structured_content["error"]],
            done=(resumed or question)["output"]["answer"],
            asked=asked,
            declined=declined,
        )


asyncio.run(main(*sys.argv[1:]))
