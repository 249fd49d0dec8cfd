"""The main window: menu, toolbar, work area, and what every key does there."""

from __future__ import annotations

import os
import random
import tkinter as tk
from collections.abc import Callable
from functools import partial
from pathlib import Path

from nightclerk.sandbox import world
from nightclerk.sandbox.erp import boxes, look, rules
from nightclerk.sandbox.erp.books import Answer, Books, Draft
from nightclerk.sandbox.erp.lists import LISTINGS, Listing, ListPage
from nightclerk.sandbox.erp.voucher import FormFault, VoucherForm, show_customers, show_items
from nightclerk.sandbox.erp.windows import Login, Query, SaveAs
from nightclerk.sandbox.troubles import Troubles

PRODUCT = boxes.PRODUCT
_DIED = 3


class Client:
    """One running client program."""

    def __init__(self, state: Path, troubles: Troubles, *, plain: bool = False) -> None:
        self._books = Books(state, plain=plain)
        self._troubles = troubles
        self._state = state
        self._busy = False
        self.user = ""
        self.root = tk.Tk(className="Yunshan ERP")
        self.root.withdraw()
        self.root.title(f"{PRODUCT} - 工作台")
        look.dress(self.root)
        self.root.geometry(f"1180x690+{(self.root.winfo_screenwidth() - 1180) // 2}+26")
        self.root.protocol("WM_DELETE_WINDOW", self._leave)
        self._buttons: dict[str, tk.Button] = {}
        self._build_menu()
        self._build_toolbar()
        self._build_tree()
        self._area = tk.Frame(self.root, bg="white")
        self._area.pack(fill="both", expand=True)
        self._status = tk.StringVar(self.root)
        self._build_status()
        self._home = self._build_home()
        self._form = VoucherForm(self._area, self.root)
        self._page: tk.Frame = self._home
        self._bind_keys()

    def run(self) -> None:
        """Log in and work until the window is closed."""
        self.root.after(0, self._log_in)
        self.root.mainloop()

    # ------------------------------------------------------------------------------------------- session

    def _log_in(self) -> None:
        self.root.withdraw()
        self.user = Login(self.root, dict([rules.LOGIN]), world.business_day().isoformat()).ask()
        if not self.user:
            self.root.destroy()
            return
        self._status.set(
            f"操作员：{self.user}    操作日期：{world.business_day().isoformat()}    账套：(001)云杉样例商贸"
        )
        self.root.deiconify()
        self._show(self._home, "工作台")
        self.root.focus_force()

    def _session_lost(self) -> None:
        """会话超时: what was keyed is gone, the login window comes again."""
        boxes.MessageBox(self.root, "警告", "会话超时，请重新登录！", ("确定",), title=f"{PRODUCT} - 会话超时").ask()
        self._form.drop()
        self._log_in()

    # --------------------------------------------------------------------------------------------- pages

    def _show(self, page: tk.Frame, title: str) -> None:
        if self._page is not page:
            self._page.pack_forget()
            if isinstance(self._page, ListPage):
                self._page.destroy()
        self._page = page
        page.pack(in_=self._area, fill="both", expand=True)
        self._title(title)
        self._refresh_buttons()

    def _title(self, text: str) -> None:
        self.root.title(f"{PRODUCT} - {text}")

    def _open_form(self) -> None:
        if self._may_leave():
            self._show(self._form, "销售订单 - 浏览")
            self.root.focus_set()

    def _open_list(self, listing: Listing) -> None:
        if self._may_leave():
            page = ListPage(self._area, self._books, listing)
            self._show(page, listing.name)
            page.take_focus()

    def _may_leave(self) -> bool:
        """Ask about unsaved changes; False when the user wants to stay."""
        if not self._form.dirty:
            self._form.drop()
            return True
        answer = boxes.ask(self.root, "是否保存对当前单据的更改？", "是", "否", "取消")
        if answer == "是":
            self._save()
            return False
        if answer == "否":
            self._form.drop()
            return True
        return False

    # ------------------------------------------------------------------------------------------ the keys

    def _add(self) -> None:
        if self._page is not self._form and not self._may_leave():
            return
        if self._form.dirty and not self._may_leave():
            return
        if self._troubles.strike("popup", "erp", at_most=1, after=9):
            text = "系统公告：今晚 23:00–23:30 数据库维护，\n届时请退出系统。详情请咨询信息部。"
            boxes.MessageBox(self.root, "提示", text, ("知道了",), title="系统公告").ask()
        self._show(self._form, "销售订单 - 新增")
        self._form.begin(self._books.next_number(), world.business_day())
        self._refresh_buttons()

    def _save(self) -> None:
        if not self._form.editing or self._busy or not self._form.check_cell():
            return
        try:
            draft = self._form.draft()
        except FormFault as fault:
            boxes.tell(self.root, "错误", str(fault))
            return
        if self._troubles.strike("lost-session", "erp", at_most=1, after=20):
            self._session_lost()
            return
        answer = self._books.save(draft, user=self.user)
        if answer.kind == "saved" and self._troubles.strike("lost-answer", "erp", at_most=3, after=6, every=15):
            self._lose_the_answer(draft)
            return
        self._slowly(lambda: self._say(answer, draft))

    def _say(self, answer: Answer, draft: Draft) -> None:
        if answer.kind == "duplicate":
            if boxes.ask(self.root, answer.text, "是", "否") == "是":
                self._form.renumber(self._books.next_number(after=draft.number))
                self._save()
            return
        if answer.kind == "saved":
            self._form.finish()
            self._title(f"销售订单 - 浏览 {draft.number}")
            self._refresh_buttons()
        boxes.tell(self.root, _KINDS.get(answer.kind, "错误"), answer.text)

    def _lose_the_answer(self, draft: Draft) -> None:
        """The voucher is in the books, but the client never says so: every second time the program dies."""
        if self._troubles.strike("lost-answer", "erp", at_most=1, after=1, spot="dies"):
            os._exit(_DIED)
        self._slowly(
            lambda: boxes.tell(self.root, "错误", "网络超时，请检查与服务器的连接后重试！\n（错误号 -2147467259）")
        )

    def _slowly(self, then: Callable[[], None]) -> None:
        """Answer at once, or under the trouble `slow` after a while in which the window does not respond."""
        if not self._troubles.strike("slow", "erp", at_most=12, every=6):
            then()
            return
        self._busy = True
        title = self.root.title()
        self.root.title(f"{title} (未响应)")
        self.root.configure(cursor="watch")

        def go_on() -> None:
            self._busy = False
            self.root.title(title)
            self.root.configure(cursor="")
            then()

        self.root.after(random.Random(self._books.count()).randint(500, 2000), go_on)

    def _back(self) -> None:
        """Esc: give the voucher up, or leave the list."""
        if self._page is self._form and self._form.editing:
            if self._may_leave():
                self._show(self._form, "销售订单 - 浏览")
        elif isinstance(self._page, ListPage):
            self._show(self._home, "工作台")

    def _query(self) -> None:
        Query(self.root, self._books).ask()

    def _refer(self) -> None:
        if self._page is self._form and self._form.editing:
            self._form.look_up()
        else:
            show_customers(self.root)

    def _export(self) -> None:
        page = self._page
        if not isinstance(page, ListPage):
            return
        name = f"{self.root.title().rpartition(' ')[2]}.csv"
        path = SaveAs(self.root, str(Path.home() / name), page.write).ask()
        if path:
            boxes.tell(self.root, "提示", f"输出成功！共 {page.count} 行\n文件：{path}")

    def _leave(self) -> None:
        if self._may_leave():
            self.root.destroy()

    def _bind_keys(self) -> None:
        keys = {"<F5>": self._add, "<F6>": self._save, "<F3>": self._query, "<F2>": self._refer}
        for sequence, act in {**keys, "<F8>": self._export, "<Escape>": self._back}.items():
            self.root.bind(sequence, look.on(self._do, act))
        look.access_key(self.root, "1", lambda: self._do(self._open_form))
        for n, listing in enumerate(LISTINGS, start=2):
            look.access_key(self.root, str(n), partial(self._do, partial(self._open_list, listing)))

    def _do(self, act: Callable[[], None]) -> str:
        """Run what a key stands for, unless a box is open or the program is busy."""
        if not self._busy and not look.modals:
            act()
        return "break"

    # -------------------------------------------------------------------------------------------- looks

    def _build_menu(self) -> None:
        menu = tk.Menu(self.root, tearoff=False)
        for caption in ("系统", "供应链", "财务会计", "基础档案", "报表", "窗口", "帮助"):
            sub = tk.Menu(menu, tearoff=False)
            menu.add_cascade(label=caption, menu=sub)
            if caption == "供应链":
                sub.add_command(label="销售订单    Alt+1", command=self._open_form)
                for n, listing in enumerate(LISTINGS, start=2):
                    sub.add_command(label=f"{listing.name}    Alt+{n}", command=partial(self._open_list, listing))
            elif caption == "基础档案":
                sub.add_command(label="客户参照", command=lambda: show_customers(self.root))
                sub.add_command(label="存货参照", command=lambda: show_items(self.root))
            elif caption == "系统":
                sub.add_command(label="退出", command=self._leave)
            else:
                sub.add_command(label="（未启用）", state="disabled")
        self.root.configure(menu=menu)

    def _build_toolbar(self) -> None:
        bar = tk.Frame(self.root, bg=look.FACE, bd=1, relief="raised")
        bar.pack(fill="x")
        acts = (
            ("增加", "F5", self._add), ("保存", "F6", self._save), ("放弃", "Esc", self._back),
            ("查询", "F3", self._query), ("参照", "F2", self._refer), ("输出", "F8", self._export),
        )  # fmt: skip
        for name, key, act in acts:
            button = tk.Button(
                bar, text=f"{name}\n{key}", width=6, relief="flat", bg=look.FACE, takefocus=False,
                disabledforeground="#a8a8a8", activebackground=look.PALE, command=partial(self._do, act),
            )  # fmt: skip
            button.pack(side="left", padx=2, pady=2)
            self._buttons[name] = button
        tk.Label(bar, text="云杉 U8 仿真 · 练习系统", bg=look.FACE, fg="#888").pack(side="right", padx=12)

    def _refresh_buttons(self) -> None:
        form, listed = self._page is self._form, isinstance(self._page, ListPage)
        enabled = {
            "增加": not self._form.editing,
            "保存": form and self._form.editing,
            "放弃": (form and self._form.editing) or listed,
            "输出": listed,
        }
        for name, button in self._buttons.items():
            button.configure(state="normal" if enabled.get(name, True) else "disabled")

    def _build_tree(self) -> None:
        side = tk.Frame(self.root, bg=look.PALE, width=170)
        side.pack(side="left", fill="y")
        side.pack_propagate(False)
        tk.Label(side, text="业务导航", bg=look.BLUE, fg="white", anchor="w", padx=10, pady=6).pack(fill="x")
        entries: list[tuple[str, Callable[[], None] | None]] = [("销售管理", None), ("  销售订单", self._open_form)]
        for listing in LISTINGS:
            entries.append((f"  {listing.name}", partial(self._open_list, listing)))
        for caption, act in entries:
            label = tk.Label(
                side, text=caption, bg=look.PALE, anchor="w", padx=12, pady=5, cursor="hand2" if act else ""
            )
            label.pack(fill="x")
            if act:
                label.bind("<Button-1>", look.on(self._do, act))

    def _build_status(self) -> None:
        bar = tk.Label(self.root, textvariable=self._status, bg=look.FACE, anchor="w", bd=1, relief="sunken", padx=10)
        bar.pack(side="bottom", fill="x", before=self._area)

    def _build_home(self) -> tk.Frame:
        home = tk.Frame(self._area, bg="white")
        tk.Label(home, text="云杉ERP 工作台", bg="white", fg=look.BLUE, font=("TkDefaultFont", 24, "bold")).pack(
            pady=(110, 14)
        )
        hints = "Alt+1 销售订单\n" + "\n".join(f"Alt+{n} {listing.name}" for n, listing in enumerate(LISTINGS, start=2))
        tk.Label(home, text=hints, bg="white", fg="#555", justify="left").pack()
        return home


_KINDS = {"saved": "提示", "locked": "警告", "closed": "警告"}
