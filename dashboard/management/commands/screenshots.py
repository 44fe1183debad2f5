"""`manage.py screenshots`: take the README's pictures, from a demo store that is made for them."""

import asyncio
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from dashboard.management.commands.test import ensure_chromium
from dashboard.management.commands.up import DEMO_FILE

POLLS: Final = "acme.plugins.polls.Polls"
LUNCH: Final = f"/demo/key/?key={POLLS}:lunch"
WIDE: Final[ViewportSize] = {"width": 1280, "height": 800}
PHONE: Final[ViewportSize] = {"width": 390, "height": 780}
FILL_SECONDS: Final = 10
"""How long a busy bot fills the store before, and a usual one is watched afterwards."""
FILL_RATE: Final = 40
"""Writes a second while it fills."""

START_SECONDS: Final = 60

Steps = Callable[[Page], Awaitable[None]]


async def nothing(page: Page) -> None:
    """The page as it opens."""


async def correct(page: Page) -> None:
    """A correction that is shown before it is saved."""
    await page.locator("a.leaf", has_text="Where do we eat?").click()
    await page.locator("form.edit [name=text]").fill("Where do we eat on Friday?")
    await page.get_by_role("button", name="Review change").click()
    await page.get_by_role("button", name="Save change").wait_for()


async def call_palette(page: Page) -> None:
    await page.keyboard.press("Control+k")
    await page.keyboard.type("exp")
    await page.locator("#found[data-for=exp]").wait_for()


@dataclass(frozen=True, slots=True)
class Picture:
    """A page to be taken; `name` is its file's, without the theme."""

    name: str
    address: str
    themes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    steps: Steps = nothing
    size: ViewportSize | None = None


PICTURES: Final = (
    Picture("overview", "/"),
    Picture("value", LUNCH),
    Picture("correcting", LUNCH, ("light",), correct),
    Picture("palette", LUNCH, ("dark",), call_palette),
    Picture("pictures", "/demo/pictures/", ("light",)),
    Picture("phone", f"/demo/ns/?ns={POLLS}", ("light",), size=PHONE),
)


class Command(BaseCommand):
    help = "Take the README's pictures from a demo store; replaces those in .github/screenshots."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        folder = settings.BASE_DIR / ".github/screenshots"
        parser.add_argument("--to", type=Path, default=folder, help="the folder to put them into")

    def handle(self, *_: str, to: Path, **__: Any) -> None:
        chromium = ensure_chromium()
        to.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as data:
            self.stdout.write("Filling a demo store ...")
            fill(Path(data) / DEMO_FILE)
            with served(Path(data)) as link:
                for file in asyncio.run(take_all(chromium, link, to)):
                    self.stdout.write(f"{file.name}  {file.stat().st_size / 1000:.0f} kB")


def fill(file: Path) -> None:
    """Let a busy demo bot write to `file` for a while."""
    words = ["-m", "storage_core.demo", f"sqlite:///{file}?create=1", "--rate", str(FILL_RATE)]
    bot = subprocess.Popen([sys.executable, *words], cwd=settings.BASE_DIR)  # noqa: S603 - our own words
    try:
        bot.wait(FILL_SECONDS)
    except subprocess.TimeoutExpired:
        bot.terminate()
        bot.wait()
    else:
        raise CommandError("The demo bot ended too early: see its message above.")


@contextmanager
def served(data: Path) -> Iterator[str]:
    """The dashboard on a free port, with its data in `data`; gives the first admin's link."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    environment = os.environ | {"CUBBYHOLE_DATA_DIR": str(data), "CUBBYHOLE_STORES": ""}
    with subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "manage.py", "up", "--port", str(port)],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        try:
            found = next(filter(None, map(link_in, server.stdout or ())), None)
            if found is None:
                raise CommandError("The dashboard did not start: try manage.py up.")
            yield found
        finally:
            server.terminate()


def link_in(line: str) -> str | None:
    match = re.search(r"http://\S+/sign-in/\S+", line)
    return match[0] if match else None


async def take_all(chromium: str, link: str, folder: Path) -> list[Path]:
    """Sign in once, watch for a while, and take every picture in its themes."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        state = await signed_in(browser, link)
        files = []
        for picture in PICTURES:
            for theme in picture.themes:
                file = folder / f"{picture.name}-{theme}.png"
                context = await browser.new_context(
                    base_url=link.partition("/sign-in/")[0],
                    storage_state=state,
                    viewport=picture.size or WIDE,
                    color_scheme=theme,
                    reduced_motion="reduce",
                )
                page = await context.new_page()
                await page.goto(picture.address)
                await page.locator("#badge[data-state=live]").wait_for()
                await picture.steps(page)
                await page.screenshot(path=file)
                await context.close()
                files.append(file)
        await browser.close()
        return files


async def when_served(link: str) -> None:
    """Wait until something listens at the address of `link`."""
    port = int(link.split("/")[2].partition(":")[2])
    async with asyncio.timeout(START_SECONDS):
        while True:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.1)


async def signed_in(browser: Browser, link: str) -> Any:
    """The cookies of the first admin, who has chosen a password; then the bot is watched."""
    context = await browser.new_context()
    page = await context.new_page()
    await when_served(link)
    await page.goto(link)
    await page.goto(link.partition("/sign-in/")[0] + "/account/")
    password = secrets.token_urlsafe(16)
    await page.get_by_label("New password", exact=True).fill(password)
    await page.get_by_label("New password, again").fill(password)
    await page.get_by_role("button", name="Save password").click()
    await page.locator(".note.good").wait_for()
    await page.goto(link.partition("/sign-in/")[0])
    await page.wait_for_timeout(FILL_SECONDS * 1000)
    return await context.storage_state()
