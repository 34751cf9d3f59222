"""A screen that nobody sees, and hands on its keyboard: Xvfb and xdotool, for programs whose dialogs take no other input."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from tests.support.programs import PATIENCE, plain_environment, run

_BETWEEN_LOOKS = 0.2
"""Seconds between two looks at what is waited for."""


class Screen:
    """One display, by its number."""

    def __init__(self, number: int) -> None:
        self.environment: Mapping[str, str] = {"DISPLAY": f":{number}"}
        """What a program needs to show itself here."""

    def windows(self, title: str) -> list[str]:
        """Return the windows that are shown with this in their title."""
        return self._do("search", "--onlyvisible", "--name", title).split()

    def wait_for(self, title: str, meanwhile: Callable[[], object]) -> None:
        """Wait until a window has this in its title; until then do something at each look."""
        end = time.monotonic() + PATIENCE
        while not self.windows(title):
            assert time.monotonic() < end, f"{title!r} is not shown, but {self.titles()}"
            meanwhile()
            time.sleep(_BETWEEN_LOOKS)

    def titles(self) -> list[str]:
        """Return the titles of all windows that are shown."""
        return [self._do("getwindowname", window).strip() for window in self.windows(".")]

    def type(self, window: str, text: str) -> None:
        """Type into a window, in the place of what is there already, and press Return."""
        self._do("windowfocus", window)
        self._do("sleep", str(_BETWEEN_LOOKS))
        self.press("ctrl+a")
        self._do("type", text)
        self.press("Return")

    def press(self, key: str) -> None:
        """Press a key."""
        self._do("key", key)

    def _do(self, *words: str) -> str:
        return run("xdotool", *words, environment=self.environment).out


def screen_is_possible() -> bool:
    """Tell whether its two programs are installed."""
    return shutil.which("Xvfb") is not None and shutil.which("xdotool") is not None


@contextmanager
def screen() -> Iterator[Screen]:
    """Return a screen of its own while the block runs."""
    number, told = os.pipe()
    command = ("Xvfb", "-displayfd", str(told), "-screen", "0", "1000x700x24", "-nolisten", "tcp")
    with subprocess.Popen(
        command, pass_fds=(told,), stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=plain_environment()
    ) as server:
        os.close(told)
        try:
            with os.fdopen(number) as said:
                yield Screen(int(said.readline()))
        finally:
            server.terminate()
            server.wait(PATIENCE)
