"""`langchain-mcp-adapters`: langchain_adapters.py MCP_URL LATE_URL LOGIN. An agent of LangChain calls our agents.

The adapters speak only the revisions with `initialize`, in which questions are in the result. At LATE_URL, no call
waits for its run.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from langchain.agents import create_agent
from langchain_mcp_adapters.client import MultiServerMCPClient
from script_model import ScriptModel
from session import MemoryStorage, Person, provider, report


class Server:
    """Our server, as `MultiServerMCPClient` knows it. Each call is a session of its own, with the same login."""

    def __init__(self, url: str, login: str) -> None:
        self.person = Person(login)
        oauth = provider(url, MemoryStorage(), self.person, self.callback)
        connection = {"transport": "streamable_http", "url": url, "auth": oauth}
        self.client = MultiServerMCPClient({"langsmith": connection})
        self.tools: list[Any] = []

    async def callback(self) -> tuple[str, str | None]:
        return self.person.answer["code"], self.person.answer.get("state")

    async def call(self, name: str, args: dict[str, Any]) -> dict[str, Any]:
        """The tool's message after one turn of the outer agent."""
        self.tools = self.tools or await self.client.get_tools()
        agent = create_agent(ScriptModel(), self.tools)
        message = json.dumps({"name": name, "args": args})
        state = await agent.ainvoke({"messages": [("human", message)]})
        last = state["messages"][-2]
        content = last.artifact and last.artifact["structured_content"]
        return {"status": last.status, "text": last.text, "content": content}


async def main(url: str, late_url: str, login: str) -> None:
    server, late = Server(url, login), Server(late_url, login)
    answered = await server.call("fixture__echo", {"question": "why?"})
    failed = await server.call("fixture__steered", {"fail": "no luck"})
    ask = {"value": "go on?", "schema": {"type": "boolean"}}
    question = (await server.call("fixture__steered", {"ask": ask}))["content"]
    answers = {question["questions"][0]["id"]: False}
    resumed = await server.call("agent_resume", {"handle": question["handle"], "answers": answers})
    started = (await late.call("fixture__echo", {"question": "when?"}))["content"]
    result = await late.call("agent_run_result", {"handle": started["handle"]})
    report(
        agents=sorted(tool.name for tool in server.tools if tool.name.startswith("fixture__")),
        answered=answered,
        failed=failed,
        question=question,
        resumed=resumed["content"],
        started=started["status"],
        result=result["content"],
        logins=[server.person.browser.visits, late.person.browser.visits],
    )


asyncio.run(main(*sys.argv[1:]))
