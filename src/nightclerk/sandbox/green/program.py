"""The dialogue of the green screens: which form is shown, and what a key does to it and to the books."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from nightclerk.sandbox import world
from nightclerk.sandbox.erp import rules
from nightclerk.sandbox.erp.books import Books, Draft, Line, Voucher
from nightclerk.sandbox.green.forms import Form, Text
from nightclerk.sandbox.green.words import WORDS

LINES = 8
_FIRST_LINE = 8


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the books said to a save, as a key of the words."""

    kind: str
    number: str


class Program:
    """One person's session. `form` is the screen; `press(key, values)` is all that can be done to it."""

    def __init__(self, state: Path, *, language: str) -> None:
        self._books, self._words, self._language = Books(state), WORDS[language], language
        self._user, self._draft = "", Draft(
            number="", customer_code="", external_no="", dated=world.business_day(), memo="", lines=()
        )  # fmt: skip
        self.over = False
        self.form = self._login()

    def press(self, key: str, values: Mapping[str, str]) -> None:
        """A key such as Enter, F6 or F12, with what stands in the inputs."""
        {
            "login": self._at_login, "menu": self._at_menu, "voucher": self._at_voucher, "query": self._at_query,
            "customers": self._at_customers, "renumber": self._at_renumber,
        }[self._where](key, {name: value.strip() for name, value in values.items()})  # fmt: skip

    # ------------------------------------------------------------------------------------------- forms

    def _show(self, where: str, title: str, hint: str) -> Form:
        self._where = where
        return Form(title=f"{self._words['product']} - {self._words[title]}", hint=self._words[hint])

    def _login(self, message: str = "") -> Form:
        form = self._show("login", "login", "hint_login")
        form.labelled(8, 24, self._words["user"], "user", 12)
        form.labelled(10, 24, self._words["password"], "password", 20, hidden=True)
        form.message = message
        return form

    def _menu(self, message: str = "") -> Form:
        form = self._show("menu", "menu", "hint_menu")
        form.texts += [
            Text(row=5 + n, col=24, text=self._words[name]) for n, name in enumerate(("m1", "m2", "m3", "m9"))
        ]
        form.labelled(12, 24, self._words["choice"], "choice", 2)
        form.message = message
        return form

    def _voucher(self, values: Mapping[str, str], message: str = "", total: str = "") -> Form:
        words, form = self._words, self._show("voucher", "voucher", "hint_voucher")
        day = world.business_day().isoformat()
        form.labelled(2, 2, words["customer"], "customer", 8, value=values.get("customer", ""))
        form.labelled(2, 40, words["external"], "external", 24, value=values.get("external", ""))
        form.labelled(4, 2, words["dated"], "dated", 10, value=values.get("dated", day))
        form.labelled(4, 40, words["memo"], "memo", 28, value=values.get("memo", ""))
        for name, col in (("item", 6), ("quantity", 28), ("price", 42)):
            form.texts.append(Text(row=_FIRST_LINE - 1, col=col, text=words[name]))
        for n in range(LINES):
            row = _FIRST_LINE + n
            form.texts.append(Text(row=row, col=2, text=f"{n + 1:02d}"))
            for name, col, length in (("item", 6, 16), ("quantity", 28, 6), ("price", 42, 12)):
                form.labelled_at(row, col, f"{name}{n}", length, values.get(f"{name}{n}", ""))
        form.texts.append(Text(row=_FIRST_LINE + LINES + 1, col=42, text=f"{words['total']}: {total or '0.00'}"))
        form.message = message
        return form

    def _query(self, values: Mapping[str, str], rows: Sequence[Voucher] = (), message: str = "") -> Form:
        words, form = self._words, self._show("query", "query", "hint_query")
        form.labelled(2, 2, words["external"], "external", 24, value=values.get("external", ""))
        form.labelled(2, 44, words["number"], "number", 14, value=values.get("number", ""))
        cols = {"number": 2, "external": 18, "dated": 44, "total": 58}
        form.texts += [Text(row=5, col=col, text=words[name]) for name, col in cols.items()]
        for n, row in enumerate(rows[:12]):
            shown = (row.number, row.external_no, row.dated, row.total)
            form.texts += [Text(row=6 + n, col=col, text=text) for col, text in zip(cols.values(), shown, strict=True)]
        form.message = message
        return form

    def _customers(self, values: Mapping[str, str], message: str = "") -> Form:
        words, form = self._words, self._show("customers", "customers", "hint_query")
        code = values.get("code", "")
        form.labelled(2, 2, words["code"], "code", 8, value=code)
        if code in rules.CUSTOMERS:
            name = rules.CUSTOMERS[code] if self._language == "zh" else code
            form.texts.append(Text(row=4, col=2, text=f"{words['name']}: {name}"))
        form.message = message
        return form

    def _renumber(self, number: str) -> Form:
        form = self._show("renumber", "voucher", "hint_renumber")
        form.texts.append(Text(row=8, col=10, text=self._words["e_duplicate"].format(number=number)))
        form.labelled(10, 10, self._words["renumber"], "answer", 1)
        return form

    # -------------------------------------------------------------------------------------------- keys

    def _at_login(self, key: str, values: Mapping[str, str]) -> None:
        if key != "Enter":
            return
        right = (values["user"], values["password"]) == rules.LOGIN
        self._user = values["user"] if right else ""
        self.form = self._menu() if right else self._login(self._words["bad_login"])

    def _at_menu(self, key: str, values: Mapping[str, str]) -> None:
        choice = values["choice"] if key == "Enter" else "-"
        if choice == "9":
            self.over = True
        elif choice == "1":
            self.form = self._voucher({})
        elif choice == "2":
            self.form = self._query({})
        elif choice == "3":
            self.form = self._customers({})
        elif key == "Enter":
            self.form = self._menu(self._words["bad_choice"])

    def _at_voucher(self, key: str, values: Mapping[str, str]) -> None:
        if key == "F12":
            self.form = self._menu()
            return
        if key not in ("F5", "F6"):
            return
        draft = self._drafted(values)
        if isinstance(draft, str):
            self.form = self._voucher(values, draft)
        elif key == "F5":
            self.form = self._voucher(values, total=f"{draft.total:.2f}")
        else:
            self._draft = draft
            self._save(values)

    def _save(self, values: Mapping[str, str]) -> None:
        answer = self._books.save(self._draft, user=self._user)
        if answer.kind == "duplicate":
            self.form = self._renumber(self._draft.number)
            return
        kind = "saved" if answer.kind == "saved" else f"e_{answer.kind}"
        said = self._words[kind].format(number=self._draft.number)
        self.form = self._menu(said) if kind == "saved" else self._voucher(values, said, f"{self._draft.total:.2f}")

    def _at_renumber(self, key: str, values: Mapping[str, str]) -> None:
        if key != "Enter":
            return
        if values["answer"].upper() != "Y":
            self.form = self._menu()
            return
        number = self._books.next_number(after=self._draft.number)
        self._draft = Draft(**{**self._draft.__dict__, "number": number})
        self._save({})

    def _at_query(self, key: str, values: Mapping[str, str]) -> None:
        if key == "F12":
            self.form = self._menu()
        elif key == "Enter" and (values["external"] or values["number"]):
            rows = self._books.find(external_no=values["external"], number=values["number"])
            message = self._words["found"].format(n=len(rows)) if rows else self._words["unknown"]
            self.form = self._query(values, rows, message)

    def _at_customers(self, key: str, values: Mapping[str, str]) -> None:
        if key == "F12":
            self.form = self._menu()
        elif key == "Enter":
            known = values["code"] in rules.CUSTOMERS
            self.form = self._customers(values, "" if known else self._words["unknown"])

    def _drafted(self, values: Mapping[str, str]) -> Draft | str:
        """The voucher that the form describes, or what is wrong with it."""
        lines: list[Line] = []
        for n in range(LINES):
            item, quantity, price = (values[f"{name}{n}"] for name in ("item", "quantity", "price"))
            if not (item or quantity or price):
                continue
            try:
                lines.append(Line(item=item, quantity=int(quantity), price=Decimal(price)))
            except (ValueError, InvalidOperation):
                return self._words["bad_number"].format(row=n + 1)
        try:
            dated = date.fromisoformat(values["dated"])
        except ValueError:
            return self._words["bad_date"]
        if not lines:
            return self._words["no_lines"]
        return Draft(
            number=self._books.next_number(), customer_code=values["customer"], external_no=values["external"],
            dated=dated, memo=values["memo"], lines=tuple(lines),
        )  # fmt: skip
