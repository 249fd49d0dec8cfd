"""The last picture on film, for a browser that hangs: it can be neither pictured from beside nor masked."""

from __future__ import annotations

from pathlib import Path

from nightclerk.evidence.last_picture import last_picture
from nightclerk.evidence.replay import picture_path
from tests.unit.film_kit import act, frame, new_film


def test_the_last_stored_picture_is_told_with_its_step(tmp_path: Path) -> None:
    """A secret screen after it has none; the run is still going on."""
    film = new_film(tmp_path)
    film.begin({})
    assert last_picture(film.folder) is None
    film.step("Fill the form")
    first = film.picture(frame(10))
    film.act(act(), frame=frame(200))
    film.picture(frame(secret_screen=True))
    film.step_end("ok", frame=None)
    film.close()
    seen = last_picture(film.folder)
    assert seen is not None
    assert seen.step == "Fill the form"
    assert seen.sha256 != first
    assert picture_path(film.folder, seen.sha256).is_file()


def test_a_run_without_a_film_shows_nothing(tmp_path: Path) -> None:
    """Its process died before the first line."""
    assert last_picture(tmp_path) is None
