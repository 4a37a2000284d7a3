"""Authentication of the server: keys or tokens of two people, each of whom sees the assistants that they made."""

import json
import os

from langgraph_sdk import Auth

auth = Auth()

# {key: "name workspace"}
KNOWN = json.loads(os.environ["PEOPLE"])


@auth.authenticate
async def authenticate(headers: dict) -> dict:
    token = headers.get(b"authorization", b"").decode().removeprefix("Bearer ")
    key = headers.get(b"x-api-key", b"").decode() or token
    name, _, workspace = KNOWN.get(key, "").partition(" ")
    if not name:
        raise Auth.exceptions.HTTPException(status_code=401, detail="unknown key")
    if headers.get(b"x-tenant-id", b"").decode() not in ("", workspace):
        raise Auth.exceptions.HTTPException(status_code=403, detail="API key tenant mismatch")
    return {"identity": name}


@auth.on.assistants
async def assistants(ctx: Auth.types.AuthContext, value: dict):
    if ctx.action == "create":
        value.setdefault("metadata", {})["owner"] = ctx.user.identity
        return None
    return {"owner": ctx.user.identity}
