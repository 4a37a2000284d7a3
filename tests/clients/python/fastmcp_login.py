"""FastMCP's own OAuth client, with a person at the browser."""

from __future__ import annotations

from fastmcp.client.auth import OAuth
from key_value.aio.stores.memory import MemoryStore
from mcp.shared.auth import AuthorizationCodeResult
from session import REDIRECT_URI, Person
from urllib.parse import urlsplit


class PersonalOAuth(OAuth):
    """Registers, asks for tokens and refreshes as FastMCP does; the redirect comes from the browser directly."""

    def __init__(self, login: str) -> None:
        super().__init__(token_storage=MemoryStore(), callback_port=urlsplit(REDIRECT_URI).port)
        self.person = Person(login)

    async def redirect_handler(self, authorization_url: str) -> None:
        await self.person.open_browser(authorization_url)

    async def callback_handler(self) -> AuthorizationCodeResult:
        return AuthorizationCodeResult(**{k: self.person.answer.get(k) for k in ("code", "state", "iss")})
