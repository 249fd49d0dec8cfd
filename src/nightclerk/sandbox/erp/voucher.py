"""The sales order form: head, grid, computed total, and what F5, F6, F2 and Enter do on it."""

from __future__ import annotations

import tkinter as tk
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Literal

from nightclerk.sandbox import world
from nightclerk.sandbox.erp import boxes, look, rules
from nightclerk.sandbox.erp.books import Draft, Line
from nightclerk.sandbox.erp.windows import LookUp

ROWS = 14
_GRID = (
    ("存货编码", 14),
    ("存货名称", 20),
    ("规格型号", 16),
    ("单位", 6),
    ("数量", 9),
    ("含税单价", 11),
    ("价税合计", 13),
)
_EDITABLE = ("存货编码", "数量", "含税单价")
_NO_VALUE = Decimal(-1)


class FormFault(Exception):
    """The form cannot be read; the message is what the box says."""


class VoucherForm(tk.Frame):
    """One voucher at a time, being viewed or being added."""

    def __init__(self, parent: tk.Misc, window: tk.Tk) -> None:
        super().__init__(parent, bg="white")
        self._window = window
        self.editing = False
        self._head: dict[str, tk.Entry] = {}
        self._cells: dict[tuple[int, str], tk.Entry] = {}
        self._values: dict[object, tk.StringVar] = {}
        title = tk.Label(self, text="销 售 订 单", bg="white", fg=look.BLUE, font=("TkDefaultFont", 18, "bold"))
        title.pack(pady=(10, 4))
        self._build_head()
        self._build_grid()
        self._build_foot()
        self._lock()

    # ------------------------------------------------------------------------------------- reading it

    @property
    def dirty(self) -> bool:
        """Whether something has been keyed that is not saved."""
        keyed = [self._get(name) for name in ("客户", "外部单号", "备注")] + [self._get((0, "存货编码"))]
        return self.editing and any(keyed)

    def draft(self) -> Draft:
        """The voucher as it stands on the form; FormFault when a cell makes no sense."""
        lines = tuple(self._line(row) for row in range(ROWS) if self._get((row, "存货编码")))
        if not lines:
            raise FormFault("表体没有记录，不能保存！")
        try:
            dated = date.fromisoformat(self._get("日期"))
        except ValueError:
            raise FormFault(f"日期不合法：{self._get('日期')}") from None
        return Draft(
            number=self._get("单据号"),
            customer_code=self._get("客户"),
            external_no=self._get("外部单号"),
            dated=dated,
            memo=self._get("备注"),
            lines=lines,
        )

    def _line(self, row: int) -> Line:
        quantity, price = self._amount(row, "数量"), self._amount(row, "含税单价")
        if quantity <= 0 or quantity != int(quantity):
            raise FormFault(f"第 {row + 1} 行：数量必须为正整数")
        if price < 0:
            raise FormFault(f"第 {row + 1} 行：含税单价不合法")
        return Line(item=self._get((row, "存货编码")), quantity=int(quantity), price=price)

    # ------------------------------------------------------------------------------------ changing it

    def begin(self, number: str, day: date) -> None:
        """F5: an empty form with a new number."""
        for value in self._values.values():
            value.set("")
        self._set("单据号", number)
        self._set("日期", day.isoformat())
        self._set("合计", "0.00")
        self._lock(editing=True)
        look.select(self._head["客户"])

    def renumber(self, number: str) -> None:
        self._set("单据号", number)

    def finish(self) -> None:
        """The voucher is saved: show it, editable no more."""
        self._lock()

    def drop(self) -> None:
        """Esc: throw the unsaved voucher away."""
        for value in self._values.values():
            value.set("")
        self._lock()

    def look_up(self) -> None:
        """F2 in the customer or an item cell."""
        focused = self.focus_get()
        if focused is self._head["客户"]:
            self._take(self._head["客户"], show_customers(self._window))
        for (_row, column), cell in self._cells.items():
            if focused is cell and column == "存货编码":
                self._take(cell, show_items(self._window))

    def _take(self, field: tk.Entry, code: str) -> None:
        if code and self.editing:
            field.delete(0, "end")
            field.insert(0, code)
        self._step(field)

    # --------------------------------------------------------------------------------------- building

    def _build_head(self) -> None:
        head = tk.Frame(self, bg="white")
        head.pack(fill="x", padx=18, pady=4)
        places = (
            ("单据号", "", 0, 0, 22), ("日期", "D", 0, 1, 14), ("外部单号", "W", 0, 2, 26),
            ("客户", "K", 1, 0, 22), ("客户名称", "", 1, 1, 24), ("备注", "B", 1, 2, 34),
        )  # fmt: skip
        for name, key, row, column, width in places:
            caption = f"{name}({key})" if key else name
            colour = look.MUST if key in {"D", "W", "K"} else "black"
            label = tk.Label(head, text=caption, bg="white", fg=colour, anchor="e", width=11)
            label.grid(row=row, column=column * 2, padx=(6, 4), pady=4, sticky="e")
            field = look.entry(head, width=width, variable=self._value(name), fixed=not key)
            field.grid(row=row, column=column * 2 + 1, sticky="w", ipady=2)
            self._head[name] = field
            if key:
                look.access_key(self._window, key, partial(self._go, field))
                field.bind("<Return>", look.on(self._step, field))
        self._value("客户").trace_add("write", lambda *_: self._show_customer())

    def _build_grid(self) -> None:
        grid = tk.Frame(self, bg="#b8c4d8", bd=1)
        grid.pack(fill="x", padx=18, pady=8)
        for column, (name, width) in enumerate((("行号", 5), *_GRID)):
            head = tk.Label(grid, text=name, bg=look.PALE, width=width, anchor="w", padx=4)
            head.grid(row=0, column=column, sticky="nsew", padx=(0, 1), pady=(0, 1))
            grid.columnconfigure(column, weight=0 if column == 0 else 1)
        for row in range(ROWS):
            tk.Label(grid, text=str(row + 1), bg=look.FIXED).grid(
                row=row + 1, column=0, sticky="nsew", padx=(0, 1), pady=(0, 1)
            )
            for column, (name, width) in enumerate(_GRID, start=1):
                self._build_cell(grid, row, column, name, width)
        look.access_key(self._window, "l", lambda: self._go(self._cells[0, "存货编码"]))

    def _build_cell(self, grid: tk.Frame, row: int, column: int, name: str, width: int) -> None:
        cell = look.entry(grid, width=width, variable=self._value((row, name)), fixed=name not in _EDITABLE)
        cell.configure(bd=0)
        cell.grid(row=row + 1, column=column, sticky="nsew", padx=(0, 1), pady=(0, 1), ipady=2)
        self._cells[row, name] = cell
        if name in _EDITABLE:
            cell.bind("<Return>", lambda _event: self._step(cell))
            cell.bind("<Down>", lambda _event: self._go(self._cells[min(row + 1, ROWS - 1), name]))
            cell.bind("<Up>", lambda _event: self._go(self._cells[max(row - 1, 0), name]))
            if name != "存货编码":
                self._value((row, name)).trace_add("write", lambda *_: self._compute(row))

    def _build_foot(self) -> None:
        foot = tk.Frame(self, bg="white")
        foot.pack(fill="x", padx=18, pady=(4, 10))
        total = look.entry(foot, width=18, variable=self._value("合计"), fixed=True)
        total.pack(side="right", ipady=2)
        tk.Label(foot, text="价税合计(T)", bg="white").pack(side="right", padx=6)
        tk.Label(foot, text="Enter 下一格   F2 参照   F5 增加   F6 保存   Esc 放弃", bg="white", fg="#777").pack(
            side="left"
        )
        look.access_key(self._window, "t", lambda: self._go(total))
        self._head["合计"] = total

    # ------------------------------------------------------------------------------------- moving about

    def _go(self, field: tk.Entry) -> str:
        """Leave the present cell for `field`, unless the present one holds an unknown item."""
        if self.check_cell():
            look.select(field)
        return "break"

    def _step(self, field: tk.Entry) -> str:
        """Enter: the next cell in keying order."""
        order = [self._head[name] for name in ("客户", "外部单号", "日期", "备注")]
        order += [self._cells[row, name] for row in range(ROWS) for name in _EDITABLE]
        place = order.index(field)
        return self._go(order[min(place + 1, len(order) - 1)])

    def check_cell(self) -> bool:
        """Fill in what belongs to the item in the present cell; a box and False when there is no such item."""
        focused = self.focus_get()
        for (row, name), cell in self._cells.items():
            if focused is cell and name == "存货编码" and self.editing:
                return self._resolve(row)
        return True

    def _resolve(self, row: int) -> bool:
        code = self._get((row, "存货编码"))
        good = rules.ITEMS.get(code)
        if code and good is None:
            boxes.tell(self._window, "错误", rules.missing_item(code).text)
            look.select(self._cells[row, "存货编码"])
            return False
        self._show_item(row, good)
        return True

    def _show_item(self, row: int, good: world.Good | None) -> None:
        for name, text in zip(
            ("存货名称", "规格型号", "单位"), (good.name, good.spec, good.unit) if good else ("",) * 3, strict=True
        ):
            self._set((row, name), text)
        if good and not self._get((row, "含税单价")):
            self._set((row, "含税单价"), f"{good.price:.2f}")

    def _show_customer(self) -> None:
        self._set("客户名称", rules.CUSTOMERS.get(self._get("客户"), ""))

    def _compute(self, row: int) -> None:
        quantity, price = self._amount(row, "数量"), self._amount(row, "含税单价")
        known = quantity >= 0 and price >= 0
        self._set((row, "价税合计"), f"{quantity * price:.2f}" if known else "")
        amounts = [self._amount(r, "价税合计") for r in range(ROWS)]
        self._set("合计", f"{sum((a for a in amounts if a >= 0), Decimal('0.00')):.2f}")

    # -------------------------------------------------------------------------------------- small things

    def _lock(self, *, editing: bool = False) -> None:
        self.editing = editing
        state: Literal["normal", "readonly"] = "normal" if editing else "readonly"
        fields = [self._head[name] for name in ("客户", "外部单号", "日期", "备注")]
        for field in fields + [self._cells[row, name] for row in range(ROWS) for name in _EDITABLE]:
            field.configure(state=state)

    def _amount(self, row: int, column: str) -> Decimal:
        try:
            return Decimal(self._get((row, column)))
        except InvalidOperation:
            return _NO_VALUE

    def _value(self, name: object) -> tk.StringVar:
        return self._values.setdefault(name, tk.StringVar(self._window))

    def _get(self, name: object) -> str:
        return self._values[name].get().strip()

    def _set(self, name: object, text: str) -> None:
        self._values[name].set(text)


def show_customers(window: tk.Tk) -> str:
    """客户参照; the code that was taken, or ""."""
    rows = sorted(rules.CUSTOMERS.items())
    return LookUp(window, "客户", ("客户编码", "客户名称"), rows).ask()


def show_items(window: tk.Tk) -> str:
    """存货参照; the code that was taken, or ""."""
    rows = [(good.code, good.name, good.spec, good.unit) for good in world.GOODS]
    return LookUp(window, "存货", ("存货编码", "存货名称", "规格型号", "单位"), rows).ask()
