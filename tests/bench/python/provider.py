"""FastMCP's in-memory OAuth provider under uvicorn, as its own server would run it.

Arguments: the number of grants, the number of codes, a redirect URI and a PKCE challenge (S256). Prints one line of JSON
with the token endpoint, the client, a refresh token of each grant and the codes, made through the provider's own methods.
"""

import json
import socket
import sys

import uvicorn
from fastmcp import FastMCP
from fastmcp.server.auth.providers.in_memory import InMemoryOAuthProvider
from mcp.server.auth.provider import AuthorizationParams
from mcp.shared.auth import OAuthClientInformationFull
from pydantic import AnyUrl

SCOPES = ["langsmith:read", "langsmith:write", "billing:read"]


async def main(grants: int, codes: int, redirect_uri: str, challenge: str) -> None:
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
    provider = InMemoryOAuthProvider(base_url=origin)
    client = OAuthClientInformationFull(
        client_id="bench",
        redirect_uris=[AnyUrl(redirect_uri)],
        token_endpoint_auth_method="none",
        grant_types=["authorization_code", "refresh_token"],
        scope=" ".join(SCOPES),
    )
    await provider.register_client(client)
    params = AuthorizationParams(
        state=None,
        scopes=SCOPES,
        code_challenge=challenge,
        redirect_uri=AnyUrl(redirect_uri),
        redirect_uri_provided_explicitly=True,
    )
    tokens = []
    for _ in range(grants):
        await provider.authorize(client, params)
        code = list(provider.auth_codes.values())[-1]
        tokens.append((await provider.exchange_authorization_code(client, code)).refresh_token)
    for _ in range(codes):
        await provider.authorize(client, params)
    for code in provider.auth_codes.values():
        code.expires_at += 3600
    app = FastMCP("bench", auth=provider).http_app()
    server = uvicorn.Server(uvicorn.Config(app, loop="uvloop", http="httptools", access_log=False, log_level="error"))
    made = {"url": f"{origin}/token", "clientId": client.client_id, "tokens": tokens, "codes": list(provider.auth_codes)}
    print(json.dumps(made), flush=True)
    await server.serve(sockets=[listener])


if __name__ == "__main__":
    import uvloop

    uvloop.run(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]))
