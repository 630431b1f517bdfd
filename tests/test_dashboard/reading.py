"""Reads and presses pages without a browser, for the tests of all pages."""

from __future__ import annotations

_KINDS = ("title", "subheader", "markdown", "text", "caption", "error", "warning", "info", "metric")


def says(app) -> str:
    """Return all that a page says, as it is sent."""
    return "\n".join(str(element.value) for kind in _KINDS for element in getattr(app, kind))


def reads(app) -> str:
    """Return all that a page says, without the strokes that keep text from being markup."""
    return says(app).replace("\\", "")


def press(app, key):
    """Press the button *key*, and see that nothing breaks."""
    app.get_by_key(key).click()
    app.run()
    assert not app.exception
    return app


def click(app, label):
    """Press the button that bears *label*."""
    next(button for button in app.button if button.label == label).click()
    return app.run()
