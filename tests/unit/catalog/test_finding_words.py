"""一条发现就是一行字：文件里的换行、控制符和没有尽头的名字都到不了句子里。"""

from fangtian.catalog.finding import Place, finding


def test_what_a_file_has_in_its_names_stays_in_one_line_and_moves_no_cursor():
    odd = "甲\r\n乙\x1b[2J\u2028丙"
    found = finding("FMT-binary", Place(file="a.gdb", layer=odd), layer=odd, field="长" * 5000)
    assert "甲 乙 [2J 丙" in found.message
    assert len(found.message) < 1200
    assert str(found.place) == "a.gdb · 甲 乙 [2J 丙"
