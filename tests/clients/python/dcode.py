"""Deep Agents Code: dcode.py MCP_URL LOGIN. Logs in, lists the tools, and lets its agent call two of them.

The commands are those of docs/clients/dcode.md. Its agent thinks with the chat model of script_endpoint.py.
"""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from fake_browser import FakeBrowser
from script_endpoint import script_endpoint
from session import report

HOME = Path(os.environ["HOME"])
DCODE = Path(sys.executable).with_name("dcode")
MODEL = """\
[models.providers.script]
class_path = "langchain_openai:ChatOpenAI"
models = ["script"]
params = {{ base_url = "{url}", api_key = "unused" }}
"""


def environment() -> dict[str, str]:
    """No browser is found on this path, so that the login waits for the person to paste the redirect."""
    settings = {
        "PATH": str(DCODE.parent),
        "PYTHONUNBUFFERED": "1",
        "DEMO_KEY": "lsv2_pt_demo",
        # It would look for updates, prices and a program for searches.
        "DEEPAGENTS_CODE_OFFLINE": "1",
    }
    inherited = {k: v for k, v in os.environ.items() if k not in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")}
    return {**inherited, **settings}


def configure(url: str, model: str) -> None:
    folder = HOME / ".deepagents"
    folder.mkdir()
    server = {"url": url, "transport": "http"}
    login = {"mcpServers": {"langsmith": {**server, "auth": "oauth"}}}
    key = {"mcpServers": {"by-key": {**server, "headers": {"X-Api-Key": "${DEMO_KEY}"}}}}
    (folder / ".mcp.json").write_text(json.dumps(login))
    (HOME / "key.json").write_text(json.dumps(key))
    (folder / "config.toml").write_text(MODEL.format(url=model))


def log_in(login: str) -> str:
    """`dcode mcp login`, with the redirect pasted back; returns all that it says."""
    # It takes the input of a pipe for a prompt, so the person has a terminal.
    terminal, tty = pty.openpty()
    command = [DCODE, "mcp", "login", "langsmith"]
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(command, cwd=HOME, env=environment(), stdin=tty, **output) as dcode:
        try:
            url = next(line.strip() for line in dcode.stdout if "/authorize?" in line)
            redirect_uri = parse_qs(urlsplit(url).query)["redirect_uri"][0]
            redirect = FakeBrowser(login).authorize(url, redirect_uri)
            os.write(terminal, f"{redirect}\n".encode())
            said, _ = dcode.communicate(timeout=60)
        finally:
            dcode.kill()
    if dcode.returncode:
        raise AssertionError(f"dcode mcp login: {dcode.returncode}\n{said}")
    return said


def run(*arguments: str) -> str:
    done = subprocess.run([DCODE, *arguments], cwd=HOME, env=environment(), capture_output=True, text=True, timeout=120)
    if done.returncode:
        raise AssertionError(f"dcode {arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def ask(tool: str, arguments: dict) -> str:
    """Its agent's answer: what the tool has returned."""
    call = json.dumps({"name": tool, "args": arguments})
    return run("-M", "script:script", "-q", "-n", call).strip()


def main(url: str, login: str) -> None:
    with script_endpoint() as model:
        configure(url, model)
        said = log_in(login)
        # Both entries at once: the one with a login, and the one with a key.
        listed = json.loads(run("--json", "--mcp-config", "key.json", "tools", "list"))["data"]
        report(
            login=said.strip().splitlines()[-1],
            tools=[tool["name"] for tool in listed["tools"] if tool["source"] != "built-in"],
            unavailable=listed["unavailable"],
            projects=ask("langsmith_list_projects", {"limit": 1}),
            agent=ask("langsmith_fixture__echo", {"question": "why?"}),
        )


main(*sys.argv[1:])
