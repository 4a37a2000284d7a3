"""`langchain[mcp]`: langchain_mcp.py MCP_URL LOGIN. An agent of LangChain whose tools are our agents.

It does not run on the Agent Server; the agents that it calls do. Their questions interrupt it.
"""

from __future__ import annotations

import asyncio
import json
import sys
import warnings
from typing import Any

from fastmcp import Client
from fastmcp_login import PersonalOAuth
from langchain.agents import create_agent
from langchain_core._api import LangChainBetaWarning
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command
from script_model import ScriptModel
from session import report

warnings.filterwarnings("ignore", category=LangChainBetaWarning)
from langchain.mcp import MCPAdapter  # noqa: E402


async def main(url: str, login: str) -> None:
    async with MCPAdapter(Client(url, auth=PersonalOAuth(login))) as adapter:
        tools = await adapter.list_tools()
        agent = create_agent(ScriptModel(), tools, checkpointer=InMemorySaver())

        async def tell(conversation: str, message: Any) -> dict[str, Any]:
            """One turn: the questions that interrupt it, or the tool's message."""
            state = await agent.ainvoke(message, {"configurable": {"thread_id": conversation}})
            if "__interrupt__" in state:
                return {"asked": [interrupt.value for interrupt in state["__interrupt__"]]}
            last = state["messages"][-2]
            return {
                "status": last.status,
                "text": last.text,
                "content": last.artifact and last.artifact["structured_content"],
            }

        async def call(conversation: str, name: str, args: dict[str, Any]) -> dict[str, Any]:
            return await tell(conversation, {"messages": [("human", json.dumps({"name": name, "args": args}))]})

        async def respond(conversation: str, asked: dict[str, Any], response: dict[str, Any]) -> dict[str, Any]:
            responses = {request["key"]: response for request in asked["asked"][0]["requests"]}
            return await tell(conversation, Command(resume={"responses": responses}))

        answered = await call("answer", "fixture__echo", {"question": "why?"})
        failed = await call("failure", "fixture__steered", {"fail": "no luck"})
        yes_or_no = {"value": "go on?", "schema": {"type": "boolean"}}
        asked = await call("question", "fixture__steered", {"ask": yes_or_no})
        done = await respond("question", asked, {"action": "accept", "content": {"answer": False}})
        wipe = await call("refusal", "fixture__steered", {"ask": {"value": "wipe?"}})
        declined = await respond("refusal", wipe, {"action": "decline"})
        report(
            protocol=adapter.client.protocol_version,
            agents=sorted(tool.name for tool in tools if tool.name.startswith("fixture__")),
            answered=answered,
            failed=failed,
            asked=asked,
            done=done,
            declined=declined,
        )


asyncio.run(main(*sys.argv[1:]))
