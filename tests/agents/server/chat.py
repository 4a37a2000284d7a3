"""An agent whose input is messages. It names the kind and the text of the last one."""

from langchain_core.messages import AIMessage

from langgraph.graph import END, START, MessagesState, StateGraph


async def reply(state: MessagesState) -> dict:
    last = state["messages"][-1]
    return {"messages": [AIMessage(content=f"{last.type}: {last.content}")]}


graph = (
    StateGraph(MessagesState)
    .add_node("reply", reply)
    .add_edge(START, "reply")
    .add_edge("reply", END)
    .compile(name="chat")
)
