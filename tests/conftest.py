"""Settings for every test: a slow machine is no failure, and a found counter-example stays found.

Tests say which numbered requirement they show (``@pytest.mark.requirement("M-035")``); an id that does not
exist fails the run. With ``FANGTIAN_TRACE`` the ids that tests have shown are written there (``make trace``).
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from fangtian.catalog.requirement import requirements
from fangtian.deliver.maps import crew

settings.register_profile("fangtian", deadline=None, print_blob=True)
settings.load_profile("fangtian")

SHOWN: dict[str, list[str]] = {}


@pytest.fixture(autouse=True, scope="session")
def one_hand_draws_maps() -> Iterator[None]:
    """Tests keep all cores busy by themselves; those of the second process ask for it."""
    usual, crew.WORTH = crew.WORTH, 100
    yield
    crew.WORTH = usual


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for mark in item.iter_markers("requirement"):
            if unknown := [name for name in mark.args if name not in requirements()]:
                raise pytest.UsageError(f"{item.nodeid}: no requirement is called {', '.join(unknown)}")
            item.user_properties += [("requirement", name) for name in mark.args]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" and report.passed:
        for key, name in report.user_properties:
            if key == "requirement":
                SHOWN.setdefault(str(name), []).append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    target = os.environ.get("FANGTIAN_TRACE")
    if target and not hasattr(session.config, "workerinput"):
        Path(target).write_text(json.dumps(SHOWN, ensure_ascii=False, indent=1), encoding="utf-8")
