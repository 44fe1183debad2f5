"""Somebody of the support who works with the forms, over HTTP, without a script."""

import secrets
from typing import Any, Final, Literal

import httpx

from dashboard.web import links
from tests.browser.dashboard import Dashboard
from tests.dashboard.web.test_key_edit import fields_of

__all__ = ["Support", "Word"]

Word = Literal["saved", "changed", "gone", "unknown", "refused", "no record", "no answer"]
PATIENCE: Final = 40.0  # seconds; a paused server makes people wait
SAYS: Final[dict[str, Word]] = {
    "This could not be confirmed.": "unknown",
    "The journal cannot be written": "no record",
    "The key is gone.": "gone",
    "changed this value while you were editing.": "changed",
    "The value changed meanwhile.": "changed",
    "faster than it can be merged": "changed",
}


class Support:
    """One person at one of the dashboards, signed in by cookies or not yet."""

    def __init__(self, dashboard: Dashboard, cookies: list[Any]) -> None:
        self.url = dashboard.url
        jar = {cookie["name"]: cookie["value"] for cookie in cookies}
        # A connection that is kept may just be closed by the other side when it is used again.
        limits = httpx.Limits(max_keepalive_connections=0)
        self.client = httpx.AsyncClient(
            base_url=self.url, cookies=jar, timeout=PATIENCE, limits=limits
        )

    @property
    def socket(self) -> dict[str, Any]:
        """What opens the socket of a page of theirs, for `websockets.connect`."""
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.client.cookies.jar)
        address = f"{self.url.replace('http', 'ws', 1)}/live/"
        return {"uri": address, "origin": self.url, "additional_headers": {"Cookie": cookies}}

    async def close(self) -> None:
        await self.client.aclose()

    async def fields(self, address: str) -> dict[str, str]:
        """The hidden fields of the form at an address, as a browser sends them."""
        return fields_of((await self.client.get(address)).text)

    async def send(self, address: str, fields: dict[str, str], **typed: str) -> httpx.Response:
        return await self.client.post(address, data=fields | typed)

    async def edit(self, store: str, key: str, path: str, text: str) -> Word:
        """Open the form, type, look at the change, save it; the word for what was answered.

        If the bot wrote meanwhile and both changes can be kept, that is saved.
        """
        address = links.key_url(store, key, "key-edit", path=path)
        try:
            fields = await self.fields(address)
            looked = await self.send(address, fields, text=text, step="review")
            if looked.status_code != 200:
                return word_of(looked)
            answer = await self.send(address, fields_of(looked.text), text=text, step="save")
            if "faster than it can be merged" in answer.text:
                answer = await self.send(address, fields_of(answer.text), text=text, step="save")
            return word_of(answer)
        except httpx.HTTPError:
            return "no answer"

    @staticmethod
    def mark() -> str:
        """A text that nobody else ever writes."""
        return f"support-{secrets.token_hex(8)}"


def word_of(answer: httpx.Response) -> Word:
    """What an answer claims. A save leads on to the value; everything else says so on the form."""
    if answer.status_code == 303:
        return "saved"
    found = [word for text, word in SAYS.items() if text in answer.text]
    return found[0] if found else "refused"
