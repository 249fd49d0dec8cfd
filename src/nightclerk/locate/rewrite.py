"""Write accepted healings into hand-written selector files: only the element's own words change, comments stay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from nightclerk.errors import WorkspaceError
from nightclerk.locate.files import WORKSPACE, load_selectors, overlay_file
from nightclerk.locate.prints import load_prints, save_prints, write_whole, written_folder
from nightclerk.locate.proposals import Proposal, Proposals
from nightclerk.locate.ways import EXTRA_KEYS, MAIN_KEYS
from nightclerk.texts import say

#: What says where an element is. Everything else of an element (commits, private, reads …) stays as written.
PLACE_KEYS = frozenset({*MAIN_KEYS, *EXTRA_KEYS, "within", "frame", "fallback"})


@dataclass(frozen=True, kw_only=True)
class Written:
    """One change that now stands in a file."""

    proposal: str
    file: Path
    line: int


def write_accepted(workspace: Path, *, starter: Path | None = None) -> list[Written]:
    """Move every accepted healing from the overlay into the workspace's own files. WorkspaceError names a file that
    it cannot write to. Each file is replaced as a whole; what was cut off in the middle the next call ends."""
    proposals = Proposals(workspace)
    with proposals.turn():
        return _write_all(workspace, proposals, starter)


def _write_all(workspace: Path, proposals: Proposals, starter: Path | None) -> list[Written]:
    written = []
    for proposal in proposals.all(state="accepted"):
        written.append(_write(workspace, proposal, starter))
        _drop_from_overlay(overlay_file(workspace, proposal.app), proposal.change)
        prints = load_prints(proposal.app, workspace=workspace, starter=starter)
        if proposal.element in prints:
            save_prints(written_folder(workspace, proposal.app), {proposal.element: prints[proposal.element]})
        proposals.mark_written(proposal)
    return written


def _write(workspace: Path, proposal: Proposal, starter: Path | None) -> Written:
    file = _file_of(workspace, proposal, starter)
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    changed = changed_text(text, proposal.change, where=file.name)
    write_whole(file, changed)
    short = proposal.element.partition(".")[2]
    line = next((n for n, one in enumerate(changed.splitlines(), 1) if one.strip().startswith(f"{short}:")), 1)
    return Written(proposal=proposal.proposal, file=file, line=line)


def _file_of(workspace: Path, proposal: Proposal, starter: Path | None) -> Path:
    """The file of the workspace that describes the element; one of its own when only the starter does."""
    screen = proposal.element.partition(".")[0]
    for file in sorted((workspace / "selectors" / proposal.app).glob("*.yaml")):
        document = YAML(typ="safe").load(file.read_text(encoding="utf-8")) or {}
        if proposal.element.partition(".")[2] in (document.get(screen) or {}):
            return file
    loaded = load_selectors(proposal.app, workspace=workspace, starter=starter)
    if loaded.layers.get(proposal.element) == WORKSPACE:
        raise WorkspaceError(
            where=f"selectors/{proposal.app}", expected=say("locate.unknown_element", app=proposal.app,
            name=proposal.element), remedy=say("locate.none_known"),
        )  # fmt: skip
    return workspace / "selectors" / proposal.app / "healed.yaml"


def changed_text(text: str, change: Mapping[str, Mapping[str, Any]], *, where: str) -> str:
    """The text of a selector file with new places for some elements. Lines of other elements are not touched."""
    for name, spec in change.items():
        screen, _, short = name.partition(".")
        text = _with_element(text, screen, short, spec, where)
    return text


def _with_element(text: str, screen: str, short: str, spec: Mapping[str, Any], where: str) -> str:
    document = YAML(typ="rt").load(text) if text.strip() else None
    body = (document or {}).get(screen)
    if not isinstance(body, CommentedMap) or not body:
        return f"{text.rstrip()}\n\n{screen}:\n  {short}: {flow(spec)}\n".lstrip("\n")
    lines = text.splitlines()
    if short not in body:
        first_line, column = body.lc.key(next(iter(body)))
        lines.insert(first_line, " " * column + f"{short}: {flow(spec)}")
        return "\n".join(lines) + "\n"
    kept = {key: value for key, value in _mapping(body[short]).items() if key not in PLACE_KEYS}
    new = flow({**spec, **kept})
    row, column = body.lc.value(short)
    key_row, key_column = body.lc.key(short)
    if row == key_row:
        end = _end_of_value(lines[row], column)
        if end:
            lines[row] = lines[row][:column] + new + lines[row][end:]
            return "\n".join(lines) + "\n"
    rows = _rows_of(lines, key_row, key_column)
    lines[key_row : key_row + rows] = [" " * key_column + f"{short}: {new}"]
    return "\n".join(lines) + "\n"


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {"css": value}


def _rows_of(lines: list[str], row: int, column: int) -> int:
    """How many lines an element takes that is written over several."""
    number = 1
    while row + number < len(lines):
        line = lines[row + number]
        if line.strip() and len(line) - len(line.lstrip()) <= column:
            break
        number += 1
    while number > 1 and not lines[row + number - 1].strip():
        number -= 1
    return number


def _end_of_value(line: str, start: int) -> int:
    """Where a value that begins at `start` ends on its line; 0 when it goes on to the next."""
    if line[start] != "{":
        comment = line.find(" #", start)
        return len(line[: comment if comment > 0 else len(line)].rstrip())
    depth, quote = 0, ""
    for place in range(start, len(line)):
        character = line[place]
        if quote:
            quote = "" if character == quote and line[place - 1] != "\\" else quote
        elif character in "\"'":
            quote = character
        elif character in "{[":
            depth += 1
        elif character in "}]":
            depth -= 1
            if depth == 0:
                return place + 1
    return 0


def flow(spec: Mapping[str, Any]) -> str:
    """An element as one line: `{role: button, name: 导出}`."""
    yaml, out = YAML(typ="safe"), StringIO()
    yaml.default_flow_style, yaml.allow_unicode, yaml.width = True, True, 100_000
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.dump(_plain(spec), out)
    return out.getvalue().strip()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value if isinstance(value, (bool, int, float)) or value is None else str(value)


def _drop_from_overlay(file: Path, names: Iterable[str]) -> None:
    if not file.is_file():
        return
    yaml = YAML(typ="rt")
    document = yaml.load(file.read_text(encoding="utf-8")) or {}
    for name in names:
        screen, _, short = name.partition(".")
        (document.get(screen) or {}).pop(short, None)
    left = {screen: body for screen, body in document.items() if body}
    if not left:
        file.unlink()
        return
    out = StringIO()
    yaml.dump(left, out)
    write_whole(file, out.getvalue())
