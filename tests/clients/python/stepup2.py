"""Python `mcp` 2.x: stepup2.py MCP_URL MODE LOGIN TOOL ARGUMENTS, MODE being "legacy" or a protocol revision.

The person first allows reading only. The tool, which needs another scope, then makes the client ask for more.
"""

from __future__ import annotations

import asyncio
import json
import sys

from fake_browser import FakeBrowser, Form, Page
from session import Person, report
from session2 import connect


class Reader(FakeBrowser):
    """A person who leaves nothing but reading ticked at the first visit."""

    def submit(self, form: Form, choices: dict[str, str], page_url: str) -> Page:
        if self.visits == 1:
            form.controls = [c for c in form.controls if c.name != "scope" or c.value == "langsmith:read"]
        return super().submit(form, choices, page_url)


async def main(url: str, mode: str, login: str, tool: str, arguments: str) -> None:
    person = Person(login)
    person.browser = Reader(login)
    async with connect(url, mode, person) as (client, _, storage):
        first = await client.call_tool("list_projects", {"limit": 5})
        before = storage.tokens.scope
        second = await client.call_tool(tool, json.loads(arguments))
        report(
            first=first.model_dump(mode="json", by_alias=True),
            before=before,
            second=second.model_dump(mode="json", by_alias=True),
            after=storage.tokens.scope,
            logins=person.browser.visits,
        )


asyncio.run(main(*sys.argv[1:]))
