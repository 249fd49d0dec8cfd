"""Real admin templates in several versions, fetched by name through npm's own client, kept out of the repository.

`python benchmarks/locating/kits.py FOLDER` fetches them; offline it says so and leaves what is there.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Kit:
    """One package; neighbours in `versions` are taken as old and new page of a site."""

    name: str
    versions: tuple[str, ...]
    pages: str = "**/*.html"

    def folder(self, root: Path, version: str) -> Path:
        return root / f"{self.name.strip('@').replace('/', '-')}-{version}"


#: Weights and thresholds were chosen on these: the first three from the start, the others since their failures were
#: looked at …
TRAINING = (
    Kit(name="admin-lte", versions=("2.3.11", "2.4.18"), pages="{.,pages,pages/*}/*.html"),
    Kit(name="admin-lte", versions=("3.0.5", "3.2.0"), pages="{.,pages,pages/*}/*.html"),
    Kit(name="startbootstrap-sb-admin-2", versions=("4.0.7", "4.1.4"), pages="*.html"),
    Kit(name="startbootstrap-sb-admin", versions=("4.0.0", "5.1.1"), pages="*.html"),
    Kit(name="startbootstrap-sb-admin", versions=("6.0.2", "7.0.7"), pages="dist/*.html"),
    Kit(name="gentelella", versions=("1.3.0", "1.4.0"), pages="production/*.html"),
    Kit(name="material-dashboard", versions=("2.0.2", "2.1.0"), pages="**/*.html"),
    Kit(name="@creative-tim-official/argon-dashboard-free", versions=("1.0.0", "1.2.0"), pages="**/*.html"),
    Kit(name="stisla", versions=("2.3.0",), pages="*.html"),
    Kit(name="adminator", versions=("1.0.0",), pages="**/*.html"),
    Kit(name="equation-admin-template", versions=("1.0.0",), pages="**/*.html"),
    Kit(name="tabler-ui", versions=("0.0.31", "0.0.34"), pages="dist/*.html"),
    Kit(name="patternfly", versions=("3.10.0", "3.28.0"), pages="dist/tests/*.html"),
    Kit(name="soft-ui-dashboard", versions=("1.0.1",), pages="**/*.html"),
    Kit(name="@keenmate/pure-admin-core", versions=("3.2.0",), pages="snippets/*.html"),
)
#: … and figures are reported on these, which nobody looked at while choosing.
UNSEEN = (
    Kit(name="@themesberg/volt-bootstrap-5-dashboard", versions=("1.0.1", "1.4.1"), pages="**/*.html"),
    Kit(name="material-kit", versions=("2.0.2", "2.0.4"), pages="**/*.html"),
    Kit(name="@creative-tim-official/argon-dashboard", versions=("2.0.4",), pages="**/*.html"),
    Kit(name="sneat-bootstrap-html-admin-template-free", versions=("1.0.0",), pages="html/*.html"),
)
#: Two sets that came last: the second is only measured when the first showed a fault that was then mended.
FRESH = (
    Kit(name="@digitallyhappy/backstrap", versions=("0.5.1",), pages="dist/**/*.html"),
    Kit(name="adminbsb-materialdesign", versions=("1.0.7",), pages="pages/**/*.html"),
)
SECOND = (
    Kit(name="coreui.io", versions=("1.0.0-alpha.6",), pages="Static_Full_Project_GULP/*.html"),
    Kit(name="kero", versions=("3.5.1",), pages="examples/**/*.html"),
)
#: A third blind set, of other families: an admin template, a French state's system, two component libraries.
THIRD = (
    Kit(name="themekit", versions=("2.1.0",), pages="pages/**/*.html"),
    Kit(name="@olton/metroui", versions=("5.1.20",), pages="examples/*.html"),
    Kit(name="uikit", versions=("3.25.25",), pages="tests/*.html"),
    Kit(name="@gouvfr/dsfr", versions=("1.15.3",), pages="example/component/**/*.html"),
)
#: And a fourth, for the figure after the third had shown faults: a template rewritten from the ground, three libraries.
FOURTH = (
    Kit(name="gentelella", versions=("4.2.0",), pages="production/*.html"),
    Kit(name="semantic-ui", versions=("2.5.0",), pages="examples/**/*.html"),
    Kit(name="jquery-mobile", versions=("1.4.1",), pages="dist/demos/widgets/**/*.html"),
    Kit(name="foundation-sites", versions=("6.9.0",), pages="test/visual/**/*.html"),
)
#: The fifth, after the fourth had shown one fault more.
FIFTH = (
    Kit(name="spectre.css", versions=("0.5.9",), pages="docs/**/*.html"),
    Kit(name="zui", versions=("1.10.0",), pages="**/*.html"),
    Kit(name="carbon-components", versions=("10.9.0",), pages="html/data-table/*.html"),
    Kit(name="@uswds/uswds", versions=("3.14.0",), pages="**/*.html"),
    Kit(name="startbootstrap-agency", versions=("7.0.12",), pages="dist/*.html"),
    Kit(name="startbootstrap-freelancer", versions=("7.0.7",), pages="dist/*.html"),
)
#: The sixth, of other families than all before; its faults led to the look of twins.
SIXTH = (
    Kit(name="jquery-weui", versions=("1.2.1",), pages="dist/demos/*.html"),
    Kit(name="framework7", versions=("1.7.1",), pages="{dist,examples/inline-pages,examples/tab-bar}/*.html"),
    Kit(name="bootflat", versions=("2.0.4",), pages="{documentation,getting-started,index,color-picker}.html"),
    Kit(name="shards-ui", versions=("3.0.0",), pages="dist/*.html"),
)
#: The seventh: mostly demonstrations of components, where nine buttons of a page may say the same.
SEVENTH = (
    Kit(name="weui", versions=("2.6.26",), pages="src/example/*/*.html"),
    Kit(name="phonon", versions=("1.5.1",), pages="examples/components/*/*.html"),
    Kit(name="topcoat", versions=("0.7.5",), pages="demo/*.html"),
    Kit(name="startbootstrap-creative", versions=("7.0.7",), pages="dist/*.html"),
    Kit(name="sb-admin-2", versions=("3.3.8",), pages="pages/*.html"),
)
#: The eighth, for the figure after the mends of the seventh.
EIGHTH = (
    Kit(name="startbootstrap-resume", versions=("7.0.6",), pages="dist/*.html"),
    Kit(name="startbootstrap-simple-sidebar", versions=("6.0.6",), pages="dist/*.html"),
    Kit(name="@caweb/template", versions=("1.1.3",), pages="content/**/*.html"),
)
SETS = {
    "training": TRAINING,
    "unseen": UNSEEN,
    "fresh": FRESH,
    "second": SECOND,
    "third": THIRD,
    "fourth": FOURTH,
    "fifth": FIFTH,
    "sixth": SIXTH,
    "seventh": SEVENTH,
    "eighth": EIGHTH,
}


def fetch(kit: Kit, root: Path) -> str:
    """Fetch what is missing of a kit; "" or why it cannot be had."""
    for version in kit.versions:
        folder = kit.folder(root, version)
        if folder.is_dir():
            continue
        with tempfile.TemporaryDirectory() as scratch:
            asked = ["npm", "pack", "--silent", f"{kit.name}@{version}"]
            try:
                done = subprocess.run(asked, cwd=scratch, capture_output=True, text=True, timeout=300, check=False)
            except (FileNotFoundError, subprocess.TimeoutExpired) as error:
                return f"{kit.name}@{version}: {error}"
            files = list(Path(scratch).glob("*.tgz"))
            if done.returncode or not files:
                return f"{kit.name}@{version}: npm says {(done.stderr or done.stdout).strip()[:120]}"
            with tarfile.open(files[0]) as archive:
                archive.extractall(folder, filter="data")
    return ""


def pages(kit: Kit, version: str, root: Path, *, most: int) -> Iterator[Path]:
    """Some pages of one version, evenly taken, by their path under the package."""
    base = kit.folder(root, version) / "package"
    patterns = [kit.pages]
    if "{" in kit.pages:
        head, _, rest = kit.pages.partition("{")
        options, _, tail = rest.partition("}")
        patterns = [f"{head}{option}{tail}".removeprefix("./") for option in options.split(",")]
    found = sorted({page for pattern in patterns for page in base.glob(pattern) if "node_modules" not in page.parts})
    step = max(1, len(found) // most)
    yield from found[::step][:most]


def main() -> None:
    root = Path(sys.argv[1])
    root.mkdir(parents=True, exist_ok=True)
    for kit in (kit for kits in SETS.values() for kit in kits):
        why = fetch(kit, root)
        print(f"skipped ({why})" if why else f"{kit.name} {', '.join(kit.versions)}")


if __name__ == "__main__":
    main()
