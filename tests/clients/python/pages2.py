"""Python `mcp` 2.x: pages2.py MCP_URL LOGIN. Calls an agent whose question no form can ask, and answers on its page."""

from __future__ import annotations

import asyncio
import json
import sys
from urllib.parse import urlsplit

from mcp.types import ElicitResult
from session import Person, report
from session2 import connect

NESTED = {"type": "object", "properties": {"size": {"type": "object"}}, "required": ["size"]}


async def main(url: str, login: str) -> None:
    person, asked = Person(login), []

    def answer(page_url: str) -> str:
        """Opens the page in the browser that has logged in, and answers there."""
        page = person.browser.send("GET", page_url)
        forms = [form for form in page.forms() if urlsplit(form.action).path == urlsplit(page_url).path]
        if not forms:
            raise AssertionError(f"no question on the page: {page.describe()}")
        choices = {"decision": "answer", "0.": json.dumps({"size": {"cm": 7}})}
        done = person.browser.submit(forms[0], choices, page_url)
        if done.status != 200:
            raise AssertionError(f"the answer was refused: {done.describe()}")
        return done.describe()

    async def elicit(_context: object, params: object) -> ElicitResult:
        asked.append({"mode": params.mode, "message": params.message, "url": params.url})
        if params.message == "not now":
            return ElicitResult(action="decline")
        await asyncio.to_thread(answer, params.url)
        return ElicitResult(action="accept")

    async with connect(url, "2026-07-28", person, elicitation_callback=elicit) as (client, _, _):

        async def call(message: str) -> object:
            ask = {"value": message, "schema": NESTED}
            return (await client.call_tool("fixture__steered", {"ask": ask})).structured_content

        report(done=await call("how large?"), declined=await call("not now"), asked=asked)


asyncio.run(main(*sys.argv[1:]))
