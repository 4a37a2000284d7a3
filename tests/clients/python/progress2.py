"""Python `mcp` 2.x: progress2.py MCP_URL MODE LOGIN. Follows a tool's steps; in the modern era, cancels another call."""

from __future__ import annotations

import asyncio
import sys

from session import Person, report
from session2 import connect


async def main(url: str, mode: str, login: str) -> None:
    async with connect(url, mode, Person(login)) as (client, _, _):
        await client.list_tools()
        steps: list[list[object]] = []
        gone = asyncio.Semaphore(0)

        async def step(progress: float, total: float | None, message: str | None) -> None:
            steps.append([progress, total, message])
            await client.call_tool("steps__go", {})
            gone.release()

        walked = await client.call_tool("steps__walk", {}, progress_callback=step)
        for _ in steps:
            await gone.acquire()
        given_up = None
        if mode != "legacy":
            begun = asyncio.Event()

            async def rests(*_: object) -> None:
                begun.set()

            resting = asyncio.create_task(client.call_tool("steps__rest", {}, progress_callback=rests))
            await begun.wait()
            resting.cancel()
            given_up = (await client.call_tool("steps__given_up", {})).structured_content
        report(steps=steps, walked=walked.structured_content, given_up=given_up)


asyncio.run(main(*sys.argv[1:]))
