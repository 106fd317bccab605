"""CONVERTED and CONVERSION: what is read, what is named as wrong and where, and that writing gives it back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imapsh.grammar.convert import Conversion, Converted, ConvertError, MimeTypes

from .reading import amiss, faultless, one, rewritten
from .strategies import bodies, number, nz_number, text

READ = [
    ('* 2 CONVERTED (TAG "c000") (BINARY.SIZE[4] 3135)', Converted(2, "c000", {"BINARY.SIZE[4]": 3135})),
    ('* 2 CONVERTED (tag "a") (UID 7 BINARY[3]<9> ~{2}\r\n\0a)', Converted(2, "a", {"UID": 7, "BINARY[3]<9>": b"\0a"})),
    ('* 2 CONVERTED (TAG "d") (BODY[HEADER] {2}\r\nhi BODY[1.MIME] NIL)',
     Converted(2, "d", {"BODY[HEADER]": b"hi", "BODY[1.MIME]": None})),
    ('* 2 CONVERTED (TAG "b") (BINARY[3] (ERROR "no" BADPARAMETERS "text/html" "text/plain" ("charset" "us-ascii")))',
     Converted(2, "b", {"BINARY[3]": ConvertError(
         "no", "BADPARAMETERS", ("text/html", "text/plain", ("charset", "us-ascii")))})),
    ('* 2 CONVERTED (tag "b003") (BINARY[3] (ERROR "x" MISSINGPARAMETERS (CHARSET)))',
     Converted(2, "b003", {"BINARY[3]": ConvertError("x", "MISSINGPARAMETERS", (("CHARSET",),))})),
    ('* 2 CONVERTED (TAG "b") (BINARY.SIZE[3] (ERROR "x" TEMPFAIL 5))',
     Converted(2, "b", {"BINARY.SIZE[3]": ConvertError("x", "TEMPFAIL", (5,))})),
    ('* 2 CONVERTED (TAG "f") (AVAILABLECONVERSIONS[2] (("IMAGE/JPEG" "application/PostScript")))',
     Converted(2, "f", {"AVAILABLECONVERSIONS[2]": MimeTypes(("IMAGE/JPEG", "application/PostScript"))})),
    ('* CONVERSION "image/gif" "image/jpeg" ("pix-y" x)', Conversion("image/gif", "image/jpeg", ("pix-y", "x"))),
    ('* CONVERSION "image/gif" "image/png"', Conversion("image/gif", "image/png")),
]  # fmt: skip


@pytest.mark.parametrize(("line", "value"), READ)
def test_what_is_read(line: str, value: Any) -> None:
    assert faultless(line).value == value


@pytest.mark.parametrize(("code", "arg"), [("TEMPFAIL", None), ("MAXCONVERTMESSAGES 1", 1), ("MAXCONVERTPARTS 2", 2)])
def test_the_codes(code: str, arg: int | None) -> None:
    response = one(f"g001 NO [{code}] x\r\n".encode())
    assert response.violations == ()
    assert response.value.code.arg == arg


T = '* 2 CONVERTED (TAG "a") '
AMISS = [
    ('* CONVERTED (TAG "a") (UID 1)', "response-data", 2),
    ('* 0 CONVERTED (TAG "a") (UID 1)', "message-data", 2),
    ("* 2 CONVERTED (UID 1)", "convert-correlator", 15),
    ("* 2 CONVERTED (TAG a) (UID 1)", "convert-correlator", 19),
    ('* 2 CONVERTED (TAG "a")', "convert-msg-attrs", 23),
    (T + "()", "convert-msg-attrs", 25),
    (T + "(FLAGS ())", "convert-msg-attrs", 25),
    (T + "(BINARY[0] NIL)", "convert-msg-attrs", 25),
    (T + "(BINARY.SIZE[1]<3> 5)", "convert-msg-attrs", 25),
    (T + "(BINARY.SIZE[1] NIL)", "convert-msg-attrs", 40),
    (T + "(BINARY.SIZE[1] 5 UID 3)", "convert-msg-attrs", 42),
    (T + "(UID 3 UID 3)", "convert-msg-attrs", 31),
    (T + '(BINARY[1] (ERROR "x" FAIL))', "converterror-phrase", 46),
    (T + "(BINARY[1] (ERROR TEMPFAIL))", "converterror-phrase", 42),
    (T + '(BINARY[1] (ERROR "x" TEMPFAIL 0))', "converterror-phrase", 55),
    (T + '(AVAILABLECONVERSIONS[1] ("a/b"))', "mimetype-list", 50),
    ('* CONVERSION "a/b"', "conversion-data", 18),
    ('* CONVERSION a/b "c/d"', "conversion-data", 13),
    ('* CONVERSION "ab" "c/d"', "conversion-data", 14),
    ('* CONVERSION "a/*" "c/d"', "conversion-data", 14),
    ('* CONVERSION {3}\r\na/b "c/d"', "conversion-data", 13),
    (T + '(AVAILABLECONVERSIONS[1] (("ab")))', "mimetype-list", 52),
    (T + '(BINARY[1] (ERROR "x" BADPARAMETERS))', "converterror-phrase", 59),
    (T + '(BINARY[1] (ERROR "x" BADPARAMETERS "a/b"))', "converterror-phrase", 65),
    (T + '(BINARY[1] (ERROR "x" BADPARAMETERS a/b "c/d"))', "converterror-phrase", 60),
    (T + '(BINARY[1] (ERROR "x" BADPARAMETERS * "c/d"))', "converterror-phrase", 60),
    (T + '(BINARY[1] (ERROR "x" MISSINGPARAMETERS NIL "c/d" (a)))', "converterror-phrase", 64),
    (T + '(BINARY[1] (ERROR "x" MISSINGPARAMETERS "a/b" "c/d" ()))', "converterror-phrase", 77),
    (T + '(BINARY[1] (ERROR "x" TEMPFAIL 5 6))', "converterror-phrase", 57),
    ('* CONVERSION "a/b" "c/d" ()', "conversion-data", 26),
    ('* CONVERSION "a/b" "c/d" x', "conversion-data", 25),
    ("a NO [MAXCONVERTPARTS] x", "resp-text-code", 21),
    ("a NO [MAXCONVERTMESSAGES 0] x", "resp-text-code", 25),
]


@pytest.mark.parametrize(("line", "rule", "offset"), AMISS)
def test_what_is_named(line: str, rule: str, offset: int) -> None:
    assert amiss(line)[:1] == [(rule, offset)]


octets = st.none() | st.binary(max_size=20)
mime_type = st.from_regex(r"\A[a-zA-Z0-9+._-]{1,9}/[a-zA-Z0-9+._-]{1,9}\Z")
details = st.lists(st.tuples(mime_type, mime_type, st.tuples(text, text)), min_size=1, max_size=3).map(
    lambda found: tuple(one for three in found for one in three)
)
errors = st.tuples(text, st.sampled_from(["BADPARAMETERS", "MISSINGPARAMETERS"]), details).map(
    lambda it: ConvertError(*it)
)
items = st.fixed_dictionaries(
    {"UID": nz_number},
    optional={
        "BINARY[1]": octets | errors,
        "BINARY[]<7>": octets,
        "BINARY.SIZE[1.2]": number | errors | st.builds(ConvertError, text, st.just("TEMPFAIL"), st.tuples(nz_number)),
        "BODYPARTSTRUCTURE[2]": bodies() | errors,
        "AVAILABLECONVERSIONS[]": st.lists(mime_type, max_size=3).map(lambda types: MimeTypes(tuple(types))),
        "BODY[HEADER]": st.binary(max_size=9).map(lambda data: data.replace(b"\0", b"")),
    },
).map(lambda found: {"UID": found["UID"], **found})  # UID comes first


@given(st.builds(Converted, nz_number, text, items))
def test_converted_is_read_as_it_was_written(value: Converted) -> None:
    assert rewritten("CONVERTED", value) == value


@given(st.builds(Conversion, mime_type, mime_type, st.lists(text, max_size=3).map(tuple)))
def test_conversion_is_read_as_it_was_written(value: Conversion) -> None:
    assert rewritten("CONVERSION", value) == value
