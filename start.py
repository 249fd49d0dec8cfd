"""Set NightClerk up on this machine and run it: `python3 start.py demo|test|setup|check|bench [flags]`."""

import contextlib
import ctypes.util
import hashlib
import importlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - whoever starts this may well have an older Python
    sys.exit(
        "NightClerk 需要 Python 3.11 或更高版本（现在是 {0}）；请安装后用它运行 start.py。\n"
        "NightClerk needs Python 3.11 or newer (this is {0}); install one and run start.py with it.".format(
            ".".join(map(str, sys.version_info[:3]))
        )
    )

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
EXE = ".exe" if os.name == "nt" else ""
PYTHON = BIN / f"python{EXE}"
NIGHTCLERK = BIN / f"nightclerk{EXE}"
STAMP = VENV / "nightclerk-setup.json"
LOG = ROOT / "data" / "setup.log"

TEXTS = {  # key: (Simplified Chinese, English)
    "usage": (
        "用法：python3 start.py 命令 [参数…]\n"
        "  demo   准备环境，在沙箱里跑完一整夜的班，然后打开控制台\n"
        "  test   准备环境，运行测试\n"
        "  setup  只准备环境（得到 {nightclerk}）\n"
        "  check  代码检查，并检查工作区\n"
        "  bench  运行 benchmarks/ 下的测量",
        "Usage: python3 start.py WORD [FLAG…]\n"
        "  demo   set up, run one whole night shift on the sandbox, open the console on it\n"
        "  test   set up, run the tests\n"
        "  setup  set up only (leaves {nightclerk})\n"
        "  check  lint, types and the workspace's own check\n"
        "  bench  run the measurements under benchmarks/",
    ),
    "unknown": ("没有“{word}”这个命令。", "There is no word “{word}”."),
    "first": (
        "首次准备环境，需要几分钟；以后不到一秒。详细记录：{log}",
        "Setting up: a few minutes the first time, under a second later. Details: {log}",
    ),
    "waiting": (
        "另一个 start.py 正在准备环境，等它完成……",
        "Another start.py is setting up; waiting for it…",
    ),
    "venv": ("创建虚拟环境 .venv", "Making the virtual environment .venv"),
    "rebuild": (
        "旧的 .venv 不完整或不可用，重新创建",
        "The old .venv is incomplete or unusable; making a new one",
    ),
    "no_venv": (
        "这个 Python 缺少 venv/ensurepip，无法创建虚拟环境。"
        "请执行：sudo apt-get install python{version}-venv，再运行一次。",
        "This Python has no venv/ensurepip, so no virtual environment can be made. "
        "Run: sudo apt-get install python{version}-venv, then start again.",
    ),
    "venv_failed": (
        "无法创建 .venv：{why}。请检查磁盘空间和目录权限后再运行一次。",
        "Could not make .venv: {why}. Check the free disk space and the folder's rights, then start again.",
    ),
    "packages": ("安装 {count} 个固定版本的依赖包", "Installing {count} pinned packages"),
    "unpack": ("  下载完成，正在安装……", "  downloaded; unpacking…"),
    "package": ("安装 nightclerk（可编辑方式）", "Installing nightclerk itself (editable)"),
    "pip_failed": (
        "安装依赖包失败：{why}。请检查网络或代理（PIP_INDEX_URL 可指定镜像）后再运行一次；详情见 {log}",
        "Installing the packages failed: {why}. Check the network or proxy (PIP_INDEX_URL names a mirror) "
        "and start again; details in {log}",
    ),
    "apt": ("用 apt 安装：{packages}", "Installing with apt: {packages}"),
    "browser": ("没有找到浏览器，正在安装 Chromium", "No browser found; installing Chromium"),
    "no_browser": (
        "NO_BROWSER：没有 Chrome、Edge 或 Chromium，也装不上；网页机器人无法运行。请安装其中之一，或执行：{command}",
        "NO_BROWSER: no Chrome, Edge or Chromium is here and none could be installed, so web bots cannot run. "
        "Install one, or run: {command}",
    ),
    "no_part": (
        "{code}：缺少 {package}（{purpose}）。Debian、Ubuntu 上请执行：{command}",
        "{code}: {package} is missing ({purpose}). On Debian and Ubuntu: {command}",
    ),
    "ready": ("环境就绪（{seconds} 秒）。", "Ready ({seconds} s)."),
    "no_bench": ("benchmarks/ 下还没有测量程序。", "There are no measurements under benchmarks/ yet."),
    "check_failed": ("未通过：{names}", "Failed: {names}"),
    "interrupted": (
        "已中断；再运行一次会接着完成。",
        "Interrupted; the next start repairs and finishes the set-up.",
    ),
}


