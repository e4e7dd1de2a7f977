"""字符编码：没有声明、声明有误、被截断的汉字都读得出来。"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fangtian.formats.encoding import codec_of, decode_text, decode_values, decodes, encoding_of

CHINESE = st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("UTF-8", "utf-8"),
        ("utf8", "utf-8"),
        ("65001", "utf-8"),
        ("GBK", "gb18030"),
        ("936", "gb18030"),
        ("ANSI 936", "gb18030"),
        ("GB2312", "gb18030"),
        ("OEM", ""),
        ("", ""),
        ("火星文", ""),
    ],
)
def test_names_in_cpg_files_are_understood(declared: str, codec: str) -> None:
    assert codec_of(declared) == codec


@given(
    st.lists(CHINESE, min_size=1, max_size=8), st.sampled_from(["", "GBK", "UTF-8", "ISO-8859-1", "nonsense"])
)
def test_utf_8_is_recognised_whatever_was_declared(texts: list[str], declared: str) -> None:
    assert encoding_of([text.encode() for text in texts], declared) == "utf-8"


@pytest.mark.parametrize("declared", ["", "GBK", "UTF-8", "ISO-8859-1", "1252", "nonsense"])
def test_gbk_is_recognised_whatever_was_declared(declared: str) -> None:
    texts = ["水田", "旱地", "甘肃省天水市张家川回族自治县"]
    assert encoding_of([text.encode("gbk") for text in texts], declared) == "gb18030"


def test_a_latin_code_page_is_the_last_resort() -> None:
    assert encoding_of([b"\xff\xfe\xff"], "ISO-8859-1") == "iso8859-1"
    assert encoding_of([b"\xff\xfe\xff"]) == ""


@given(CHINESE, st.sampled_from(["utf-8", "gb18030"]))
def test_half_a_character_at_the_end_is_dropped(text: str, codec: str) -> None:
    cut = text.encode(codec)[:-1]
    assert decodes([cut], codec)
    assert decode_values([cut], codec) == [text[:-1]]


@given(CHINESE, st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_a_byte_order_mark_decides_for_whole_texts(text: str, codec: str) -> None:
    assert decode_text(text.encode(codec))[0] == text


def test_a_text_in_no_known_encoding_is_not_guessed() -> None:
    assert decode_text(b"\xff\xff\xff") == ("", "")
