"""Pictures: masks before anything is written, small files, each content once."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from film_kit import frame
from PIL import Image, ImageDraw

from nightclerk.evidence.errors import BadPicture
from nightclerk.evidence.pictures import MASK_COLOUR, MASK_MARGIN_PX, PictureStore, PictureWorker, decode, encode
from nightclerk.ports import Box, Frame

BOX = Box(x=20, y=10, width=12, height=8)


def _png(image: Image.Image, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def _screen() -> Image.Image:
    """A plain screen of 1280x800 with lines of text, as an application shows it."""
    image = Image.new("RGB", (1280, 800), "white")
    draw = ImageDraw.Draw(image)
    for row in range(30):
        draw.text(
            (20, 20 + row * 25), f"order 37281100{row:04} paid 12{row}.50 waiting for shipment " * 3, fill="black"
        )
        draw.line((0, 40 + row * 25, 1280, 40 + row * 25), fill=(232, 232, 232))
    return image


def _read(folder: Path, sha256: str) -> np.ndarray:
    with Image.open(folder / f"{sha256}.webp") as image:
        return np.asarray(image.convert("RGB")).astype(int)


def test_private_boxes_are_solid_in_the_file(tmp_path: Path) -> None:
    """Every pixel of the box and its margin has the mask's colour; the rest is as it was."""
    noise = np.random.default_rng(1).integers(0, 2, (60, 80, 1), np.uint8).repeat(3, 2) * 255
    stored, _ = PictureStore(tmp_path).store(Frame(pixels=noise, private=(BOX,)))
    picture, margin = _read(tmp_path, stored.sha256), MASK_MARGIN_PX
    covered = picture[BOX.y - margin : BOX.y + BOX.height + margin, BOX.x - margin : BOX.x + BOX.width + margin]
    assert np.abs(covered - np.array(MASK_COLOUR)).max() <= 8
    assert (picture[40:] == noise[40:]).all()
    assert stored.masks == 1


@pytest.mark.parametrize("box", [(-50, -50, 60, 60), (70, 50, 500, 500), (10, 10, 0, 0), (500, 500, 9, 9)])
def test_boxes_over_the_edge_are_no_trouble(tmp_path: Path, box: tuple[int, int, int, int]) -> None:
    """Boxes that reach out of the picture, or are empty, mask what they can."""
    private = Box(x=box[0], y=box[1], width=box[2], height=box[3])
    stored, written = PictureStore(tmp_path).store(Frame(pixels=frame().pixels, private=(private,)))
    assert written == stored.size_bytes > 0


def test_identical_frames_are_stored_once(tmp_path: Path) -> None:
    """The same pixels and masks cost nothing the second time; other masks are another picture."""
    store = PictureStore(tmp_path)
    first, written = store.store(frame(9))
    again, nothing = store.store(frame(9))
    masked, _ = store.store(frame(9, private=(BOX,)))
    assert (first, nothing) == (again, 0)
    assert written > 0
    assert {path.stem for path in tmp_path.iterdir()} == {first.sha256, masked.sha256}


def test_pictures_differing_only_under_the_mask_are_one(tmp_path: Path) -> None:
    """Nothing of what is covered gets into the file, not even into its name."""
    store = PictureStore(tmp_path)
    one, two = frame(255).pixels, frame(255).pixels
    two[12:16, 22:28] = 0
    names = {store.store(Frame(pixels=pixels, private=(BOX,)))[0].sha256 for pixels in (one, two)}
    assert len(names) == 1


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_encoded_frames_are_decoded(kind: str) -> None:
    """What browsers and screen grabbers hand over is understood."""
    image = decode(_png(Image.new("RGB", (30, 20), (255, 0, 0)), kind))
    assert (image.mode, image.size) == ("RGB", (30, 20))


@pytest.mark.parametrize("pixels", [b"", b"\x89PNG\r\n", b"GIF89a", None, "text", np.zeros(3)])
def test_what_is_no_picture_is_refused(tmp_path: Path, pixels: object) -> None:
    """One error, whatever it was."""
    with pytest.raises(BadPicture):
        PictureStore(tmp_path).store(Frame(pixels=pixels))


def test_a_screen_stays_sharp_and_small() -> None:
    """A screen of text takes at most 20 KB, and no pixel is off by more than half a shade."""
    screen = _screen()
    data = encode(screen)
    back = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)
    assert len(data) <= 20_000
    assert np.abs(back - np.asarray(screen).astype(int)).max() <= 8


def test_a_photograph_is_not_stored_without_loss() -> None:
    """A screen full of photographs takes the lossy way and stays far below its lossless size."""
    rng = np.random.default_rng(2)
    small = rng.integers(0, 255, (50, 80, 3), np.uint8)
    photo = Image.fromarray(small).resize((1280, 800), Image.Resampling.BICUBIC)
    lossless = io.BytesIO()
    photo.save(lossless, "WEBP", lossless=True, quality=0, method=0)
    assert len(encode(photo)) < len(lossless.getvalue()) / 5


def test_the_worker_reports_every_shot_even_the_bad_ones(tmp_path: Path) -> None:
    """After `close` each shot was reported exactly once, with a picture or a fault."""
    told: dict[int, str] = {}
    worker = PictureWorker(
        PictureStore(tmp_path),
        lambda shot, stored, written, fault: told.update({shot: stored.sha256 if stored else fault}),
        waiting=2,
    )
    for shot in range(6):
        worker.take(shot, frame(40 * shot) if shot != 3 else Frame(pixels=b"bad"))
    worker.close()
    assert sorted(told) == [0, 1, 2, 3, 4, 5]
    assert len({name for shot, name in told.items() if shot != 3}) == 5
    assert not (tmp_path / f"{told[3]}.webp").exists()


def test_a_failing_report_comes_out_at_the_bot(tmp_path: Path) -> None:
    """When the journal cannot take a picture's line the bot learns of it; nothing is swallowed."""

    def fail(*_: object) -> None:
        raise OSError("disk full")

    worker = PictureWorker(PictureStore(tmp_path), fail)
    worker.take(1, frame())
    with pytest.raises(OSError, match="disk full"):
        worker.close()
