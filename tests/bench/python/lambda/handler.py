"""What a Python programmer would deploy instead of the function `mcp`: FastMCP behind Mangum, with one of the tools.

As small as it can be and still do its work: stateless, answers in JSON, one kept HTTP client, the caller's own key.
"""

import asyncio
import os

import httpx
from fastmcp import FastMCP
from fastmcp.server.dependencies import get_http_headers
from mangum import Mangum

server = FastMCP("langsmith")
langsmith = httpx.AsyncClient(base_url=os.environ["LANGSMITH_ENDPOINT"], trust_env=False)


@server.tool
async def list_projects(limit: int = 5) -> dict:
    """Lists tracing projects."""
    key = get_http_headers()["x-api-key"]
    answer = await langsmith.get("/api/v1/sessions", params={"limit": limit}, headers={"x-api-key": key})
    answer.raise_for_status()
    names = ("name", "id", "run_count", "last_run_start_time")
    return {"projects": [{name: project.get(name) for name in names} for project in answer.json()]}


app = server.http_app(path="/mcp", stateless_http=True, json_response=True)

# Mangum would start and end the application with every event, and FastMCP can be started once.
loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
running = app.lifespan(app)
loop.run_until_complete(running.__aenter__())
answer = Mangum(app, lifespan="off")


def handler(event, context):
    return answer(event, context)
