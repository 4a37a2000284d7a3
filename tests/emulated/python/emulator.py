"""Runs MiniStack until standard input ends, which it does when whoever started this is gone, however that came.

    emulator.py FOLDER

Prints one line of JSON when MiniStack answers: its URL and its process group. Everything that it leaves behind is in
FOLDER, which is removed at the end.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

PATIENCE = 30


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(url, port, folder):
    # MiniStack hands its own variables on to the functions, so it has no more than these.
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        # What functions find their services by.
        "AWS_ENDPOINT_URL": url,
    }
    with open(folder / "log", "wb") as log:
        program = [Path(sys.executable).with_name("ministack")]
        return subprocess.Popen(
            program, env=variables, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )


def answers(url):
    try:
        return urllib.request.urlopen(f"{url}/_ministack/health", timeout=1).status == 200
    except OSError:
        return False


def main(folder):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    emulator = start(url, port, folder)
    try:
        until = time.monotonic() + PATIENCE
        while not answers(url):
            if emulator.poll() is not None or time.monotonic() > until:
                sys.exit((folder / "log").read_text())
            time.sleep(0.02)
        print(json.dumps({"url": url, "group": emulator.pid}), flush=True)
        sys.stdin.buffer.read()
    finally:
        # The functions' instances are in its group.
        os.killpg(emulator.pid, signal.SIGKILL)
        emulator.wait()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]).resolve())