def english() -> bool:
    """Whether to speak English: NIGHTCLERK_LANG, else the locale, else Chinese, as nightclerk itself does."""
    chosen = os.environ.get("NIGHTCLERK_LANG", "")
    locale = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return chosen == "en" or (chosen != "zh" and locale.startswith("en"))


def text(key: str, **facts: object) -> str:
    """One text in the language of this terminal."""
    return TEXTS[key][english()].format(**facts)


def tell(key: str, **facts: object) -> None:
    """Set-up talks on standard error: standard output belongs to the command that follows."""
    print(text(key, **facts), file=sys.stderr, flush=True)


class SetupError(Exception):
    """The set-up cannot go on; the message is the sentence for the user."""


# ------------------------------------------------------------------------------------- running things


def run(command: list[str], *, seen: Callable[[str], None] | None = None) -> int:
    """Run a command with its output in the log; `seen` is called with each line."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"\n$ {' '.join(command)}\n")
        log.flush()
        env = {**os.environ, "PYTHONUTF8": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        try:
            process = subprocess.Popen(
                command, cwd=ROOT, env=env, text=True, encoding="utf-8", errors="replace",
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
        except OSError as error:
            log.write(f"{error}\n")
            return 127
        with process:
            for line in process.stdout or ():
                log.write(line)
                if seen:
                    seen(line.rstrip())
    return process.returncode


def hand_over(command: list[str]) -> int:
    """Give this process (or, on Windows, a child) to the command."""
    os.chdir(ROOT)
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name != "nt":
        os.execv(command[0], command)
    return subprocess.call(command)


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Hold the set-up lock; the system lets go of it when a process dies, so it can never be stale."""
    path = ROOT / "data" / "setup.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as handle:
        if not _try_lock(handle.fileno(), wait=False):
            tell("waiting")
            while not _try_lock(handle.fileno(), wait=True):
                pass  # Windows gives up after 10 s; ask again
        yield


