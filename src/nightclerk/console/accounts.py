"""People with a role: their passwords (argon2) and the one-time codes that let somebody in without one."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from nightclerk.console.cabinet import Cabinet
from nightclerk.console.rights import Role
from nightclerk.errors import BusinessError

CODE_LASTS = timedelta(hours=12)
SHORTEST_PASSWORD = 10
LONGEST_NAME = 40
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without the look-alikes I, O, 0 and 1
_hasher = PasswordHasher()
#: Compared when nobody has that name, so that a stranger cannot tell by the time it takes.
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))


class WeakPassword(BusinessError):
    """Facts: least."""

    zh = "密码至少 {least} 个字符，且不能与姓名相同。没有改动。"
    en = "A password has at least {least} characters and is not the name. Nothing was changed."


class WrongPassword(BusinessError):
    """The old password does not fit."""

    zh = "原密码不对。没有改动。"
    en = "The old password is wrong. Nothing was changed."


class BadName(BusinessError):
    """Facts: name."""

    zh = "“{name}”不能作为姓名：1 到 40 个字符，首尾不留空格，且尚无人使用。没有改动。"
    en = "“{name}” cannot be a name: 1 to 40 characters, no blanks around it, and nobody else's. Nothing was changed."


class LastAdmin(BusinessError):
    """There would be no admin left."""

    zh = "至少要留一位管理员。没有改动。"
    en = "One admin has to stay. Nothing was changed."


class NameTaken(BusinessError):
    """Somebody of the account service has the name of another account here. Facts: name."""

    zh = "这里已有另一个名为“{name}”的账号，公司账号不能接管它。请管理员处理。"
    en = "Another account here is called “{name}”; a company account cannot take it over. Ask the admin."


class ClosedHere(BusinessError):
    """Facts: name."""

    zh = "“{name}”在这里的账号已停用。"
    en = "The account of “{name}” is closed here."


class SignsInElsewhere(BusinessError):
    """A password here would outlive the company account."""

    zh = "您用公司账号登录，这里不设密码。没有改动。"
    en = "You sign in with your company account, so there is no password here. Nothing was changed."


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody with an account. `closed_at` is set when they may not sign in any more; their name is never reused.

    `subject` is who they are at the company's account service, "" for an account of this console.
    """

    name: str
    role: Role
    made_at: datetime | None = None
    closed_at: datetime | None = None
    has_password: bool = False
    subject: str = ""


