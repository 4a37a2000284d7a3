"""Authentication of the server by LangSmith: whoever has a key that LangSmith accepts, with threads of their own."""

import os

import httpx
from langgraph_sdk import Auth

from sealing import seal

auth = Auth()


@auth.authenticate
async def authenticate(headers: dict) -> dict:
    names = ("x-api-key", "x-tenant-id")
    credential = {name: headers[name.encode()].decode() for name in names if name.encode() in headers}
    async with httpx.AsyncClient(base_url=os.environ["LANGSMITH_URL"]) as langsmith:
        answer = await langsmith.get("/api/v1/me/ls_user_id", headers=credential)
    if answer.status_code != 200:
        raise Auth.exceptions.HTTPException(status_code=401, detail="LangSmith does not know this key")
    return {"identity": answer.json(), "sealed_headers": seal(credential)}


@auth.on.threads
async def threads(ctx: Auth.types.AuthContext, value: dict):
    owner = {"owner": ctx.user.identity}
    value.setdefault("metadata", {}).update(owner)
    return owner
