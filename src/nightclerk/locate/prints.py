"""Where fingerprints are kept: beside the hand-written selectors; what was learned since, in the workspace's data."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from nightclerk.domain.privacy import find_private
from nightclerk.errors import WorkspaceError
from nightclerk.locate.fingerprint import Fingerprint, from_mapping
from nightclerk.texts import say

HEADER = "# 由工具记录，用于页面变化后找回元素 / recorded by the tool, to find elements again after the page changed\n"


def written_folder(root: Path, app: str) -> Path:
    """The sidecar files of an app's selectors: one a screen, element -> fingerprint."""
    return root / "selectors" / app / "prints"


def learned_folder(workspace: Path, app: str) -> Path:
    """What runs have learned since: the same files, kept out of the hand-written folder."""
    return workspace / "data" / "healing" / app / "prints"


def load_prints(app: str, *, workspace: Path, starter: Path | None = None) -> dict[str, Fingerprint]:
    """Every fingerprint of an app by full element name: starter < workspace < learned. Bad files raise."""
    folders = [written_folder(root, app) for root in (starter, workspace) if root is not None]
    found: dict[str, Fingerprint] = {}
    for folder in (*folders, learned_folder(workspace, app)):
        for file in sorted(folder.glob("*.yaml")):
            found |= dict(_read(file))
    return found


def prints_beside(root: Path, app: str) -> Iterator[tuple[str, Fingerprint]]:
    """The fingerprints beside an app's hand-written selectors, by full element name. Bad files raise."""
    for file in sorted(written_folder(root, app).glob("*.yaml")):
        yield from _read(file)


def _read(file: Path) -> Iterator[tuple[str, Fingerprint]]:
    for short, plain in _load(file).items():
        try:
            yield f"{file.stem}.{short}", from_mapping(plain)
        except (AttributeError, TypeError, ValueError) as error:
            raise _bad(file, f"{short}: {error}") from error


def _load(file: Path) -> dict[str, Any]:
    """What stands in a file of fingerprints ({} when there is none)."""
    try:
        plain = YAML(typ="safe").load(file.read_text(encoding="utf-8")) or {}
    except FileNotFoundError:
        return {}
    except (YAMLError, ValueError) as error:
        raise _bad(file, str(getattr(error, "problem", None) or error)) from error
    if not isinstance(plain, dict) or not all(isinstance(one, dict) for one in plain.values()):
        raise _bad(file, "element: {role: …}")
    return plain


def print_faults(root: Path, app: str) -> Iterator[WorkspaceError]:
    """What is wrong with the files beside an app's selectors, a fault a file, for `nightclerk check`."""
    for file in sorted(written_folder(root, app).glob("*.yaml")):
        try:
            found = dict(_read(file))
        except WorkspaceError as error:
            yield error
            continue
        for name, one in found.items():
            if any(find_private(text) for text in one.texts):
                yield _bad(file, say("locate.private_print", name=name))


def _bad(file: Path, why: str) -> WorkspaceError:
    shown = "/".join(file.parts[-4:])
    return WorkspaceError(
        where=shown, expected=say("locate.bad_print", why=why), remedy=say("locate.bad_print_remedy", file=shown)
    )


def save_prints(folder: Path, prints: Mapping[str, Fingerprint]) -> None:
    """Put fingerprints (by full element name) into the files of `folder`; others that stand there stay."""
    screens: dict[str, dict[str, Any]] = {}
    for name, one in prints.items():
        screen, _, short = name.partition(".")
        screens.setdefault(screen, {})[short] = one.to_mapping()
    for screen, elements in screens.items():
        file = folder / f"{screen}.yaml"
        write_whole(file, HEADER + prints_text({**_load(file), **elements}))


def prints_text(elements: Mapping[str, Mapping[str, Any]]) -> str:
    """The YAML of one screen's fingerprints: one line an element part, lists inline."""
    yaml, out = YAML(typ="safe"), StringIO()
    yaml.default_flow_style, yaml.allow_unicode, yaml.width = None, True, 4000
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.dump({name: dict(plain) for name, plain in elements.items()}, out)
    return out.getvalue()


def write_whole(file: Path, text: str) -> None:
    """Write a file so that a reader sees the old text or the new one, never half of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
        Path(name).chmod(file.stat().st_mode & 0o777 if file.exists() else 0o644)
        Path(name).replace(file)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise
