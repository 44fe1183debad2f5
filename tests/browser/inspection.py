"""What axe and a ruler find on a page: in both themes, wide and on a phone."""

from typing import Any, Final

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page, ViewportSize

__all__ = ["PHONE", "WIDE", "faults_of"]

WIDE: Final[ViewportSize] = {"width": 1440, "height": 900}
TABLET: Final[ViewportSize] = {"width": 768, "height": 900}
PHONE: Final[ViewportSize] = {"width": 360, "height": 800}
ALL: Final[dict[str, Any]] = {"resultTypes": ["violations"]}
OF_COLOUR: Final[dict[str, Any]] = ALL | {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
}
"""A theme changes nothing but colours: the other rules find the same in both."""


async def faults_of(page: Page) -> list[str]:
    """The faults of the page as it stands, each with where it was seen.

    Leaves it wide, light and without motion: a colour on its way to another is no fault.
    """
    await page.evaluate(AXE_SCRIPT)
    faults = []
    for size in (TABLET, PHONE, WIDE):
        await page.set_viewport_size(size)
        if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            faults.append(f"wider than {size['width']}")
        if size is TABLET:
            continue
        for theme, rules in (("dark", OF_COLOUR), ("light", ALL)):
            await page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            found = await page.evaluate(
                "rules => axe.run(rules).then(all => all.violations)", rules
            )
            faults += [
                f"{one['id']} ({theme}, {size['width']}): {node['html'][:200]}"
                for one in found
                for node in one["nodes"]
            ]
    return faults
