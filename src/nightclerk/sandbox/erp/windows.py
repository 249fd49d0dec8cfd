"""The client's smaller windows: login, look-up (参照), query, save-as."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from pathlib import Path

from nightclerk.sandbox.erp import boxes, look
from nightclerk.sandbox.erp.books import Books


class Login(boxes.Modal):
    """User and password; the result is the user's name once both are right."""

    def __init__(self, parent: tk.Misc, users: dict[str, str], day: str) -> None:
        super().__init__(parent, f"{boxes.PRODUCT} - 登录")
        self._users = users
        banner = tk.Label(
            self, text="云杉 ERP  企业应用平台  U8 仿真", bg=look.BLUE, fg="white", anchor="w", padx=18, pady=12
        )
        banner.configure(font=("TkDefaultFont", 15, "bold"))
        banner.pack(fill="x")
        form = tk.Frame(self, bg=look.FACE, padx=40, pady=18)
        form.pack()
        self._user = look.entry(form, width=26)
        self._password = look.entry(form, width=26)
        self._password.configure(show="●")
        self._password.bind("<Control-c>", lambda _event: "break")
        fixed = ((("账套(A)"), "(001)云杉样例商贸"), ("操作日期", day))
        for row, (label, field) in enumerate((("操作员(U)", self._user), ("密码(P)", self._password))):
            tk.Label(form, text=label, bg=look.FACE).grid(row=row, column=0, sticky="e", padx=8, pady=5)
            field.grid(row=row, column=1, pady=5, ipady=2)
        for row, (label, text) in enumerate(fixed, start=2):
            tk.Label(form, text=label, bg=look.FACE).grid(row=row, column=0, sticky="e", padx=8, pady=5)
            field = look.entry(form, width=26, variable=tk.StringVar(self, text), fixed=True)
            field.configure(takefocus=False)
            field.grid(row=row, column=1, pady=5, ipady=2)
        tk.Button(self, text="登录", width=10, command=self._enter).pack(side="right", padx=40, pady=(0, 16))
        look.access_key(self, "u", lambda: look.select(self._user))
        look.access_key(self, "p", lambda: look.select(self._password))
        self._user.bind("<Return>", lambda _event: look.select(self._password))
        self._password.bind("<Return>", lambda _event: self._enter())

    def ask(self) -> str:
        return self.show(self._user)

    def _enter(self) -> None:
        user = self._user.get().strip()
        if self._users.get(user) == self._password.get():
            self.leave(user)
            return
        self._password.delete(0, "end")
        boxes.tell(self, "错误", "操作员或密码不正确，请重新输入！")
        self.grab_set()
        look.select(self._password)


class LookUp(boxes.Modal):
    """参照: filter a list of codes and names, take one with Enter; the result is its code."""

    def __init__(self, parent: tk.Misc, what: str, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
        super().__init__(parent, f"{boxes.PRODUCT} - {what}参照")
        self._rows = list(rows)
        top = tk.Frame(self, bg=look.FACE)
        top.pack(fill="x", padx=12, pady=10)
        tk.Label(top, text="过滤(S)", bg=look.FACE).pack(side="left")
        self._filter = look.entry(top, width=36)
        self._filter.pack(side="left", padx=8, ipady=2)
        tk.Label(top, text="回车过滤，再回车选用", bg=look.FACE, fg="#666").pack(side="left")
        widths = (110, *(170 for _ in columns[1:]))
        self._table = look.table(self, columns, widths, height=9)
        self._table.pack(fill="both", expand=True, padx=12, pady=(0, 12))
        look.fill_table(self._table, self._rows)
        look.access_key(self, "s", lambda: look.select(self._filter))
        look.access_key(self, "j", self._table.focus_set)
        self._filter.bind("<Return>", lambda _event: self._apply())
        self._table.bind("<Return>", lambda _event: self._take())
        self._table.bind("<Double-1>", lambda _event: self._take())

    def ask(self) -> str:
        return self.show(self._filter)

    def _apply(self) -> None:
        text = self._filter.get().strip()
        look.fill_table(self._table, [row for row in self._rows if any(text in cell for cell in row[:2])])
        self._table.focus_set()

    def _take(self) -> None:
        chosen = self._table.focus()
        if chosen:
            self.leave(str(self._table.item(chosen, "values")[0]))


#: What the only row of an empty result says, beside the number that was asked for.
NOT_FOUND = "未找到"


class Query(boxes.Modal):
    """F3: find vouchers by their external number or their own number."""

    _COLUMNS = ("单据号", "外部单号", "客户", "价税合计", "单据日期")

    def __init__(self, parent: tk.Misc, books: Books) -> None:
        super().__init__(parent, f"{boxes.PRODUCT} - 查询单据")
        self._books = books
        form = tk.Frame(self, bg=look.FACE)
        form.pack(fill="x", padx=14, pady=10)
        self._external = look.entry(form, width=26)
        self._number = look.entry(form, width=20)
        for label, field in (("外部单号(W)", self._external), ("单据号(N)", self._number)):
            tk.Label(form, text=label, bg=look.FACE).pack(side="left", padx=(0, 6))
            field.pack(side="left", padx=(0, 16), ipady=2)
            field.bind("<Return>", look.on(self._search, field))
        self._table = look.table(self, self._COLUMNS, (130, 190, 190, 100, 100), height=6)
        self._table.pack(fill="both", expand=True, padx=14)
        self._says = tk.StringVar(self, "输入条件后按回车查询")
        tk.Label(self, textvariable=self._says, bg=look.FACE, anchor="w").pack(fill="x", padx=14, pady=8)
        look.access_key(self, "w", lambda: look.select(self._external))
        look.access_key(self, "n", lambda: look.select(self._number))
        look.access_key(self, "j", self._table.focus_set)

    def ask(self) -> str:
        return self.show(self._external)

    def _search(self, field: tk.Entry) -> None:
        text = field.get().strip()
        by = {"external_no": text} if field is self._external else {"number": text}
        found = self._books.find(**by) if text else []
        rows = [(v.number, v.external_no, v.customer, v.total, v.dated) for v in found]
        if text and not found:
            rows = [(NOT_FOUND, text, "", "", "")]
        look.fill_table(self._table, rows)
        self._says.set(f"共 {len(found)} 张单据" if found else "未找到符合条件的单据")
        self._table.focus_set()


class SaveAs(boxes.Modal):
    """另存为: a path field; the result is the path once the file has been written."""

    def __init__(self, parent: tk.Misc, name: str, write: Callable[[Path], None]) -> None:
        super().__init__(parent, f"{boxes.PRODUCT} - 另存为")
        self._write = write
        form = tk.Frame(self, bg=look.FACE)
        form.pack(padx=14, pady=16)
        tk.Label(form, text="文件名(N)", bg=look.FACE).pack(side="left", padx=(0, 8))
        self._path = look.entry(form, width=64, variable=tk.StringVar(self, name))
        self._path.pack(side="left", ipady=2)
        tk.Button(self, text="保存(S)", width=9, command=self._save).pack(side="right", padx=14, pady=(0, 12))
        look.access_key(self, "n", lambda: look.select(self._path))
        look.access_key(self, "s", self._save)
        self._path.bind("<Return>", lambda _event: self._save())

    def ask(self) -> str:
        self._path.selection_range(0, "end")
        return self.show(self._path)

    def _save(self) -> None:
        path = Path(self._path.get().strip())
        try:
            self._write(path)
        except OSError as error:
            boxes.tell(self, "错误", f"无法写入文件：{path}\n{error.strerror}")
            self.grab_set()
            return
        self.leave(str(path))
