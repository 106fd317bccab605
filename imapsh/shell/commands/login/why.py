r"""The command `\why`: why a login failed, or how it worked.  It sends nothing."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from imapsh.errors import StateError
from imapsh.shell.commands.login import story as stories
from imapsh.shell.commands.login.story import Story
from imapsh.shell.screen.sheet import Row, sheet

if TYPE_CHECKING:
    from imapsh.shell.app import App


def why(app: App, argument: str) -> None:
    """`\\why [NAME]`: explain how a connection was entered, or why that failed."""
    now = time.time()
    story = story_of(app, argument)
    if not app.say_json("why", stories.facts(story, now)):
        app.tell(sheet(sections(story, now), app.output.width))


def story_of(app: App, name: str) -> Story:
    """Return the story of a connection; without a name, of the latest attempt that failed, else of the current one.

    Raises StateError if there is neither, and UsageError for an unknown name.
    """
    failure = app.failure
    if failure is not None and name in ("", failure.name):
        connection = app.connections.get(failure.name)
        if connection is None or not _is_of(connection.plan, failure.plan):
            return Story(failure.plan, None, failure.error, app.masked)
        return Story(connection.plan, connection, failure.error, app.masked)
    connection = app.named(name) if name else app.here
    if connection is None:
        raise StateError("nothing was tried yet: \\connect opens a connection")
    return Story(connection.plan, connection, connection.session.error, app.masked)


def _is_of(followed: Any, plan: Any) -> bool:
    """Return whether a connection has come of a plan, or of its fall-back."""
    return bool(followed.address.where == plan.address.where or followed.plain)


def sections(story: Story, now: float) -> Mapping[str, Sequence[Row]]:
    """Return the story as sections of a sheet."""
    return {
        f"Connection to {story.plan.where}": [*stories.tls_rows(story, now), *stories.greeting(story)],
        "Mechanisms that the server takes": list(stories.mechanism_rows(stories.ways(story))),
        "Login": list(stories.login(story, now)),
        "Result": list(stories.result(story, now)),
    }
