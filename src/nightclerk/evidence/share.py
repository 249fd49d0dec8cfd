"""Evidence of all machines in one place: a shared folder, or an S3-compatible store by its fsspec URL."""

from __future__ import annotations

import secrets
from collections.abc import Container, Iterable, Iterator
from pathlib import Path
from typing import Any

from nightclerk.errors import MissingPart, WorkspaceError

KEYS = "keys"
#: File systems in which others could read a file while it is being written; there it gets its name last.
_RENAMES = {"file", "local", "sftp", "ssh", "smb", "ftp"}


class Share:
    """The place that `evidence:` in config/settings.yaml names: a path, or s3://bucket/folder, sftp://…, memory://….

    A run's folder is copied there file by file; a file that has grown is copied again as a whole. What lies there is
    as trustworthy as what lies in `logs/`: the chain, the key and the heads in the database say so, not the place.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._files, self._root = _open(url)

    def push(self, folder: Path) -> int:
        """Copy what is new or longer than there from a run's folder; returns the number of files."""
        known = self._sizes(folder.name)
        new = [
            path for path in sorted(folder.rglob("*"))
            if path.is_file() and path.stat().st_size != known.get(path.relative_to(folder).as_posix())
        ]  # fmt: skip
        journal_last = sorted(new, key=lambda path: path.suffix == ".jsonl")  # pictures before the lines that name them
        for path in journal_last:
            self._put(path, f"{folder.name}/{path.relative_to(folder).as_posix()}")
        return len(new)

    def pull(self, name: str, logs: Path) -> int:
        """Copy what is new or longer there into `logs`/<name>; returns the number of files."""
        folder = logs / name
        wanted = [
            (path, size) for path, size in self._sizes(name).items()
            if not (folder / path).exists() or (folder / path).stat().st_size < size
        ]  # fmt: skip
        for path, _ in sorted(wanted, key=lambda entry: entry[0].endswith(".jsonl")):
            self._get(f"{name}/{path}", folder / path)
        return len(wanted)

    def take_out(self, folder: Path, names: Iterable[str], *, journal: bool = False) -> int:
        """Delete there what was pruned or erased here, and bring the signed record; returns the number of files."""
        known = self._sizes(folder.name)
        gone = [name for name in (*names, *(["journal.jsonl"] if journal else [])) if name in known]
        for name in gone:
            self._files.rm_file(f"{self._root}/{folder.name}/{name}")
        self.push(folder)
        return len(gone)

    def names(self) -> list[str]:
        """The runs whose evidence is there."""
        if not self._files.exists(self._root):
            return []
        found = [
            str(entry["name"]) for entry in self._files.ls(self._root, detail=True) if entry["type"] == "directory"
        ]
        return sorted(name for path in found if (name := path.rstrip("/").rpartition("/")[2]) != KEYS)

    def gather(self, logs: Path, *, but: Container[str] = ()) -> int:
        """Fetch what other machines have brought, except the runs named in `but`; returns the number of files."""
        keys = self.pull(KEYS, logs)
        return keys + sum(self.pull(name, logs) for name in self.names() if name not in but)

    def push_keys(self, logs: Path) -> None:
        """Publish this machine's public keys beside the runs."""
        if (logs / KEYS).is_dir():
            self.push(logs / KEYS)

    def _sizes(self, name: str) -> dict[str, int]:
        base = f"{self._root}/{name}"
        self._files.invalidate_cache()
        if not self._files.exists(base):
            return {}
        return {path: size for path, size in self._walk(base) if not path.rpartition("/")[2].startswith(".")}

    def _walk(self, base: str) -> Iterator[tuple[str, int]]:
        prefix = base.lstrip("/") + "/"
        for path, facts in self._files.find(base, detail=True).items():
            yield str(path).lstrip("/").removeprefix(prefix), int(facts["size"])

    def _put(self, path: Path, name: str) -> None:
        """Under another name first, where a half-written file could be seen: an object store shows whole ones only."""
        target = f"{self._root}/{name}"
        folder, _, last = target.rpartition("/")
        self._files.makedirs(folder, exist_ok=True)
        if not _RENAMES & set(_words(self._files.protocol)):
            self._files.pipe_file(target, path.read_bytes())
            return
        draft = f"{folder}/.{last}.{secrets.token_hex(4)}"
        self._files.pipe_file(draft, path.read_bytes())
        self._files.mv(draft, target)

    def _get(self, name: str, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        draft.write_bytes(self._files.cat_file(f"{self._root}/{name}"))
        draft.replace(path)


def _words(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def _open(url: str) -> tuple[Any, str]:
    """The file system of a URL and the path in it."""
    try:
        import fsspec
    except ImportError as error:
        raise MissingPart(code="NO_FSSPEC", part="fsspec", remedy="Run: pip install 'nightclerk[share]'") from error
    try:
        files, root = fsspec.core.url_to_fs(url)
    except ImportError as error:  # fsspec names the package that the protocol needs
        raise MissingPart(code="NO_FSSPEC", part=url.partition(":")[0], remedy=str(error)) from error
    except ValueError as error:
        raise WorkspaceError(
            where="config/settings.yaml", expected=f"evidence: a folder or a URL such as s3://bucket/night ({error})",
            remedy="Mend evidence:",
        ) from error  # fmt: skip
    return files, str(root).rstrip("/")
