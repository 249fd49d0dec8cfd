"""One web sandbox without troubles for all tests that only need the systems to be there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.shop_kit import sandbox


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the shared sandbox keeps its books."""
    return tmp_path_factory.mktemp("sandbox")


@pytest.fixture(scope="session")
def endpoints(state: Path) -> Iterator[dict[str, Any]]:
    """Where the shared sandbox's systems are."""
    with sandbox(state) as found:
        yield found
