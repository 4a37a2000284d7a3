"""Logs a person in: follows redirects with a cookie jar and fills in the HTML forms that come along.

Standard library only, because two virtual environments with different HTTP stacks share it.
The forms are read from the page, as a browser does: hidden fields, defaults and actions are never assumed.

As a program: fake_browser.py AUTHORIZE_URL REDIRECT_URI LOGIN [deliver]. It prints the redirect to the client;
with "deliver" it also follows it, for a client that listens there.
"""

from __future__ import annotations

import http.client
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

MAX_STEPS = 20
TIMEOUT_SECONDS = 20


@dataclass
class Control:
    name: str
    kind: str
    value: str
    chosen: bool


@dataclass
class Form:
    action: str
    method: str
    controls: list[Control] = field(default_factory=list)

    def submission(self, choices: dict[str, str]) -> list[tuple[str, str]]:
        """The successful controls (HTML 4.10.21.4), with `choices` deciding by control name."""
        pairs, asked_buttons, asked_radios = [], set(), set()
        for control in self.controls:
            wanted = choices.get(control.name)
            if control.kind in ("radio", "submit", "option"):
                group = asked_buttons if control.kind == "submit" else asked_radios
                options = [c for c in self.controls if c.name == control.name and c.kind == control.kind]
                default = next((c for c in options if c.chosen), options[0]).value
                if control.name not in group and control.value == (default if wanted is None else wanted):
                    group.add(control.name)
                    pairs.append((control.name, control.value))
            elif control.kind == "checkbox":
                if control.chosen:
                    pairs.append((control.name, control.value))
            else:
                pairs.append((control.name, control.value if wanted is None else wanted))
        missing = set(choices) - {name for name, _ in pairs}
        if missing:
            raise AssertionError(f"the form at {self.action} has no control to set {sorted(missing)}: {self}")
        return pairs


class FormParser(HTMLParser):
    """Collects the forms of one page and its visible text (for error messages)."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base, self.forms, self.text = base, [], []
        self.select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name, value = found.get("name") or "", found.get("value")
        if tag == "form":
            action = urljoin(self.base, found.get("action") or self.base)
            self.forms.append(Form(action, (found.get("method") or "get").lower()))
        elif tag == "select":
            self.select = name
        elif self.forms and tag == "option" and self.select:
            self.forms[-1].controls.append(Control(self.select, "option", value or "", "selected" in found))
        elif self.forms and name and tag == "textarea":
            self.forms[-1].controls.append(Control(name, tag, "", False))
        elif self.forms and name and tag in ("input", "button") and "disabled" not in found:
            kind = (found.get("type") or ("text" if tag == "input" else "submit")).lower()
            if kind in ("button", "reset", "image", "file"):
                return
            default = "on" if kind in ("checkbox", "radio") else ""
            self.forms[-1].controls.append(
                Control(name, kind, default if value is None else value, "checked" in found)
            )

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = None

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.text.append(data.strip())


@dataclass
class Page:
    url: str
    status: int
    location: str | None
    body: str

    def forms(self) -> list[Form]:
        parser = FormParser(self.url)
        parser.feed(self.body)
        return parser.forms

    def describe(self) -> str:
        parser = FormParser(self.url)
        parser.feed(self.body)
        return f"{self.status} at {self.url}: {' | '.join(parser.text)[:2000]}"


class FakeBrowser:
    """One person's browser. `login` is "key" or "langsmith"."""

    def __init__(self, login: str, api_key: str = "lsv2_pt_demo") -> None:
        self.login, self.api_key = login, api_key
        # Cookies are shared by the ports of a host, as in browsers.
        self.cookies: dict[str, dict[str, str]] = {}
        self.visits = 0

    def authorize(self, url: str, redirect_uri: str) -> str:
        """Walks from an authorization URL to the redirect to the client, which is returned and not followed."""
        self.visits += 1
        page = self.send("GET", url)
        for _ in range(MAX_STEPS):
            if page.location is not None:
                if page.location.startswith(redirect_uri):
                    return page.location
                page = self.send("GET", page.location)
            else:
                page = self.answer(page)
        raise AssertionError(f"no redirect to {redirect_uri} after {MAX_STEPS} steps; last: {page.describe()}")

    def answer(self, page: Page) -> Page:
        choices = {
            "/authorize/consent": {"decision": "allow"},
            "/oauth/authorize/approve": {},
            f"/authorize/login/{self.login}": {"api_key": self.api_key} if self.login == "key" else {},
        }
        for form in page.forms():
            wanted = choices.get(urlsplit(form.action).path)
            if wanted is not None:
                return self.submit(form, wanted, page.url)
        raise AssertionError(f"a page without a form that this person would use: {page.describe()}")

    def submit(self, form: Form, choices: dict[str, str], page_url: str) -> Page:
        query = urlencode(form.submission(choices))
        if form.method == "get":
            return self.send("GET", f"{form.action}?{query}")
        parts = urlsplit(page_url)
        return self.send("POST", form.action, query, f"{parts.scheme}://{parts.netloc}")

    def send(self, method: str, url: str, body: str | None = None, origin: str | None = None) -> Page:
        parts = urlsplit(url)
        host = parts.hostname or ""
        headers = {"Accept": "text/html,*/*;q=0.8"}
        if jar := self.cookies.get(host):
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if origin is not None:
            headers["Origin"] = origin
        connection = http.client.HTTPConnection(host, parts.port, timeout=TIMEOUT_SECONDS)
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request(method, target, body, headers)
            response = connection.getresponse()
            text = response.read().decode()
            self.keep_cookies(host, response.headers.get_all("Set-Cookie") or [])
        finally:
            connection.close()
        location = response.headers.get("Location") if 300 <= response.status < 400 else None
        return Page(url, response.status, location and urljoin(url, location), text)

    def keep_cookies(self, host: str, set_cookies: list[str]) -> None:
        jar = self.cookies.setdefault(host, {})
        for line in set_cookies:
            pair, *attributes = (part.strip() for part in line.split(";"))
            name, _, value = pair.partition("=")
            if any(a.lower() == "max-age=0" for a in attributes):
                jar.pop(name, None)
            else:
                jar[name] = value


def main(url: str, redirect_uri: str, login: str, deliver: str = "") -> None:
    browser = FakeBrowser(login)
    location = browser.authorize(url, redirect_uri)
    print(location)
    if deliver:
        page = browser.send("GET", location)
        if page.status != 200:
            raise AssertionError(f"the client refused the redirect: {page.describe()}")


if __name__ == "__main__":
    main(*sys.argv[1:])