def digest(secret: str) -> str:
    """How a random secret is stored: it is long enough that no slow hash is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _plain(code: str) -> str:
    return "".join(code.upper().replace("-", "").split())


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


class Accounts(Cabinet):
    """Users, passwords and codes. Only hashes are stored."""

    def create_user(self, name: str, role: Role) -> None:
        """Add a person, or give a known one another role and end all their sessions."""
        with self._write() as db:
            db.execute(
                "INSERT INTO users (name, role) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET role = excluded.role",
                (name, role.value),
            )
            db.execute("DELETE FROM sessions WHERE user = ?", (name,))

    def ensure_user(self, name: str, role: Role) -> None:
        """Add a person unless known; nobody's role or session is touched."""
        with self._write() as db:
            db.execute("INSERT OR IGNORE INTO users (name, role) VALUES (?, ?)", (name, role.value))

    def invite(self, name: str, role: Role, *, now: datetime, subject: str = "") -> str:
        """Add a person who is not known yet; returns the code for their first sign-in. BadName."""
        if not 0 < len(name) <= LONGEST_NAME or name != name.strip() or not name.isprintable():
            raise BadName(name=name)
        with self._write() as db:
            done = db.execute(
                "INSERT OR IGNORE INTO users (name, role, made_at, subject) VALUES (?, ?, ?, ?)",
                (name, role.value, now.isoformat(), subject),
            )
        if done.rowcount != 1:
            raise BadName(name=name)
        return "" if subject else self.issue_code(name, now=now)

    def people(self) -> list[Person]:
        """Everybody, by name."""
        rows = self._rows(f"SELECT {_OF_A_PERSON} FROM users ORDER BY name")
        return [_person(row) for row in rows]

    def person(self, name: str) -> Person | None:
        rows = self._rows(f"SELECT {_OF_A_PERSON} FROM users WHERE name = ?", name)
        return _person(rows[0]) if rows else None

    def settle(self, subject: str, name: str, role: Role, *, now: datetime) -> str:
        """The name here of somebody of the account service, who is added, or given the role that they have there now.

        NameTaken, ClosedHere, BadName, LastAdmin.
        """
        rows = self._rows(f"SELECT {_OF_A_PERSON} FROM users WHERE subject = ?", subject)
        known = _person(rows[0]) if rows else None
        if known is None:
            if self.person(name) is not None:
                raise NameTaken(name=name)
            self.invite(name, role, now=now, subject=subject)
            return name
        if known.closed_at is not None:
            raise ClosedHere(name=known.name)
        if known.role is not role:
            self.change_role(known.name, role)
        return known.name

    def change_role(self, name: str, role: Role) -> None:
        """Another role; sessions end, tokens keep no more than the new role has. LastAdmin."""
        if role is not Role.ADMIN:
            self._spare_the_last_admin(name)
        self.create_user(name, role)

    def close_account(self, name: str, *, now: datetime) -> None:
        """This person signs in no more; sessions, codes and tokens end. LastAdmin."""
        self._spare_the_last_admin(name)
        with self._write() as db:
            db.execute("UPDATE users SET closed_at = ?, password = '' WHERE name = ?", (now.isoformat(), name))
            for table in ("sessions", "codes", "tokens"):
                db.execute(f"DELETE FROM {table} WHERE user = ?", (name,))

    def _spare_the_last_admin(self, name: str) -> None:
        admins = self._rows("SELECT name FROM users WHERE role = ? AND closed_at = ''", Role.ADMIN.value)
        if [row[0] for row in admins] == [name]:
            raise LastAdmin()

    def set_password(self, name: str, password: str, *, old: str = "") -> None:
        """Choose a password; whoever has one already gives the old one too.

        WeakPassword, WrongPassword, SignsInElsewhere.
        """
        if (person := self.person(name)) is not None and person.subject:
            raise SignsInElsewhere()
        if len(password) < SHORTEST_PASSWORD or password.casefold() == name.casefold():
            raise WeakPassword(least=SHORTEST_PASSWORD)
        known = self._rows("SELECT password FROM users WHERE name = ? AND password <> ''", name)
        if known and not _fits(known[0][0], old):
            raise WrongPassword()
        hashed = _hasher.hash(password)
        with self._write() as db:
            db.execute("UPDATE users SET password = ? WHERE name = ?", (hashed, name))

    def password_fits(self, name: str, password: str) -> bool:
        """Whether this person may sign in with this password. Takes about as long whether the name is known or not."""
        rows = self._rows("SELECT password FROM users WHERE name = ? AND closed_at = '' AND password <> ''", name)
        return _fits(rows[0][0] if rows else _NOBODY, password) and bool(rows)

    def issue_code(self, user: str, *, now: datetime) -> str:
        """A new code that signs `user` in once; the codes issued before stop working."""
        letters = "".join(secrets.choice(_ALPHABET) for _ in range(20))
        with self._write() as db:
            db.execute("DELETE FROM codes WHERE user = ?", (user,))
            expires_at = (now + CODE_LASTS).isoformat()
            db.execute("INSERT INTO codes VALUES (?, ?, ?)", (digest(letters), user, expires_at))
        return "-".join(letters[n : n + 5] for n in range(0, 20, 5))

    def use_code(self, code: str, *, now: datetime) -> str:
        """Whose code this is; it is used up by asking. "" when it is unknown, used, too old or its person is gone."""
        with self._write() as db:
            row = db.execute(
                "DELETE FROM codes WHERE code_hash = ? RETURNING user, expires_at", (digest(_plain(code)),)
            ).fetchone()
        person = self.person(row[0]) if row and datetime.fromisoformat(row[1]) >= now else None
        return person.name if person and person.closed_at is None else ""


def _fits(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


_OF_A_PERSON = "name, role, made_at, closed_at, password <> '', subject"


def _person(row: tuple[str, str, str, str, int, str]) -> Person:
    name, role, made_at, closed_at, has_password, subject = row
    return Person(
        name=name, role=Role(role), made_at=_moment(made_at), closed_at=_moment(closed_at),
        has_password=bool(has_password), subject=subject,
    )  # fmt: skip
