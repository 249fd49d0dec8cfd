"""Read text off pictures (optional: `pip install "nightclerk[ocr]"`): for masks where a program shows no other text."""

from __future__ import annotations

from nightclerk.ocr.masks import private_boxes
from nightclerk.ocr.reader import ScreenReader
from nightclerk.ocr.reading import Line, demand, installed, read, read_again, stretch

__all__ = ["Line", "ScreenReader", "demand", "installed", "private_boxes", "read", "read_again", "stretch"]
