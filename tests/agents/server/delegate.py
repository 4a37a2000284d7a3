"""An agent that uses an MCP server for its caller, with the caller's own credential. It has no tools of its own."""

import os

from typing_extensions import TypedDict

from langchain_core.runnables import RunnableConfig
from langchain_mcp_adapters.client import MultiServerMCPClient
from langgraph.graph import END, START, StateGraph

from sealing import opened


class Task(TypedDict):
    tool: str


class Report(TypedDict):
    result: str


class State(Task, Report):
    pass


async def work(state: Task, config: RunnableConfig) -> dict:
    user = config["configurable"]["langgraph_auth_user"]
    server = {
        "transport": "streamable_http",
        # Without agents, so that it cannot call itself.
        "url": os.environ["MCP_URL"] + "?readonly=true",
        "headers": opened(user["sealed_headers"]),
    }
    async with MultiServerMCPClient({"langsmith": server}).session("langsmith") as session:
        answer = await session.call_tool(state["tool"], {})
    text = answer.content[0].text
    if answer.isError:
        raise RuntimeError(text)
    return {"result": text}


graph = (
    StateGraph(State, input_schema=Task, output_schema=Report)
    .add_node("work", work)
    .add_edge(START, "work")
    .add_edge("work", END)
    .compile(name="delegate")
)
