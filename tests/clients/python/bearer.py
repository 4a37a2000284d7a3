"""Logs in once and prints an access token, for programs that cannot log in: bearer.py MCP_URL LOGIN."""

from __future__ import annotations

import asyncio
import json
import sys

import httpx2
from mcp.shared.auth import AuthorizationCodeResult
from session import MemoryStorage, Person, provider


async def main(url: str, login: str) -> None:
    storage, person = MemoryStorage(), Person(login)

    async def callback() -> AuthorizationCodeResult:
        return AuthorizationCodeResult(**{k: person.answer.get(k) for k in ("code", "state", "iss")})

    async with httpx2.AsyncClient(auth=provider(url, storage, person, callback), timeout=30) as http:
        # Any request makes the SDK log in; an authenticated GET is then refused, which does not matter.
        await http.get(url)
    print(json.dumps({"access_token": storage.tokens.access_token}))


asyncio.run(main(*sys.argv[1:]))
