"""A browser profile keeps the session and forgets what was seen and typed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nightclerk.web.profile import forget_visits


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    for name in ("Local State", "Default/Cookies", "Default/History", "Default/Sessions/Tabs_1", "ukm/db"):
        path = tmp_path / "night" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path / "night"


def left(profile: Path) -> set[str]:
    return {path.relative_to(profile).as_posix() for path in profile.rglob("*") if path.is_file()}


def test_the_session_stays_and_visits_go(profile: Path) -> None:
    """Cookies stay; history, open tabs and other databases are gone."""
    forget_visits(profile)
    assert left(profile) == {"Local State", "Default/Cookies"}


@pytest.mark.skipif(os.name == "nt", reason="the lock is a link on other systems only")
def test_a_profile_in_use_is_left_alone(profile: Path) -> None:
    """Nothing is taken away under a browser that is running; a lock that a crash left does not count."""
    (profile / "SingletonLock").symlink_to(f"machine-{os.getpid()}")
    forget_visits(profile)
    assert "Default/History" in left(profile)
    (profile / "SingletonLock").unlink()
    (profile / "SingletonLock").symlink_to("machine-999999999")
    forget_visits(profile)
    assert left(profile) == {"Local State", "Default/Cookies"}


def test_no_profile_yet_is_no_fault(tmp_path: Path) -> None:
    """The first start finds nothing to forget."""
    forget_visits(tmp_path / "none")
    assert list(tmp_path.iterdir()) == []
