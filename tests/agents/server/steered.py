"""An agent that does what its input says: wait, fail, ask or return much. The tests decide when a wait is over."""

import asyncio
from typing_extensions import NotRequired, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt


class Orders(TypedDict):
    wait: NotRequired[float]
    fail: NotRequired[str]
    ask: NotRequired[dict]
    then: NotRequired[dict]
    last: NotRequired[float]
    size: NotRequired[int]


class Report(TypedDict):
    steps: int
    answer: object
    data: str


class State(Orders, Report):
    pass


async def wait(state: State) -> dict:
    steps = 0
    for steps in range(1, round(state.get("wait", 0) / 0.05) + 1):
        await asyncio.sleep(0.05)
    return {"steps": steps}


async def finish(state: State) -> dict:
    if "fail" in state:
        raise ValueError(state["fail"])
    answer = None
    if "ask" in state:
        answer = interrupt(state["ask"]["value"], response_schema=state["ask"].get("schema"))
    if "then" in state:
        answer = [answer, interrupt(state["then"]["value"], response_schema=state["then"].get("schema"))]
    await asyncio.sleep(state.get("last", 0))
    return {"answer": answer, "data": "x" * state.get("size", 0)}


graph = (
    StateGraph(State, input_schema=Orders, output_schema=Report)
    .add_node("wait", wait)
    .add_node("finish", finish)
    .add_edge(START, "wait")
    .add_edge("wait", "finish")
    .add_edge("finish", END)
    .compile(name="steered")
)
