"""An endpoint like OpenAI's, for a program that loads its chat models itself. It does as script_model.py does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


def text(content: Any) -> str:
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def reply(messages: list[dict[str, Any]]) -> dict[str, Any]:
    """Calls the tool that the person's message names; after that, repeats its result."""
    last = messages[-1]
    if last["role"] == "tool":
        return {"role": "assistant", "content": text(last["content"])}
    call = json.loads(text(last["content"]))
    function = {"name": call["name"], "arguments": json.dumps(call["args"])}
    called = [{"index": 0, "id": f"call-{len(messages)}", "type": "function", "function": function}]
    return {"role": "assistant", "content": None, "tool_calls": called}


class Endpoint(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        message = reply(body["messages"])
        reason = "tool_calls" if "tool_calls" in message else "stop"
        about = {"id": "script", "created": 0, "model": body["model"]}
        if body.get("stream"):
            choice = {"index": 0, "delta": message, "finish_reason": reason}
            chunk = {**about, "object": "chat.completion.chunk", "choices": [choice]}
            self.answer("text/event-stream", f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n")
        else:
            choice = {"index": 0, "message": message, "finish_reason": reason}
            usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
            completion = {**about, "object": "chat.completion", "choices": [choice], "usage": usage}
            self.answer("application/json", json.dumps(completion))

    def answer(self, kind: str, body: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def script_endpoint() -> Iterator[str]:
    """Its base URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