def _try_lock(number: int, *, wait: bool) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(number, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(number, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        return False
    return True


# ------------------------------------------------------------------------------------------ the stamp


def digest() -> str:
    """What the set-up depends on; a change of any of it sets up again."""
    parts = [sys.version.encode(), os.fsencode(ROOT)]
    parts += [(ROOT / name).read_bytes() for name in ("requirements.txt", "pyproject.toml", "start.py")]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def stamped() -> bool:
    """Whether a finished set-up of exactly this state is in place."""
    with contextlib.suppress(OSError, ValueError):
        facts = json.loads(STAMP.read_text(encoding="utf-8"))
        return facts["digest"] == digest() and PYTHON.exists() and NIGHTCLERK.exists()
    return False


def set_up() -> None:
    """Bring the machine to where the other words work; at once when it is there already."""
    if not stamped():
        with only_one():
            if not stamped():
                _set_up()
    for sentence in lacking(json.loads(STAMP.read_text(encoding="utf-8"))["missing"]):
        print(sentence, file=sys.stderr, flush=True)


def _set_up() -> None:
    started = time.monotonic()
    STAMP.unlink(missing_ok=True)
    LOG.unlink(missing_ok=True)
    tell("first", log=LOG)
    make_venv()
    install_packages()
    missing = get_browser() + get_desktop_parts()
    STAMP.write_text(json.dumps({"digest": digest(), "missing": missing}), encoding="utf-8")
    tell("ready", seconds=round(time.monotonic() - started))


# --------------------------------------------------------------------------------- venv and packages


def make_venv() -> None:
    """Make `.venv`, or keep the one that is there when it works and was made here by this Python."""
    if VENV.exists():
        if venv_works():
            return
        tell("rebuild")
        shutil.rmtree(VENV, ignore_errors=True)
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if importlib.util.find_spec("ensurepip") is None and not apt_install([f"python{version}-venv"]):
        raise SetupError(text("no_venv", version=version))
    tell("venv")
    last = [""]
    if run([sys.executable, "-m", "venv", str(VENV)], seen=lambda line: last.append(line)) or not venv_works():
        raise SetupError(text("venv_failed", why=last[-1] or LOG))


def venv_works() -> bool:
    """Whether `.venv` runs, has pip, is of this Python version and still stands where it was made."""
    probe = "import sys, pip; print(*sys.version_info[:2])"
    try:
        answer = subprocess.run([PYTHON, "-c", probe], capture_output=True, text=True, timeout=60)
        scripts = [path.read_bytes() for path in BIN.glob("pip*") if path.is_file()]
    except (OSError, subprocess.SubprocessError):
        return False
    same_version = answer.stdout.split() == [str(number) for number in sys.version_info[:2]]
    return same_version and any(os.fsencode(BIN) in script for script in scripts)


def install_packages() -> None:
    """Install the pinned requirements, then the package itself."""
    pinned = re.findall(r"^[\w.\[\]-]+==", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.M)
    tell("packages", count=len(pinned))
    pip = [str(PYTHON), "-m", "pip", "install", "--no-input", "--retries", "8", "--timeout", "60"]
    _pip([*pip, "-r", "requirements.txt"], Progress(len(pinned)))
    tell("package")
    _pip([*pip, "--no-deps", "--editable", "."], Progress(0))


class Progress:
    """Turns pip's output into one moving line on a terminal, a line every ten packages elsewhere."""

    def __init__(self, total: int) -> None:
        self.total, self.done, self.error = total, 0, ""

    def __call__(self, line: str) -> None:
        if line.startswith("ERROR"):
            self.error = self.error or line.removeprefix("ERROR: ")
        elif line.startswith("Installing collected packages") and self.total:
            tell("unpack")
        collecting = re.match(
            r"(?:Collecting|Processing|Ignoring|Requirement already satisfied:) (?:\S+/)?([\w.-]+)", line
        )
        if collecting and self.done < self.total:
            self.done += 1
            self.show(collecting[1])

    def show(self, name: str) -> None:
        if sys.stderr.isatty():
            end = "\n" if self.done == self.total else ""
            print(f"\r  {self.done}/{self.total} {name:<40.40}", end=end, file=sys.stderr, flush=True)
        elif self.done % 10 == 0 or self.done == self.total:
            print(f"  {self.done}/{self.total}", file=sys.stderr, flush=True)


def _pip(command: list[str], progress: Progress) -> None:
    code = run(command, seen=progress)
    if code:
        raise SetupError(text("pip_failed", why=progress.error or f"pip: {code}", log=LOG))


# ------------------------------------------------------------------------------------------- the apt


def is_root_on_debian() -> bool:
    """Whether we may install packages of the system ourselves."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt_install(packages: list[str]) -> bool:
    """Install Debian packages; False when we may not or it did not work."""
    if not is_root_on_debian():
        return False
    tell("apt", packages=" ".join(packages))
    os.environ.setdefault("DEBIAN_FRONTEND", "noninteractive")
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    return run(install) == 0 or (run(["apt-get", "update"]) == 0 and run(install) == 0)


# ------------------------------------------------------------------------------------------- browser


def get_browser() -> list[str]:
    """Find or install a browser; the codes of what is still missing."""
    if has_browser():
        return []
    tell("browser")
    if not (apt_install(["chromium"]) and has_browser()):
        deps = ["--with-deps"] if is_root_on_debian() else []
        run([str(PYTHON), "-m", "playwright", "install", *deps, "chromium"])
    return [] if has_browser() else ["NO_BROWSER"]


def has_browser() -> bool:
    """Whether Chrome, Edge or Chromium is installed, or Playwright has its own."""
    names = ("google-chrome", "google-chrome-stable", "chromium", "chromium-browser", "microsoft-edge")
    if any(_answers(path) for name in names if (path := shutil.which(name))):
        return True
    return any(path.is_file() for path in browser_places()) or any(playwright_folder().glob("chromium-*"))


def _answers(browser: str) -> bool:
    """Ask for the version: Ubuntu's `chromium-browser` may be a stub that only says to install a snap."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        return subprocess.run([browser, "--version"], capture_output=True, timeout=30).returncode == 0
    return False


def browser_places() -> list[Path]:
    """Where installers of Windows and macOS put browsers."""
    if sys.platform == "darwin":
        names = ("Google Chrome", "Microsoft Edge", "Chromium")
        folders = (Path("/Applications"), Path.home() / "Applications")
        return [folder / f"{name}.app/Contents/MacOS/{name}" for folder in folders for name in names]
    tails = (r"Google\Chrome\Application\chrome.exe", r"Microsoft\Edge\Application\msedge.exe")
    variables = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
    return [Path(os.environ[name]) / tail for name in variables if name in os.environ for tail in tails]


def playwright_folder() -> Path:
    """Where `playwright install` puts its browsers."""
    chosen = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    usual = {"darwin": "Library/Caches", "win32": "AppData/Local"}.get(sys.platform, ".cache")
    return Path(chosen) if chosen else Path.home() / usual / "ms-playwright"


# ------------------------------------------------------------------------------------- desktop parts


def _tool(name: str) -> Callable[[], bool]:
    return lambda: shutil.which(name) is not None


def _has_tk() -> bool:
    try:
        importlib.import_module("_tkinter")  # slim images have the module without the library that it needs
    except ImportError:
        return False
    return True


def _has_cjk_font() -> bool:
    folders = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")
    pattern = re.compile(r"cjk|wqy|sourcehan|droidsansfallback|uming|ukai|simsun|msyh", re.I)
    return any(pattern.search(path.name) for folder in folders for path in folder.rglob("*.[tTo][tT]*"))


def _has_accessibility_bus() -> bool:
    places = ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher")
    return any(Path(place).exists() for place in places)


def _has_gi() -> bool:
    return Path("/usr/lib/python3/dist-packages/gi").exists()


def _has_atspi_types() -> bool:
    return any(Path("/usr/lib").glob("*/girepository-1.0/Atspi-2.0.typelib"))


#: Linux package -> (doctor code, what it is for in both languages, whether it is there)
PARTS: dict[str, tuple[str, tuple[str, str], Callable[[], bool]]] = {
    "xvfb": ("NO_XVFB", ("桌面机器人的独立屏幕", "a screen of its own for desktop bots"), _tool("Xvfb")),
    "openbox": ("NO_WINDOW_MANAGER", ("窗口管理", "window manager"), _tool("openbox")),
    "xclip": ("NO_CLIPBOARD", ("用剪贴板录入中文", "typing Chinese by clipboard"), _tool("xclip")),
    "x11-utils": ("NO_XVFB", ("查询屏幕", "asking the screen"), _tool("xdpyinfo")),
    "wmctrl": ("NO_WINDOW_MANAGER", ("列出窗口", "listing windows"), _tool("wmctrl")),
    "fonts-noto-cjk": ("NO_CJK_FONT", ("显示中文", "showing Chinese"), _has_cjk_font),
    "at-spi2-core": ("NO_ACCESSIBILITY_BUS", ("无障碍接口", "accessibility"), _has_accessibility_bus),
    "dbus": ("NO_ACCESSIBILITY_BUS", ("会话总线", "session bus"), _tool("dbus-daemon")),
    "dbus-x11": ("NO_ACCESSIBILITY_BUS", ("会话总线", "session bus"), _tool("dbus-launch")),
    "python3-gi": ("NO_ACCESSIBILITY_BUS", ("读取无障碍树", "reading the accessibility tree"), _has_gi),
    "gir1.2-atspi-2.0": ("NO_ACCESSIBILITY_BUS", ("读取无障碍树", "reading the accessibility tree"), _has_atspi_types),
    "libgl1": ("NO_DISPLAY", ("图像库", "picture library"), lambda: ctypes.util.find_library("GL") is not None),
    "python3-tk": ("NO_TK", ("沙箱里的 ERP 窗口", "the sandbox's ERP window"), _has_tk),
}


def get_desktop_parts() -> list[str]:
    """On Linux, install what desktop bots need; the names of what is still missing."""
    packages = absent_parts()
    if packages and not apt_install(packages):
        for package in packages:  # one that cannot be had must not keep the others away
            apt_install([package])
    return absent_parts()


def absent_parts() -> list[str]:
    """Packages of PARTS that this machine needs and lacks."""
    if not sys.platform.startswith("linux"):
        return [] if _has_tk() else ["python3-tk"]
    importlib.invalidate_caches()
    return [package for package, (_, _, there) in PARTS.items() if not there()]


def lacking(missing: list[str]) -> list[str]:
    """One sentence for each part that an earlier set-up could not get and that is still not there."""
    sentences = []
    for name in missing:
        if name == "NO_BROWSER" and not has_browser():
            sentences.append(text("no_browser", command=f"{PYTHON} -m playwright install chromium"))
        elif name in PARTS and not PARTS[name][2]():
            code, purpose, _ = PARTS[name]
            why, command = purpose[english()], f"sudo apt-get install {name}"
            sentences.append(text("no_part", code=code, package=name, purpose=why, command=command))
    return sentences


# ------------------------------------------------------------------------------------------- the words


def demo(flags: list[str]) -> int:
    return hand_over([str(NIGHTCLERK), "demo", *flags])


def test(flags: list[str]) -> int:
    # A whole shift waits more than it works: the other tests run beside it, each file in one process.
    return hand_over([str(PYTHON), "-m", "pytest", "-n", "2", "--dist", "loadfile", *flags])


def setup(flags: list[str]) -> int:
    return 0


def check(flags: list[str]) -> int:
    """Run every check, even after one failed, and name those that did."""
    commands = {
        "ruff check": [str(BIN / f"ruff{EXE}"), "check", "."],
        "ruff format": [str(BIN / f"ruff{EXE}"), "format", "--check", "."],
        "mypy": [str(PYTHON), "-m", "mypy"],
        "nightclerk check": [str(NIGHTCLERK), "check", *flags],
    }
    failed = [name for name, command in commands.items() if subprocess.call(command, cwd=ROOT)]
    if failed:
        tell("check_failed", names=", ".join(failed))
    return 1 if failed else 0


def bench(flags: list[str]) -> int:
    """Run every program under `benchmarks/`, flags passed on; 1 when one of them failed."""
    programs = sorted((ROOT / "benchmarks").glob("[!_]*.py"))
    if not programs:
        tell("no_bench")
    codes = [subprocess.call([str(PYTHON), str(program), *flags], cwd=ROOT) for program in programs]
    return 1 if any(codes) else 0


WORDS = {"demo": demo, "test": test, "setup": setup, "check": check, "bench": bench}


def main(arguments: list[str]) -> int:
    """Set up, then do what the first word says with all that follows it."""
    word, flags = (arguments[0], arguments[1:]) if arguments else ("", [])
    if word not in WORDS:
        if word.lstrip("-") not in ("", "h", "help"):
            tell("unknown", word=word)
        tell("usage", nightclerk=NIGHTCLERK)
        return 0 if word in ("-h", "--help", "help") else 2
    try:
        set_up()
        return WORDS[word](flags)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        tell("interrupted")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
