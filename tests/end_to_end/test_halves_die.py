"""Each half killed at each of its named points, on a real Kafka and Elasticsearch: nothing is lost or doubled."""

from pathlib import Path

import pytest

from pipeline.crash_point import POINTS_OF_HALVES
from tests.end_to_end.cluster_harness import Left, cluster_run, losses
from tests.end_to_end.kill_harness import write_posts

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
POSTS, SEED, KILLED = 160, 5, 137


@pytest.fixture(scope="module")
def posts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of the county's posts."""
    path = tmp_path_factory.mktemp("posts") / "posts.jsonl"
    write_posts(path, POSTS, SEED)
    return path


@pytest.fixture(scope="module")
def undisturbed(
    tmp_path_factory: pytest.TempPathFactory, kafka_address: str, elastic_address: str, posts: Path
) -> Left:
    """What is there after a run that nobody disturbed."""
    with cluster_run(tmp_path_factory.mktemp("undisturbed"), kafka_address, elastic_address) as run:
        run.ingest(posts)
        run.start("work")
        return run.settle()


@pytest.mark.parametrize("point", POINTS_OF_HALVES)
def test_a_half_that_dies_at_a_named_point_is_taken_over(  # noqa: PLR0917 - five of them are fixtures
    point: str, tmp_path: Path, kafka_address: str, elastic_address: str, posts: Path, undisturbed: Left
) -> None:
    """The next process tells again what was perhaps never told, and each unit counts it once."""
    with cluster_run(tmp_path, kafka_address, elastic_address) as run:
        dying = run.start("work", crash_at=point)
        run.ingest(posts)
        assert dying.wait(timeout=120) == KILLED
        run.start("work")
        found = run.settle()
    assert len(undisturbed.mentions) > 10
    assert losses(found, undisturbed) == []
