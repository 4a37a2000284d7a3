"""An agent that tells who calls it, as the server's own handler of authentication has found out."""

from typing_extensions import TypedDict

from langchain_core.runnables import RunnableConfig
from langgraph.graph import END, START, StateGraph


class Nothing(TypedDict):
    pass


class Caller(TypedDict):
    identity: str


async def tell(_state: Nothing, config: RunnableConfig) -> dict:
    user = config["configurable"].get("langgraph_auth_user") or {}
    return {"identity": user["identity"] if "identity" in user else ""}


graph = (
    StateGraph(Caller, input_schema=Nothing, output_schema=Caller)
    .add_node("tell", tell)
    .add_edge(START, "tell")
    .add_edge("tell", END)
    .compile(name="caller")
)
