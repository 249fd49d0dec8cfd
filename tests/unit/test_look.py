"""The small picture of an element."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from nightclerk.locate.look import look_of, unlike


def drawn(shade: int, *, size: tuple[int, int] = (80, 30), mark: bool = False) -> bytes:
    picture = Image.linear_gradient("L").resize(size).rotate(90 if mark else 0).point(lambda v: min(255, v + shade))
    ImageDraw.Draw(picture).rectangle((5, 5, 20, 20), fill=0)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def test_another_size_or_shade_looks_alike() -> None:
    """The same drawing a little larger or brighter differs in few bits; another drawing in many."""
    one = look_of(drawn(0))
    assert len(one) == 16
    assert unlike(one, look_of(drawn(20, size=(90, 34)))) < 12
    assert unlike(one, look_of(drawn(0, mark=True))) > 12


def test_an_unknown_look_is_said_to_be_unknown() -> None:
    """Nothing is made of a picture that was never taken."""
    assert unlike("", look_of(drawn(0))) == -1
