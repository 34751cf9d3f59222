"""A real browser for the tests: Debian's Chromium, spoken to over its debugging pipe (Chrome DevTools Protocol).

No driver program and no port: two pipes carry JSON messages that end with a zero byte.
"""

import base64
import json
import os
import selectors
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

PATIENCE = 60
"""Seconds to wait for an answer: the first page of a cold browser on a busy machine takes many."""
_CHUNK = 1 << 16


def chromium() -> str | None:
    """Return the browser's path, or None where it is not installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


class BrowserError(Exception):
    """The browser refused a command, fell silent, or a script on the page failed."""


class Browser:
    """One browser with a profile of its own; a context manager that ends it and removes the profile.

    `home` is where it finds certificates (`.pki/nssdb`); to the sites in `shows_certificate` it shows the one it has, unasked.
    """

    def __init__(self, program: str, *, home: Path | None = None, shows_certificate: Sequence[str] = ()) -> None:
        self._program = program
        self._environment = os.environ | ({"HOME": str(home)} if home else {})
        self._shows: dict[str, Any] = {f"{site},*": {"setting": {"filters": [{}]}} for site in shows_certificate}
        self._number = 0
        self._waiting = b""
        self.events: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        self._profile = tempfile.TemporaryDirectory(prefix="openjpki-browser-", ignore_cleanup_errors=True)
        if self._shows:
            preferences = Path(self._profile.name) / "Default" / "Preferences"
            preferences.parent.mkdir()
            settings = {"exceptions": {"auto_select_certificate": self._shows}}
            preferences.write_text(json.dumps({"profile": {"content_settings": settings}}))
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()
        # The browser reads descriptor 3 and writes descriptor 4; a shell puts ours there.
        self._process = subprocess.Popen(
            [
                "/bin/sh",
                "-c",
                f'exec "$0" "$@" 3</dev/fd/{to_browser} 4>/dev/fd/{from_browser}',
                self._program,
                "--headless",
                "--remote-debugging-pipe",
                f"--user-data-dir={self._profile.name}",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--no-first-run",
                "--lang=ja",
                "--hide-scrollbars",
            ],
            pass_fds=(to_browser, from_browser),
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.call("Browser.close")
            self._process.wait(timeout=PATIENCE)
        except (BrowserError, OSError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        os.close(self._write)
        os.close(self._read)
        self._profile.cleanup()

    def page(self) -> "Page":
        """Open an empty page."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        return Page(self, self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])

    def call(self, method: str, session: str = "", **parameters: Any) -> dict[str, Any]:
        """Send one command and return its result; raise `BrowserError` on an error or silence."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        return self._answer(self._number)

    def wait_for(self, method: str, session: str) -> None:
        """Wait until an event of this kind has come, and forget it."""
        while True:
            for event in self.events:
                if event.get("method") == method and event.get("sessionId") == session:
                    self.events.remove(event)
                    return
            self.events.append(self._receive())

    def forget(self, method: str, session: str) -> None:
        """Forget all events of this kind that have come."""
        self.events = [
            event for event in self.events if (event.get("method"), event.get("sessionId")) != (method, session)
        ]

    def _answer(self, number: int) -> dict[str, Any]:
        while True:
            message = self._receive()
            if message.get("id") != number:
                self.events.append(message)
            elif "error" in message:
                raise BrowserError(message["error"]["message"])
            else:
                result: dict[str, Any] = message["result"]
                return result

    def _receive(self) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE
        with selectors.DefaultSelector() as selector:
            selector.register(self._read, selectors.EVENT_READ)
            while b"\0" not in self._waiting:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    message = f"no answer within {PATIENCE} seconds"
                    raise BrowserError(message)
                chunk = os.read(self._read, _CHUNK)
                if not chunk:
                    message = "the browser ended"
                    raise BrowserError(message)
                self._waiting += chunk
        text, _, self._waiting = self._waiting.partition(b"\0")
        received: dict[str, Any] = json.loads(text)
        return received


class Page:
    """One tab."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser = browser
        self._session = session
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command of the protocol to this tab."""
        return self._browser.call(method, self._session, **parameters)

    def open(self, address: str) -> None:
        """Go to an address and wait until it and its files are loaded."""
        answer = self.call("Page.navigate", url=address)
        if "errorText" in answer:
            raise BrowserError(answer["errorText"])
        self._browser.wait_for("Page.loadEventFired", self._session)

    def resize(self, width: int, height: int = 900, *, zoom: float = 1) -> None:
        """Give the page a screen of so many pixels; zooming makes each CSS pixel larger, as a person's browser does."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=round(width / zoom),
            height=round(height / zoom),
            deviceScaleFactor=zoom,
            mobile=False,
        )

    def stand_still(self) -> None:
        """Ask pages for no motion, as a person can, so that a jump is over at once."""
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-reduced-motion", "value": "reduce"}])

    def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression in the page; our tests ask with it, our pages need none."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise BrowserError(answer["exceptionDetails"]["exception"]["description"])
        return answer["result"].get("value")

    def press(self, key: str, code: int, *, text: str = "") -> None:
        """Press and let go one key; one that types something has its text."""
        typed = {"text": text} if text else {}
        self.call(
            "Input.dispatchKeyEvent",
            type="keyDown" if text else "rawKeyDown",
            key=key,
            code=key,
            windowsVirtualKeyCode=code,
            **typed,
        )
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key, code=key, windowsVirtualKeyCode=code)

    def forget_loads(self) -> None:
        """Forget which pages were loaded so far: the next one is waited for."""
        self._browser.forget("Page.loadEventFired", self._session)

    def wait_until_loaded(self) -> None:
        """Wait until a page that a form or link leads to is loaded."""
        self._browser.wait_for("Page.loadEventFired", self._session)

    def click(self, x: float, y: float) -> None:
        """Click once at a place of the window."""
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def accessibility(self) -> list[tuple[str, str]]:
        """Return role and name of everything that a screen reader meets, in no order."""
        nodes = self.call("Accessibility.getFullAXTree")["nodes"]
        return [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]]

    def screenshot(self, path: Path) -> None:
        """Write a picture of the whole page."""
        picture = self.call("Page.captureScreenshot", captureBeyondViewport=True, format="png")
        path.write_bytes(base64.b64decode(picture["data"]))

    def pdf(self) -> bytes:
        """Print the page on A4."""
        printed = self.call("Page.printToPDF", paperWidth=8.27, paperHeight=11.69, printBackground=False)
        return base64.b64decode(printed["data"])

    def problems(self) -> list[str]:
        """Return what the browser complained about so far: console errors and warnings, failed loads, policy violations."""
        self.evaluate("new Promise(done => setTimeout(done, 50))")
        mine = (event for event in self._browser.events if event.get("sessionId") == self._session)
        return [text for event in mine if (text := _complaint(event))]

    def close(self) -> None:
        """Close the tab."""
        self.call("Page.close")


def _complaint(event: dict[str, Any]) -> str:
    parameters = event.get("params", {})
    match event.get("method"):
        case "Log.entryAdded" if parameters["entry"]["level"] in {"warning", "error"}:
            return f"{parameters['entry']['text']} {parameters['entry'].get('url', '')}"
        case "Runtime.consoleAPICalled" if parameters["type"] in {"warning", "error", "assert"}:
            return f"console: {parameters['args']}"
        case "Runtime.exceptionThrown":
            return f"exception: {parameters['exceptionDetails']['text']}"
        case "Network.loadingFailed":
            return f"not loaded: {parameters['errorText']}"
    return ""
