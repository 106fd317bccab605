"""Writes a page of what was overheard (`imapsh.render.htmlpage`) to a file, complete or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from imapsh.errors import UsageError
from imapsh.grammar.responses import CLIENT, TAGGED
from imapsh.render.htmlpage import Page
from imapsh.render.styles import THEMES, Theme
from imapsh.session.discreet import discreet
from imapsh.shell.screen.alike import Alike, is_only_a_fault, without_faults
from imapsh.shell.screen.landing import placed
from imapsh.shell.screen.timing import moment
from imapsh.shell.settings.reasons import why

if TYPE_CHECKING:
    from imapsh.findings import Finding, Violation
    from imapsh.session.overheard import Overheard
    from imapsh.shell.settings.options import Options
    from imapsh.wire.pieces import Piece

STDOUT = "-"


@contextmanager
def page_in(name: str, title: str, theme: Theme | None) -> Iterator[Writing]:
    """Give a page, which is written to the file `name` at the end; `-` is stdout.

    A new file is readable by its owner alone, because it holds mail.  An old one is replaced when all is there, and is
    as it was if anything is raised.  Raises UsageError if the page cannot be written.
    """
    try:
        landing = placed("/dev/stdout" if name == STDOUT else name, append=False)
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot write the page {name}: {why(error)}") from None
    try:
        with TemporaryFile() as body:
            page = Page(body, title, theme)
            writing = Writing(page)
            yield writing
            writing.end()
            for octets in page.whole():
                landing.write(octets)
        landing.commit()
    except BrokenPipeError:
        raise
    except OSError as error:
        kept = f"; {landing.kept}" if landing.kept else ""
        raise UsageError(f"cannot write the page {name}: {why(error)}{kept}") from None
    finally:
        landing.drop()  # which does nothing after commit


class Writing:
    """A page that is being written.  Faults that are alike are shown a hundred times, and then counted.

    All methods raise OSError if the page cannot be written.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._alike: dict[str, Alike] = {}  # by the connection's name

    def begin(self, name: str, remark: str) -> None:
        """Begin another log; `remark` says what it is, and how exact."""
        self.end()
        self._page.begin(name, remark)

    def add(self, found: Overheard, connection: str) -> None:
        """Add a response or a line of the client."""
        response, page = found.response, self._page
        faults: list[Violation | Finding] = [*response.violations, *found.findings]
        if response.kind in (CLIENT, TAGGED):
            self._uncounted(connection)
        elif faults:
            alike = self._alike.get(connection)
            if alike is None:
                alike = self._alike[connection] = Alike()
            if alike.over(response, found.findings):
                only = is_only_a_fault(response)
                page.count(response, faults, line=only)
                if only:
                    return
                found = found._replace(response=without_faults(response), findings=())
            else:
                found = found._replace(response=alike.fewer(response))
                page.count(response, response.violations[len(found.response.violations) :], line=False)
        page.add(found._replace(response=discreet(found.response)), _when(found.time), connection)

    def note(self, piece: Piece, text: str) -> None:
        """Add a note of a log."""
        self._page.note(text, _when(piece.time), piece.connection)

    def say(self, text: str, findings: Sequence[Finding] = ()) -> None:
        """Add a note of our own, and what is wrong with the server there."""
        self._page.note(text, findings=findings)

    def end(self) -> None:
        """Say how many faults were not shown."""
        for connection in list(self._alike):
            self._uncounted(connection)

    def _uncounted(self, connection: str) -> None:
        alike = self._alike.pop(connection, None)
        for more in alike.end() if alike is not None else ():
            self._page.note(str(more), connection=connection)


def _when(time: float | None) -> str:
    return "" if time is None else moment(time)


def theme_of(options: Options) -> Theme:
    """Return the theme of a page: that of the options, for a page has colours wherever it is written."""
    if options.color == "never":
        return THEMES["mono"]
    if not options.theme and options.settings is not None and options.settings.theme is not None:
        return options.settings.theme
    return THEMES[options.theme or "default"]
