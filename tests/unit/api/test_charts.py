"""The one chart renderer: a table that every mail program shows, and nothing of a label can break out of it."""

from api.charts import Bar, Chart, html_of, length_of


def a_chart(*bars: Bar) -> Chart:
    return Chart("近八周", "周", "件", "未知", bars)


def test_the_longest_bar_is_whole_and_what_is_there_at_all_can_be_seen() -> None:
    """One of a thousand is no nothing."""
    assert [length_of(value, 1_000) for value in (1_000, 500, 1, 0, None)] == [100, 50, 1, 0, 0]
    assert length_of(0, 0) == 0


def test_the_number_stands_beside_its_bar_and_the_unknown_has_none() -> None:
    """A chart is read without colours, and by a screen reader."""
    html = html_of(a_chart(Bar("W46", 4), Bar("W47", None), Bar("W48", 0)))
    assert html.count("bgcolor=") == 1
    assert ">4</td>" in html
    assert ">未知</td>" in html
    assert ">0</td>" in html
    assert html.count('scope="row"') == 3


def test_a_label_is_text_and_nothing_else() -> None:
    """Names of places and lines are a unit's settings; they are escaped all the same."""
    html = html_of(a_chart(Bar("<script>alert(1)</script>", 1)))
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_a_chart_has_neither_a_style_nor_anything_to_fetch() -> None:
    """The console's policy allows no style in a page; a mail gives its own."""
    html = html_of(a_chart(Bar("W46", 4)))
    assert "style=" not in html
    assert "src=" not in html
    assert "style=" in html_of(a_chart(Bar("W46", 4)), lambda _part: ' style="color:red"')
