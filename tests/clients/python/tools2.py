"""Python `mcp` 2.x: tools2.py MCP_URL MODE LOGIN, MODE being "legacy", "auto" or a protocol revision.

It logs in and says which tools there are. Then every line of input is a call, {"name", "arguments"}, answered with a line:
the result, and what the advertised output schema and the text say against its structured content. An empty line ends it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from jsonschema.validators import validator_for
from session import Person, report
from session2 import connect


def validator(schema: dict[str, Any]) -> Any:
    """The validator for the dialect of `schema`, which must itself be valid."""
    dialect = validator_for(schema)
    dialect.check_schema(schema)
    return dialect(schema)


async def main(url: str, mode: str, login: str) -> None:
    person = Person(login)
    async with connect(url, mode, person) as (client, _, _):
        tools = (await client.list_tools()).tools
        validators = {tool.name: validator(tool.output_schema) for tool in tools}
        report(protocol=client.protocol_version, tools=list(validators), logins=person.browser.visits)
        while line := (await asyncio.to_thread(sys.stdin.readline)).strip():
            call = json.loads(line)
            result = await client.call_tool(call["name"], call["arguments"])
            errors = validators[call["name"]].iter_errors(result.structured_content)
            complaints = [error.message for error in errors]
            if json.loads(result.content[0].text) != result.structured_content:
                complaints.append("the text says something else")
            report(result=result.model_dump(mode="json", by_alias=True), complaints=complaints)


asyncio.run(main(*sys.argv[1:]))
