"""The views of CONVERT."""

from __future__ import annotations

from .test_view import view


def test_what_was_converted() -> None:
    items = 'BINARY.SIZE[4] 3135 BINARY[1] (ERROR "no" TEMPFAIL 5) AVAILABLECONVERSIONS[2] (("a/b" "c/d"))'
    assert view(f'* 2 CONVERTED (TAG "c") (UID 7 {items} BINARY[2] "hi")') == [
        "- message 2  converted",
        "    UID 7",
        "    BINARY.SIZE[4] 3135",
        "    BINARY[1] no -- TEMPFAIL 5",
        "    AVAILABLECONVERSIONS[2] a/b, c/d",
        "    BINARY[2] 2 octets",
        "    | hi",
    ]


def test_a_conversion() -> None:
    assert view('* CONVERSION "image/gif" "image/jpeg" ("pix-y" "pix-x")') == [
        "- image/gif to image/jpeg with pix-y pix-x"
    ]
    assert view('* CONVERSION "a/b" "c/d"') == ["- a/b to c/d"]
