"""A form without an accessibility tree whose save button has look-alikes; each click is noted in a file.

`python decoy_form.py LOG PARTS SEED`: PARTS of save, twin, disabled, advert, plain (comma-separated); places by SEED.
"""

from __future__ import annotations

import random
import sys
import tkinter as tk
from collections.abc import Iterator
from pathlib import Path

SIZE = (760, 520)
LABEL = "保存单据"
#: Where the tool bar stands: the region that a selector names. Look-alikes stand below it.
BAR = (0, 0, SIZE[0], 60)


def main() -> None:
    """Show the form until the process is ended."""
    log, parts, seed = Path(sys.argv[1]), sys.argv[2].split(","), int(sys.argv[3])
    root = tk.Tk()
    root.title("开单")
    root.geometry(f"{SIZE[0]}x{SIZE[1]}+200+100")
    places = _places(random.Random(seed))
    for part in parts:
        if part != "plain":
            _put(root, part, log, next(places))
    root.mainloop()


def _places(chance: random.Random) -> Iterator[tuple[int, int]]:
    rows = [(chance.randrange(20, 560), 90 + 60 * row) for row in range(6)]
    chance.shuffle(rows)
    return iter(rows)


def _put(root: tk.Tk, part: str, log: Path, place: tuple[int, int]) -> None:
    def note() -> None:
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{part}\n")

    if part == "save":
        place = (40 + place[0] % 500, 12)
    state = tk.DISABLED if part == "disabled" else tk.NORMAL
    button = tk.Button(root, text=LABEL, command=note, state=state, takefocus=False)
    button.place(x=place[0], y=place[1], width=110, height=34)
    if part == "disabled":  # Tk tells nobody of a click on a disabled button
        button.bind("<Button-1>", lambda _: note())
    if part == "advert":
        tk.Label(root, text="新品上市").place(x=place[0] + 115, y=place[1] + 4)


if __name__ == "__main__":
    main()
