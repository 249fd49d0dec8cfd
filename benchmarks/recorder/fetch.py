"""Lay out the pages of kits.py with the kits' own files, fetched by name through npm's client, outside the repository.

python benchmarks/recorder/fetch.py FOLDER
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PAGES = Path(__file__).parent / "pages"
#: package -> file or folder in it -> its name beside the pages.
KITS: dict[str, dict[str, str]] = {
    "element-plus@2.14.8": {"dist/index.full.min.js": "ep.js", "dist/index.css": "ep.css"},
    "vue@3.5.45": {"dist/vue.global.prod.js": "vue.js"},
    "antd@5.29.3": {"dist/antd.min.js": "antd.js", "dist/reset.css": "reset.css"},
    "react@18.3.1": {"umd/react.production.min.js": "react.js"},
    "react-dom@18.3.1": {"umd/react-dom.production.min.js": "react-dom.js"},
    "dayjs@1.11.23": {"dayjs.min.js": "dayjs.js"},
    "bootstrap@5.3.9": {"dist/js/bootstrap.bundle.min.js": "bs.js", "dist/css/bootstrap.min.css": "bs.css"},
    "@shoelace-style/shoelace@2.20.1": {"cdn": "sl"},
}


def fetch(package: str, wanted: dict[str, str], folder: Path) -> None:
    """Put the wanted files of one package beside the pages; what is there already stays."""
    if all((folder / name).exists() for name in wanted.values()):
        return
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run(["npm", "pack", "--silent", package], cwd=scratch, check=True, timeout=600)
        with tarfile.open(next(Path(scratch).glob("*.tgz"))) as archive:
            archive.extractall(scratch, filter="data")
        for inside, name in wanted.items():
            source = Path(scratch) / "package" / inside
            copy = shutil.copytree if source.is_dir() else shutil.copyfile
            copy(source, folder / name)


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for page in PAGES.glob("*.html"):
        shutil.copyfile(page, folder / page.name)
    for package, wanted in KITS.items():
        fetch(package, wanted, folder)
        print(package)


if __name__ == "__main__":
    main()
