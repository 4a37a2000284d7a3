"""An agent with a small schema: it repeats the question."""

from typing_extensions import TypedDict

from langgraph.graph import END, START, StateGraph


class Question(TypedDict):
    question: str


class Answer(TypedDict):
    answer: str


class State(Question, Answer):
    pass


async def answer(state: Question) -> dict:
    return {"answer": f"You asked: {state['question']}"}


graph = (
    StateGraph(State, input_schema=Question, output_schema=Answer)
    .add_node("answer", answer)
    .add_edge(START, "answer")
    .add_edge("answer", END)
    .compile(name="echo")
)
