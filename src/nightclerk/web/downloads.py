"""Files that a site sends: waited for in every tab, saved under the site's own name."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Download, Page

from nightclerk.web.faults import CannotAct, translated


class Downloads:
    """The files that have arrived since `forget`, whichever tab they came through."""

    def __init__(self) -> None:
        self._arrived: list[Download] = []

    def watch(self, page: Page) -> None:
        """Listen to one more tab."""
        page.on("download", lambda download: self._arrived.append(download))

    def forget(self) -> None:
        """Drop what came before the click that is about to happen."""
        self._arrived.clear()

    def __bool__(self) -> bool:
        return bool(self._arrived)

    def save_first(self, folder: Path, *, element: str) -> Path:
        """Wait for the end of the first file and save it in `folder`."""
        download = self._arrived.pop(0)
        folder.mkdir(parents=True, exist_ok=True)
        file = free_name(folder, safe_file_name(download.suggested_filename))
        with translated(element=element, verb="download"):
            failure = download.failure()
            if failure:
                raise CannotAct(element=element, verb="download", why=failure)
            download.save_as(file)
        return file


def safe_file_name(suggested: str) -> str:
    """The name that the site gave its file, fit for every file system and for no other folder."""
    name = re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", suggested).strip(" .")
    return name or "download"


def free_name(folder: Path, name: str) -> Path:
    """`name` in `folder`, numbered when it is taken."""
    file = folder / name
    number = 2
    while file.exists():
        file = folder / f"{Path(name).stem} ({number}){Path(name).suffix}"
        number += 1
    return file
