"""What every PosterTokens does, in every store: tokens are known, counted by period, and forgotten."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from pipeline.adapters.elastic.tokens import ElasticPosterTokens
from pipeline.adapters.memory.tokens import MemoryPosterTokens
from pipeline.adapters.sqlite.migrations import open_state
from pipeline.adapters.sqlite.tokens import SqlitePosterTokens
from pipeline.adapters.sqlite.writer import Reader
from pipeline.domain.post import Token
from pipeline.ports import PosterTokens
from tests.elastic_house import ElasticHouse, leave_bytes

OpenTokens = Callable[[], PosterTokens]
OLD, NEW, NEXT = "p000001", "p000002", "p000003"


@pytest.fixture(params=["memory", "sqlite", "elastic"])
def open_the_tokens(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenTokens]:
    """A function that opens the same tokens again and again, each time as another process would."""
    if request.param == "elastic":
        house: ElasticHouse = request.getfixturevalue("elastic_house")
        yield lambda: ElasticPosterTokens(house.open(), expunging=leave_bytes)
        return
    with ExitStack() as stack:

        def open_again() -> PosterTokens:
            writer = stack.enter_context(closing(open_state(tmp_path / "state.db")))
            return SqlitePosterTokens(writer, stack.enter_context(closing(Reader(tmp_path / "state.db"))))

        memory = MemoryPosterTokens()
        yield open_again if request.param == "sqlite" else lambda: memory


@pytest.fixture
def tokens(open_the_tokens: OpenTokens) -> PosterTokens:
    """One opened store of tokens."""
    return open_the_tokens()


def test_tokens_are_known_to_every_process(open_the_tokens: OpenTokens) -> None:
    """A reload counts different people from what an earlier process stored; 32 bits come back whole."""
    one, other = open_the_tokens(), open_the_tokens()
    one.add({"a": (Token(OLD, 4_294_967_295), Token(NEW, 0)), "b": (Token(NEW, 2),), "none": ()})
    assert other.of(["b", "a", "never", "none", "a"]) == {
        "a": (Token(OLD, 4_294_967_295), Token(NEW, 0)),
        "b": (Token(NEW, 2),),
    }


def test_tokens_come_in_the_order_of_periods(tokens: PosterTokens) -> None:
    """However they were given, the older period is first."""
    tokens.add({"a": (Token(NEW, 2), Token(OLD, 1))})
    assert tokens.of(["a"]) == {"a": (Token(OLD, 1), Token(NEW, 2))}


def test_adding_again_doubles_nothing(tokens: PosterTokens) -> None:
    """A worker that starts again adds the same tokens; a post has one a period, the last given."""
    tokens.add({"a": (Token(OLD, 1),)})
    tokens.add({"a": (Token(OLD, 1), Token(NEW, 5))})
    tokens.add({"a": (Token(NEW, 6),)})
    tokens.add({})
    assert tokens.of(["a"]) == {"a": (Token(OLD, 1), Token(NEW, 6))}


def test_old_periods_are_forgotten(tokens: PosterTokens) -> None:
    """With its key a period's tokens go; a post that has none left is unknown."""
    tokens.add({"a": (Token(OLD, 1), Token(NEW, 2)), "b": (Token(OLD, 3),), "c": (Token(NEXT, 4),)})
    assert tokens.forget(NEW) == 2
    assert tokens.of(["a", "b", "c"]) == {"a": (Token(NEW, 2),), "c": (Token(NEXT, 4),)}
    assert tokens.forget(NEW) == 0


def test_an_erased_post_has_no_tokens(tokens: PosterTokens) -> None:
    """Only the posts that are named lose theirs."""
    tokens.add({"a": (Token(OLD, 1), Token(NEW, 2)), "b": (Token(OLD, 1),)})
    assert tokens.erase(frozenset({"a", "never"})) == 2
    assert tokens.of(["a", "b"]) == {"b": (Token(OLD, 1),)}


def test_a_reload_of_many_posts_is_one_question(tokens: PosterTokens) -> None:
    """More ids than one statement takes are asked for in parts."""
    tokens.add({f"post-{number}": (Token(OLD, number),) for number in range(1_200)})
    found = tokens.of(f"post-{number}" for number in range(1_200))
    assert found == {f"post-{number}": (Token(OLD, number),) for number in range(1_200)}
    assert tokens.of([]) == {}


def test_tokens_outlive_their_process(tmp_path: Path) -> None:
    """A restart forgets nobody within the period."""
    with closing(open_state(tmp_path / "state.db")) as writer, closing(Reader(tmp_path / "state.db")) as reader:
        SqlitePosterTokens(writer, reader).add({"a": (Token(OLD, 1),)})
    with closing(open_state(tmp_path / "state.db")) as writer, closing(Reader(tmp_path / "state.db")) as reader:
        assert SqlitePosterTokens(writer, reader).of(["a"]) == {"a": (Token(OLD, 1),)}


@pytest.mark.parametrize("way", ["forget", "erase"])
def test_what_is_gone_is_in_no_byte_of_the_files(tmp_path: Path, way: str) -> None:
    """Forgotten means overwritten, in the file and in the write-ahead log (rows that never moved)."""
    with closing(open_state(tmp_path / "state.db")) as writer, closing(Reader(tmp_path / "state.db")) as reader:
        tokens = SqlitePosterTokens(writer, reader)
        tokens.add({"planted-post": (Token(OLD, 1),), "other-post": (Token(NEW, 2),)})
        assert any(b"planted-post" in file.read_bytes() for file in tmp_path.iterdir())
        gone = tokens.forget(NEW) if way == "forget" else tokens.erase(frozenset({"planted-post"}))
        assert gone == 1
        assert not [file.name for file in tmp_path.iterdir() if b"planted-post" in file.read_bytes()]
