r"""The view format: the meaning of responses, for people who would rather look than read.

One view for each type of `imapsh.grammar.values`, found in `found.VIEWS` and imported when first needed.  The view of
an extension's value is in the module of this package that has the same name as the value's module, and is named after
the value: for `SomeValue` the function `some_value`.  A response without a view is shown as pretty shows it.

The FETCH responses of a command make one table.  Those of LIST and LSUB make one tree with the numbers of STATUS
beside, and those of EXPUNGE are counted.  Such responses are held back, up to a limit, until the command is done or
something else is to be shown.  Faults of a response are shown below its view, with a caret at the octet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from typing import Any, Protocol

from imapsh.findings import Finding
from imapsh.grammar import values
from imapsh.grammar.responses import CLIENT, STATUS, TAGGED, UNTAGGED, Response
from imapsh.render.amounts import all_shown
from imapsh.render.chunks import MARGINS, UNSOLICITED
from imapsh.render.pretty import pretty
from imapsh.render.styles import LINE_END, NOTHING, Fragment, Theme, paint, together
from imapsh.render.view.columns import joined
from imapsh.render.view.found import view_of
from imapsh.render.view.look import Line, Look
from imapsh.render.view.shortened import LONG, shortened
from imapsh.render.visible import Shown

#: The type of a value -> the class of this package that gathers the responses of a command.
GATHERERS: dict[type, str] = {
    values.Fetch: "table.Table",
    values.UidFetch: "table.Table",
    values.MailboxList: "tree.Tree",
    values.Expunged: "gone.Gone",
}

_VIEWED = (UNTAGGED, STATUS, TAGGED)
_BLANK: Fragment = ("", "  ")


def _shortened(response: Response) -> tuple[Response, int]:
    """Return a response with its long lists cut, and how much was cut; a module with CUTS_ITSELF draws its values whole
    or cuts them better.
    """
    name = view_of(type(response.value))
    if name is not None and getattr(import_module(f"{__name__}.{name.partition('.')[0]}"), "CUTS_ITSELF", False):
        return response, 0
    value, left = shortened(response.value)
    made = Response(response.kind, response.name, value, response.frame, response.tag, response.violations)
    return made, left


def _left(left: int, elide: int | None) -> Iterator[Line]:
    yield [("note", f"and {left:,} more: {all_shown(elide)}")]


class Gatherer(Protocol):
    """An object that gathers the responses of one command to show them together.

    `begun` is true if some of them were shown already.
    """

    begun: bool

    def take(self, response: Response, look: Look) -> bool:
        """Take in a response, or return False if it does not belong here."""

    @property
    def full(self) -> bool:
        """Return whether the gathered responses must be shown before more are taken in."""

    def lines(self, look: Look) -> Iterator[Line]:
        """Yield the lines of what was taken in since the last call."""


class Views:
    """A viewer that shows the responses of a conversation in their order; `look` and `theme` may be changed at any
    time.
    """

    def __init__(self, look: Look, theme: Theme | None = None) -> None:
        self.look = look
        self.theme = theme
        self._command = ""  # the last one that was sent
        self._held: Gatherer | None = None
        self._found: dict[str, Any] = {}

    def show(
        self,
        response: Response,
        findings: Sequence[Finding] = (),
        *,
        unsolicited: bool = False,
        command: str = "",
        uid: int | None = None,
    ) -> Shown:
        """Return the text of a response, after that of the responses held back; "" if it is held back itself.

        `command` is the command that runs.  `uid` is the UID of the message of a FETCH or EXPUNGE, if it is known.
        Never raises.
        """
        look = self.look
        if response.kind == CLIENT:
            self._command = response.name
            look.memory.sent(response.name)
        look.memory.take(response, uid)
        look.command, look.response, look.uid = command or self._command, response, uid
        left = 0
        if len(response.frame.parts[0]) > LONG and look.elide != 0:
            response, left = _shortened(response)
        text = self._text(response, findings, unsolicited)
        return together((text, self.flush(), self._painted(_BLANK, _left(left, look.elide)))) if left else text

    def _text(self, response: Response, findings: Sequence[Finding], unsolicited: bool) -> Shown:
        look = self.look
        if unsolicited:
            return together((self.flush(), self._single(response, findings, UNSOLICITED)))
        text = NOTHING
        if self._held is None or not self._held.take(response, look):
            text = self.end()
            self._held = self._gatherer(response)
            if self._held is None:
                return together((text, self._single(response, findings, MARGINS[response.kind])))
        faults = self._faults(response, findings)
        return together((text, self.flush(), faults)) if faults or self._held.full else text

    def flush(self) -> Shown:
        """Return the text of the responses held back; more of the same kind goes on below it."""
        if self._held is None:
            return NOTHING
        margin = _BLANK if self._held.begun else MARGINS[UNTAGGED]
        return self._painted(margin, self._held.lines(self.look))

    def end(self) -> Shown:
        """Return the text of the responses held back; what comes next is shown by itself."""
        text = self.flush()
        self._held = None
        return text

    def drop(self) -> None:
        """Forget what is held back."""
        self._held = None

    def _gatherer(self, response: Response) -> Gatherer | None:
        name = GATHERERS.get(type(response.value))
        if name is None or response.kind != UNTAGGED:
            return None
        made: Gatherer = self._find(name)()
        return made if made.take(response, self.look) else None

    def _single(self, response: Response, findings: Sequence[Finding], margin: Fragment) -> Shown:
        name = view_of(type(response.value))
        if name is None or response.kind not in _VIEWED:
            unsolicited = margin is UNSOLICITED
            look = self.look
            return pretty(
                response, self.theme, width=look.width, elide=look.elide, unsolicited=unsolicited, findings=findings
            )
        text = self._painted(margin, self._find(name)(response.value, self.look))
        return together((text, self._faults(response, findings)))

    def _faults(self, response: Response, findings: Sequence[Finding]) -> Shown:
        if not (response.violations or findings or response.frame.incomplete):
            return NOTHING
        from imapsh.render.view.faults import faults

        return self._painted(_BLANK, faults(response, findings, self.look.columns))

    def _painted(self, margin: Fragment, lines: Iterable[Line]) -> Shown:
        made: list[Shown] = []
        for line in lines:
            made += [Shown(paint([margin, *joined(line)], self.theme).rstrip(" ")), LINE_END]
            margin = _BLANK
        return together(made)

    def _find(self, name: str) -> Any:
        found = self._found.get(name)
        if found is None:
            module, _, attribute = name.partition(".")
            found = self._found[name] = getattr(import_module(f"{__name__}.{module}"), attribute)
        return found
