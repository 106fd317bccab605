"""UIDFETCH is shown as FETCH is, with the UID in the place of the number."""

from __future__ import annotations

from imapsh.render.view import Views
from imapsh.render.view.look import Look
from tests.render.reading import read


def view(*lines: str) -> list[str]:
    them = Views(Look())
    raw = "".join(f"{line}\r\n" for line in lines).encode()
    return ("".join([them.show(response) for response in read(raw)]) + them.end()).splitlines()


def test_several_are_a_table() -> None:
    assert view("* 25996 UIDFETCH (FLAGS (\\Seen))", "* 7 UIDFETCH (FLAGS () RFC822.SIZE 10)") == [
        "-   UID  flags  size",
        "  25996  S",
        "      7  -        10",
        "  S seen",
    ]


def test_one_is_a_line() -> None:
    assert view("* 7 UIDFETCH (FLAGS (\\Seen) MODSEQ (9))") == ["- UID 7  \\Seen  MODSEQ 9"]


def test_a_text_is_undone_by_the_structure_of_its_uid() -> None:
    structure = '("text" "plain" ("charset" "utf-8") NIL NIL "quoted-printable" 7 1)'
    shown = view(f"* 7 UIDFETCH (BODYSTRUCTURE {structure})", "* 7 UIDFETCH (BODY[1] {6}", "caf=E9)")
    assert any("quoted-printable" in line for line in shown)
    unknown = view("* 7 UIDFETCH (BODY[1] {1}", "x)")
    assert any("UID FETCH 7 BODYSTRUCTURE tells how it is encoded" in line for line in unknown)
