"""Reading a workspace: everything that is wrong in it is said at once, at file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from nightclerk.errors import WorkspaceError
from nightclerk.workspace import Workspace, find_root, load_workspace, seconds

GOOD_BOT = "bot: export\nflow: flows.export:export\naccount: shop-night\ntimeout: 20m\n"


def make(root: Path, **files: str) -> Workspace:
    (root / "flows").mkdir()
    (root / "bots").mkdir()
    (root / "config").mkdir()
    defaults = {
        "config/apps.yaml": "shop: {url: 'http://127.0.0.1:1'}\n",
        "config/accounts.yaml": "shop-night: {app: shop, user: night, secret: shop-night}\n",
        "bots/export.yaml": GOOD_BOT,
    }
    for name, text in {**defaults, **{k.replace("__", "/"): v for k, v in files.items()}}.items():
        (root / name).write_text(text, encoding="utf-8")
    return load_workspace(root)


def test_a_good_workspace_has_no_faults(tmp_path: Path) -> None:
    """Bots, apps and accounts are read into records."""
    home = make(tmp_path)
    assert home.faults == ()
    bot = home.bot("export")
    assert (bot.accounts, bot.timeout_s) == (("shop-night",), 1200.0)
    account = home.account_for(bot, "shop")
    assert account is not None
    assert account.user == "night"


def test_every_fault_is_reported_with_its_line(tmp_path: Path) -> None:
    """A wrong account, an unknown key, a circle of names and a bad duration all show at once."""
    home = make(
        tmp_path,
        **{
            "bots/export.yaml": GOOD_BOT.replace("shop-night", "shop-nigth"),
            "bots/ship.yaml": "bot: ship\nflow: flows.ship:ship\nafter: [exprot]\n",
            "bots/key.yaml": "bot: key\nflwo: x\ntimeout: soon\n",
        },
    )
    said = [fault.sentence() for fault in home.faults]
    assert any("bots/export.yaml:3: a known account, not 'shop-nigth'. Did you mean 'shop-night'?" in s for s in said)
    assert any("bots/key.yaml:2: a known key, not 'flwo'. Did you mean 'flow'?" in s for s in said)
    assert any("bots/key.yaml:3: a duration such as 20m" in s for s in said)
    assert any("bots/ship.yaml:1: a bot 'exprot' (after)" in s for s in said)


def test_broken_yaml_is_one_sentence(tmp_path: Path) -> None:
    """A file that is no YAML is named with its line; the other bots still run."""
    home = make(tmp_path, **{"bots/bad.yaml": "bot: [x\nflow: y\n"})
    assert home.faults[0].where.startswith("bots/bad.yaml:")
    assert "export" in home.bots
    with pytest.raises(WorkspaceError, match=r"bots/bad.yaml:\d"):
        home.bot("bad")


@pytest.mark.parametrize(
    ("content", "sentences"),
    [
        (b"", ["bots/x.yaml:1: bot: and flow:. See bots/ for examples"]),
        (b"- a\n", ["bots/x.yaml:1: a mapping of names to values. Write lines name: value"]),
        (b"bot: x\nflow: {a: b}\n", ["bots/x.yaml:2: one word for flow, not {'a': 'b'}. Mend flow:"]),
        (b"bot: x\n\xff", ["bots/x.yaml:1: valid YAML ('utf-8' codec can't decode byte 0xff"]),
    ],
)
def test_rubbish_in_a_bots_file_is_one_sentence(tmp_path: Path, content: bytes, sentences: list[str]) -> None:
    """Empty, a list, a flow that is no word, no text at all: one fault each, with file and line."""
    (tmp_path / "bots").mkdir()
    (tmp_path / "bots" / "x.yaml").write_bytes(content)
    found = [fault.sentence() for fault in load_workspace(tmp_path).faults]
    assert [one[: len(sentence)] for one, sentence in zip(found, sentences, strict=True)] == sentences


def test_a_password_in_accounts_is_refused(tmp_path: Path) -> None:
    """Secrets belong into the vault, and the sentence says how."""
    home = make(tmp_path, **{"config/accounts.yaml": "shop-night: {app: shop, password: x}\n"})
    assert "nightclerk vault set shop-night" in home.faults[0].sentence()


def test_the_nearest_bot_is_named(tmp_path: Path) -> None:
    """A mistyped bot gets a suggestion."""
    with pytest.raises(WorkspaceError, match="Did you mean 'export'"):
        make(tmp_path).bot("exprot")


def test_a_sandbox_app_needs_the_sandbox(tmp_path: Path) -> None:
    """An app that the sandbox serves says how to start it."""
    home = make(tmp_path, **{"config/apps.yaml": "shop: {url: sandbox}\n"})
    with pytest.raises(WorkspaceError, match="nightclerk sandbox up"):
        home.app("shop")


def test_outside_any_workspace(tmp_path: Path) -> None:
    """A folder without bots/ and flows/ is none."""
    with pytest.raises(WorkspaceError, match="nightclerk init DIR"):
        find_root(tmp_path)


@pytest.mark.parametrize(("text", "value"), [("90", 90.0), ("20m", 1200.0), ("2h", 7200.0), (5, 5.0), ("1.5s", 1.5)])
def test_durations(text: object, value: float) -> None:
    """Durations are seconds, minutes or hours."""
    assert seconds(text) == value
