"""Credentials that pass through what the server stores: it keeps all that an authentication handler returns, in the
configuration of each run, and shows it to whoever may read the run."""

import json
import os

from cryptography.fernet import Fernet

_BOX = Fernet(os.environ["SEALING_KEY"])


def seal(credential: dict) -> str:
    return _BOX.encrypt(json.dumps(credential).encode()).decode()


def opened(sealed: str) -> dict:
    return json.loads(_BOX.decrypt(sealed))
