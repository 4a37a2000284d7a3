"""A chat model without a model: it calls one tool, as the person's message says, and then repeats its result."""

from __future__ import annotations

import json
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult


class ScriptModel(BaseChatModel):
    """The person's message is JSON: {"name", "args"} of the call."""

    @property
    def _llm_type(self) -> str:
        return "script"

    def bind_tools(self, tools: Any, **_: Any) -> ScriptModel:
        return self

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        last = messages[-1]
        if isinstance(last, ToolMessage):
            answer = AIMessage(content=last.text)
        else:
            call = json.loads(last.text)
            answer = AIMessage(content="", tool_calls=[{**call, "id": f"call-{len(messages)}", "type": "tool_call"}])
        return ChatResult(generations=[ChatGeneration(message=answer)])
