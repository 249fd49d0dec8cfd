"""The picture of the filled form is found again in the journal of a run that crashed after its commit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nightclerk.evidence import open_film
from nightclerk.evidence.commits import filled_form
from nightclerk.locate.fake import WHITE_PIXEL
from nightclerk.ports import Act, ActClass, Frame


def test_the_last_commit_of_the_item_counts(tmp_path: Path, clock: Any) -> None:
    """Neither an edit of it nor the commit of another item; a run without a journal has none."""
    film = open_film(logs=tmp_path / "logs", data=tmp_path / "data", run="r1", clock=clock)
    film.begin({})
    for key in ("A1", "B2"):
        film.item(key, attempt=1)
        for act_class in (ActClass.COMMIT, ActClass.EDIT):
            act = Act(verb="click", act_class=act_class, app="shop", element="orders.save")
            film.act(act, frame=Frame(pixels=WHITE_PIXEL))
        film.item(None, outcome="in_doubt")
    film.picture(Frame(pixels=WHITE_PIXEL))
    film.close()
    sha256 = filled_form(tmp_path / "logs" / "r1", "A1")
    assert (tmp_path / "logs" / "r1" / "pictures" / f"{sha256}.webp").is_file()
    assert filled_form(tmp_path / "logs" / "r1", "C3") == ""
    assert filled_form(tmp_path / "logs" / "r9", "A1") == ""
