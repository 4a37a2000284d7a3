"""Registers a client and prints its id, for programs that bring none: register.py ISSUER REDIRECT_URI."""

from __future__ import annotations

import json
import sys
from urllib.request import Request, urlopen


def main(issuer: str, redirect_uri: str) -> None:
    body = json.dumps({"client_name": "Conformance suite", "redirect_uris": [redirect_uri]}).encode()
    request = Request(f"{issuer}/register", body, {"Content-Type": "application/json"})
    with urlopen(request, timeout=20) as answer:
        print(json.load(answer)["client_id"])


if __name__ == "__main__":
    main(*sys.argv[1:])
