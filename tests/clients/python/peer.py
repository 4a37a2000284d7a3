"""Serves the standalone LangSmith MCP server on a free loopback port and prints its URL: peer.py"""

from __future__ import annotations

import logging
import socket

import uvicorn
from langsmith_mcp_server.server import app

# Every refused call would be a screenful on the test's terminal.
logging.disable()

listener = socket.create_server(("127.0.0.1", 0))
print(f"http://127.0.0.1:{listener.getsockname()[1]}/mcp", flush=True)
uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False)).run(sockets=[listener])
