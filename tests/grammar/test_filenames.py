"""The names of attached files, as mailers write them, and as a file system takes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.filenames import folded_name, numbered_name, parameter, safe_name

NAMES = [
    ({"filename": "a.txt"}, "a.txt"),
    ({"filename*": "UTF-8''na%C3%AFve%20plan.txt"}, "naïve plan.txt"),
    ({"filename*": "iso-8859-1'fr'%e9t%e9.txt", "filename": "ete.txt"}, "été.txt"),
    ({"filename*": "''%C3%A9"}, "é"),
    ({"filename*": "no-charset%20here.txt"}, "no-charset here.txt"),
    ({"filename*": "x-unknown''%C3%A9"}, "é"),
    ({"filename*": "utf-8''%zz%4"}, "%zz%4"),
    ({"filename*0": "a very ", "filename*1": "long ", "filename*2": "name.txt"}, "a very long name.txt"),
    ({"filename*0*": "utf-8''%C3%A9 and ", "filename*1": "100%25 ", "filename*2*": "%C3%A9.txt"}, "é and 100%25 é.txt"),
    ({"filename*0*": "utf-8''%C3", "filename*1*": "%A9.txt"}, "é.txt"),
    ({"filename*1": "b", "filename*0": "a", "filename*3": "d"}, "ab"),
    ({f"filename*{n}": str(n) for n in range(12)}, "01234567891011"),
    ({"filename": "=?utf-8?B?w6kudHh0?="}, "é.txt"),
    ({"filename": "=?utf-8?Q?=C3=A9?=\r\n =?utf-8?Q?_b.txt?="}, "é b.txt"),
    ({"filename": "=?utf-8?Q?=C3?= =?utf-8?Q?=A9.txt?="}, "é.txt"),
    ({"filename": "=?utf-8?B?w6k=?==?utf-8?B?LnR4dA==?="}, "é.txt"),
    ({"filename*0": "=?utf-8?B?w6k", "filename*1": "udHh0?="}, "é.txt"),
    ({"filename": "=?no-such?B?w6k=?="}, "=?no-such?B?w6k=?="),
    ({"filename": "Ünïcode.txt"}, "Ünïcode.txt"),
    ({"filename": ""}, ""),
    ({"filename": None}, None),
    ({"name": "a.txt"}, None),
    ({}, None),
    (None, None),
]  # fmt: skip


@pytest.mark.parametrize(("params", "name"), NAMES)
def test_d8_file_names(params: dict[str, str | None] | None, name: str | None) -> None:
    assert parameter(params, "filename") == name


@given(
    st.dictionaries(st.sampled_from(["filename", "filename*", "filename*0", "filename*0*", "filename*1*"]), st.text())
)
def test_no_parameter_raises(params: dict[str, str | None]) -> None:
    assert (parameter(params, "filename") is None) == (not params.keys() - {"filename*1*"})


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("plan.pdf", "plan.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\plan.pdf", "plan.pdf"),
        ("/", ""),
        ("..", ""),
        (".bashrc", "bashrc"),
        ("a\r\nb\0c\x1b[31m.txt", "a__b_c_[31m.txt"),
        ("annfdp\u202egpj.exe", "annfdp_gpj.exe"),
        ('a<b>:"|?*.txt', "a_b______.txt"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("console.txt", "console.txt"),
        ("x. . ", "x"),
        ("é" * 300 + ".pdf", "é" * 98 + ".pdf"),
        ("x" * 300, "x" * 200),
        ("-rf", "_-rf"),
        ("con .txt", "_con .txt"),
        ("COM\xb9", "_COM\xb9"),
        ("a\u061cb\u200b\ufeff.txt", "a_b__.txt"),
        ("x" * 199 + "  y", "x" * 199),
        ("", ""),
    ],
)
def test_safe_names(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.text())
def test_any_name_becomes_safe(name: str) -> None:
    safe = safe_name(name)
    assert not set(safe) & set('\0\r\n/\\:*?"<>|')
    assert not safe.startswith(".")
    assert len(safe.encode()) <= 200
    assert safe == safe.rstrip(" .")
    assert not safe.startswith("-")


@pytest.mark.parametrize(
    ("name", "number", "numbered"),
    [
        ("plan.pdf", 1, "plan.pdf"),
        ("plan.pdf", 2, "plan-2.pdf"),
        ("a.tar.gz", 3, "a.tar-3.gz"),
        ("README", 12, "README-12"),
    ],
)
def test_numbered_names(name: str, number: int, numbered: str) -> None:
    assert numbered_name(name, number) == numbered


def test_names_that_a_file_system_takes_for_one() -> None:
    assert folded_name("\xc9T\xc9.TXT") == folded_name("e\u0301te\u0301.txt")
    assert folded_name("STRASSE") == folded_name("stra\xdfe")
    assert folded_name("a") != folded_name("b")
