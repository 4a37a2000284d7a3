"""An MCP server of the Python SDK or of FastMCP on a free port, which demands a header and prints its URL."""

import socket
import sys

import uvicorn

KIND, HEADER, VALUE = sys.argv[1:4]

if KIND == "mcp1":
    from mcp.server.fastmcp import FastMCP

    server = FastMCP("fixture")
else:
    from fastmcp import FastMCP

    server = FastMCP("fixture")


@server.tool()
def add(a: int, b: int) -> int:
    """Adds two numbers."""
    return a + b


@server.tool()
def greet(name: str = "you") -> str:
    """Greets somebody."""
    return f"hello {name}"


app = server.streamable_http_app() if KIND == "mcp1" else server.http_app()


async def guarded(scope, receive, send):
    """Refuses requests without the header, and counts those for MCP on standard output."""
    if scope["type"] == "http":
        headers = dict(scope["headers"])
        print("request", scope["method"], b"x-api-key" in headers, flush=True)
        if headers.get(HEADER.encode()) != VALUE.encode():
            await send({"type": "http.response.start", "status": 401, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
    await app(scope, receive, send)


listener = socket.create_server(("127.0.0.1", 0))
print(f"http://127.0.0.1:{listener.getsockname()[1]}/mcp", flush=True)
uvicorn.Server(uvicorn.Config(guarded, log_level="error", lifespan="on")).run(sockets=[listener])
