"""Settings for every test: a slow machine is no failure, and a found counter-example stays found."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from fangtian.deliver.maps import crew

settings.register_profile("fangtian", deadline=None, print_blob=True)
settings.load_profile("fangtian")


@pytest.fixture(autouse=True, scope="session")
def one_hand_draws_maps() -> Iterator[None]:
    """Tests keep all cores busy by themselves; those of the second process ask for it."""
    usual, crew.WORTH = crew.WORTH, 100
    yield
    crew.WORTH = usual
