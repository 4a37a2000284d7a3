"""Python `mcp` 2.x: trace2.py MCP_URL LOGIN. Calls an agent within a span of OpenTelemetry."""

from __future__ import annotations

import asyncio
import sys

from opentelemetry import context, trace
from session import Person, report
from session2 import connect

TRACE_ID = 0x0AF7651916CD43DD8448EB211C80319C


async def main(url: str, login: str) -> None:
    async with connect(url, "2026-07-28", Person(login)) as (client, _, _):
        span = trace.SpanContext(TRACE_ID, 7, is_remote=False, trace_flags=trace.TraceFlags(1))
        context.attach(trace.set_span_in_context(trace.NonRecordingSpan(span)))
        called = await client.call_tool("fixture__echo", {"question": "why?"})
        report(called=called.structured_content["status"])


asyncio.run(main(*sys.argv[1:]))
