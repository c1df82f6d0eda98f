"""For any text, normal forms and hits keep their promises about the stored text."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.watch_rule import WatchRule
from pipeline.stages.match import Matcher
from pipeline.stages.normalise import normalise

TERMS = ("低保", "养老院", "社会组织", "abc")
CHARACTERS = st.sampled_from(list("低保养老院社会组织會組織ＡbＣc。，＊*/ \u200b😂㎏·[]黑\n")) | st.characters()
TEXTS = st.text(CHARACTERS, max_size=60)
NOISE = st.text(st.sampled_from(list(" ./*_-、·\u200b\u200d😂❤️ 　")), max_size=3)


@given(TEXTS)
def test_each_character_of_the_form_comes_from_its_stored_one(text: str) -> None:
    """Offsets rise, one per character, and the stored character's own form holds the character."""
    form = normalise(text)
    offsets = form.offsets
    assert len(offsets) == len(form.text)
    assert list(offsets) == sorted(offsets)
    assert all(c in normalise(text[i]).text for c, i in zip(form.text, offsets, strict=True))


@given(TEXTS)
def test_the_form_of_a_form_is_itself(text: str) -> None:
    """Normalising twice is normalising once, for whole texts too."""
    once = normalise(text).text
    assert normalise(once).text == once


@given(TEXTS, TEXTS)
def test_a_hit_cuts_its_term_out_of_the_stored_field(title: str, text: str) -> None:
    """The stored characters of a hit have the term's form, and begin and end with it."""
    fields = {"title": title, "text": text}
    for match in Matcher([WatchRule("a", any=TERMS)]).matches(title, text):
        for hit in match.hits:
            cut = fields[hit.field][hit.start : hit.end]
            assert normalise(cut).text == hit.term
            assert normalise(cut[0]).text
            assert normalise(cut[-1]).text


@given(st.sampled_from(TERMS), st.lists(NOISE, min_size=12, max_size=12), TEXTS, TEXTS)
def test_a_term_hidden_by_separators_is_found_where_it_stands(
    term: str, noise: list[str], before: str, after: str
) -> None:
    """However a term is spread, it is found, and its hit spans it from the first to the last character."""
    hidden = term[0] + "".join(gap + character for gap, character in zip(noise, term[1:], strict=False))
    text = f"{before}。{hidden}。{after}"
    start = len(before) + 1
    (match,) = Matcher([WatchRule("a", any=(term,))]).matches("", text)
    assert ("text", start, start + len(hidden)) in [(hit.field, hit.start, hit.end) for hit in match.hits]
