"""The browser that opens the playground."""

from in_browser import browser  # noqa: F401
