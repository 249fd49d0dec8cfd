"""What only web pages do: frames, shadow roots, pop-ups, browser dialogs, tabs, drawn selects, pictures with masks."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nightclerk.errors import ElementAmbiguous, ElementNotFound, UnknownPopup, WaitTimeout, WorkspaceError
from nightclerk.ports import AppSettings, Box, Found, Popup, Selector, SelectorSet
from nightclerk.web.driver import open_web
from nightclerk.web.faults import CannotAct, NoSuchOption, PageUnavailable, WrongContent
from nightclerk.web.page import WebPage

Show = Callable[..., None]


@pytest.fixture
def show(web: WebPage, site: Any) -> Show:
    """Show a page that a test has written, with its elements given as name=css or name={…}."""

    def put(html: str, *, popups: tuple[Popup, ...] = (), unpictured: tuple[str, ...] = (), **elements: Any) -> None:
        path = f"/written/{len(site.written)}"
        site.written[path] = f"<!doctype html><meta charset=utf-8><title>测试页</title>{html}"
        web.selectors = SelectorSet(
            app="shop",
            elements={name: selector(name, spec) for name, spec in elements.items()},
            popups=popups,
            unpictured=tuple(selector(f"unpictured.{css}", css) for css in unpictured),
        )
        web.goto(f"{site}{path}", timeout_s=10)

    return put


def selector(name: str, spec: Any) -> Selector:
    spec = {"css": spec} if isinstance(spec, str) else dict(spec)
    flags = {key: spec.pop(key) for key in ("within", "frame", "commits", "private", "secret") if key in spec}
    ways = (spec, *({"css": css} for css in spec.pop("fallback", ())))
    return Selector(name=name, ways=ways, **flags)


def find(web: WebPage, name: str, timeout_s: float = 3.0, **values: str) -> Found:
    return web.find(web.selectors.elements[name], values, timeout_s=timeout_s)


def click(web: WebPage, name: str) -> None:
    web.click(find(web, name))


def text(web: WebPage, name: str) -> str:
    return web.read(find(web, name))


def popup(name: str, marker: dict[str, str], close: dict[str, str] | None = None) -> Popup:
    return Popup(
        name=name, marker=selector(f"{name}.marker", marker), close=selector(f"{name}.close", close) if close else None
    )


# ------------------------------------------------------------------------------------------------ finding


def test_frames_inside_frames_are_reached(web: WebPage, show: Show) -> None:
    """A chain of `frame` leads into nested iframes."""
    inner = "<label>账号 <input></label>"
    show(
        f"<iframe id=outer srcdoc=\"<iframe id=inner srcdoc='{inner}'></iframe>\"></iframe>",
        outer="#outer",
        inner={"css": "#inner", "frame": "outer"},
        user={"label": "账号", "frame": "inner"},
    )
    web.fill(find(web, "user"), "云杉:夜班01")
    assert text(web, "user") == "云杉:夜班01"


def test_open_shadow_roots_are_seen_through(web: WebPage, show: Show) -> None:
    """Role, label and css find what lives in an open shadow root."""
    show(
        "<x-box></x-box><p id=said></p><script>customElements.define('x-box', class extends HTMLElement {"
        "constructor() { super(); this.attachShadow({mode: 'open'}).innerHTML = '<button>保存</button>';"
        "this.shadowRoot.firstChild.onclick = () => said.textContent = '存了'; } })</script>",
        save={"role": "button", "name": "保存"},
        said="#said",
    )
    click(web, "save")
    assert text(web, "said") == "存了"


def test_within_tells_rows_apart(web: WebPage, show: Show) -> None:
    """The same button in another row is never clicked; without its row the button does not exist."""
    show(
        "".join(
            f"<div class=row data-order={n}><button onclick='said.textContent={n}'>发货</button></div>" for n in (1, 2)
        )
        + "<p id=said></p>",
        row='.row[data-order="{order}"]',
        ship={"role": "button", "name": "发货", "within": "row"},
        said="#said",
    )
    web.click(find(web, "ship", order="2"))
    assert text(web, "said") == "2"
    with pytest.raises(ElementNotFound):
        find(web, "ship", timeout_s=0.1, order="3")


def test_two_rows_of_one_key_are_never_taken_for_none(web: WebPage, show: Show) -> None:
    """Where the row itself is ambiguous, "is it there?" has no answer: `once` would take "no" for proof."""
    show(
        "<p class=row>A <b>已发货</b></p><p class=row>A <b>已发货</b></p>",
        row=".row",
        state={"css": "b", "within": "row"},
    )
    with pytest.raises(ElementAmbiguous, match="row fits 2 things"):
        web.texts(web.selectors.elements["state"], {})
    with pytest.raises(ElementAmbiguous, match="row fits 2 things"):
        find(web, "state", timeout_s=0.2)


def test_submit_is_not_submit_all(web: WebPage, show: Show) -> None:
    """Names are exact: the button that only begins alike is somebody else."""
    show("<button>提交全部</button>", submit={"role": "button", "name": "提交"})
    with pytest.raises(ElementNotFound, match="the screen shows 测试页 — 提交全部"):
        find(web, "submit", timeout_s=0.2)


def test_a_fallback_finds_a_renamed_button(web: WebPage, show: Show) -> None:
    """The journal says that a fallback was used, and which."""
    show("<button id=go>检索</button>", search={"role": "button", "name": "查询", "fallback": ["#go"]})
    assert find(web, "search").way == "fallback 1: css=#go"


def test_an_element_that_comes_late_is_waited_for(web: WebPage, show: Show) -> None:
    """The wait ends when the element is there, not after a fixed time."""
    show("<script>setTimeout(() => document.body.innerHTML = '<b>到了</b>', 400)</script>", late={"text": "到了"})
    assert text(web, "late") == "到了"


def test_a_broken_css_is_a_fault_of_the_workspace(web: WebPage, show: Show) -> None:
    """The sentence names the element and the way that the browser cannot read."""
    show("", bad="tr[")
    with pytest.raises(WorkspaceError, match=r"the browser cannot read css=tr\[ of bad"):
        find(web, "bad", timeout_s=0.2)


# ------------------------------------------------------------------------------------- what is in the way

SURVEY = "<div class=survey style='position:fixed;inset:0;background:#fff'>满意度调查<button>关闭</button></div>"
SAVE = "<button onclick='said.textContent=\"存了\"'>保存</button><p id=said></p>"
ELEMENTS = {"save": {"role": "button", "name": "保存"}, "said": "#said"}


def test_a_known_popup_is_closed_and_reported(web: WebPage, show: Show) -> None:
    """The pop-up goes, the act goes through, the journal hears of it."""
    closing = SURVEY.replace("<button", "<button onclick='this.parentElement.remove()'")
    known = popup("survey", {"css": ".survey"}, {"css": ".survey button"})
    show(SAVE + closing, popups=(known,), **ELEMENTS)
    click(web, "save")
    assert text(web, "said") == "存了"
    assert web.popups == ["survey"]  # type: ignore[attr-defined]


def test_an_unknown_popup_stops_the_flow(web: WebPage, show: Show) -> None:
    """Nothing is clicked, and the error says what the pop-up says."""
    show(SAVE + SURVEY, **ELEMENTS)
    with pytest.raises(UnknownPopup, match=r"An unknown pop-up covers shop: “满意度调查 ?关闭”"):
        click(web, "save")
    assert web.texts(web.selectors.elements["said"], {}) == []


def test_a_popups_text_is_masked_before_it_is_shortened(web: WebPage, show: Show) -> None:
    """An address that the shortening would cut in two leaves neither province nor city in the sentence."""
    said = f"{'请核对' * 63}浙江省杭州市西湖区文三路90号3幢"
    show(SAVE + SURVEY.replace("满意度调查", said), **ELEMENTS)
    with pytest.raises(UnknownPopup) as told:
        click(web, "save")
    assert "请核对" in str(told.value)
    assert not [word for word in ("浙江", "杭州") if word in str(told.value)]


def test_an_unknown_popup_over_a_frame_is_seen_from_inside(web: WebPage, show: Show) -> None:
    """An element in an iframe is covered too when the pop-up belongs to the page around it."""
    show(
        f"<iframe id=f srcdoc='<button>保存</button>'></iframe>{SURVEY}",
        f="#f",
        save={"role": "button", "name": "保存", "frame": "f"},
    )
    with pytest.raises(UnknownPopup, match="满意度调查"):
        click(web, "save")


def test_a_popup_between_find_and_click_is_seen(web: WebPage, show: Show) -> None:
    """What came up after the element was found stops the click all the same."""
    show(SAVE, **ELEMENTS)
    found = find(web, "save")
    web._page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", SURVEY)
    with pytest.raises(UnknownPopup, match="满意度调查"):
        web.click(found)
    assert web.texts(web.selectors.elements["said"], {}) == []


def test_a_popup_made_of_a_frame_is_seen(web: WebPage, show: Show) -> None:
    """An advertisement in an iframe over the page is a pop-up although its words are not ours to read."""
    style = "position:fixed;inset:0;width:100%;height:100%"
    cover = f"<iframe class=ad-popup style='{style}' srcdoc='<a href=#>领券</a>'></iframe>"
    web._settings = AppSettings(name="shop", timeout_s=2.0)
    show(SAVE + cover, **ELEMENTS)
    with pytest.raises(UnknownPopup):
        click(web, "save")


def test_a_toast_is_no_popup(web: WebPage, show: Show) -> None:
    """A message that passes by over the button is waited out, and the click goes through."""
    toast = "<div class=toast style='position:fixed;top:0;left:0;width:300px;height:60px'>已复制</div>"
    gone = "<script>setTimeout(() => document.querySelector('.toast').remove(), 700)</script>"
    show(SAVE + toast + gone, **ELEMENTS)
    click(web, "save")
    assert text(web, "said") == "存了"


def test_a_loading_mask_is_waited_out(web: WebPage, show: Show) -> None:
    """A cover with nothing to answer is no pop-up: the act waits until it has gone."""
    mask = "<div class=loading-mask style='position:fixed;inset:0'>加载中</div>"
    gone = "<script>setTimeout(() => document.querySelector('.loading-mask').remove(), 1600)</script>"
    show(SAVE + mask + gone, **ELEMENTS)
    click(web, "save")
    assert text(web, "said") == "存了"


def test_a_sticky_header_is_no_popup(web: WebPage, show: Show) -> None:
    """What is scrolled under a fixed bar is scrolled out again and clicked."""
    bar = "<div style='position:fixed;top:0;left:0;right:0;height:90px;background:#eee'>导航 <a href=#>首页</a></div>"
    show(f"{bar}<div style='height:3000px'></div>{SAVE}<div style='height:3000px'></div>", **ELEMENTS)
    click(web, "save")
    assert text(web, "said") == "存了"


def test_an_unknown_alert_is_told(web: WebPage, show: Show) -> None:
    """The box is answered, so that the page lives on, and its text is the error."""
    show("<button onclick=\"alert('登录即将过期')\">保存</button>", **ELEMENTS)
    with pytest.raises(UnknownPopup, match="登录即将过期"):
        click(web, "save")


def test_an_unknown_question_is_refused(web: WebPage, show: Show) -> None:
    """Nobody has said that this may be confirmed, so it is cancelled."""
    show("<button onclick=\"said.textContent = confirm('删除?')\">保存</button><p id=said></p>", **ELEMENTS)
    with pytest.raises(UnknownPopup, match="删除"):
        click(web, "save")
    assert text(web, "said") == "false"


def test_a_known_question_is_answered_as_described(web: WebPage, show: Show) -> None:
    """A `dialog` marker with `answer: accept` confirms, and the journal hears of it."""
    known = popup("sure", {"dialog": "/^确认提交/"}, {"answer": "accept"})
    show(
        "<button onclick=\"said.textContent = confirm('确认提交 3 条?')\">保存</button><p id=said></p>",
        popups=(known,),
        **ELEMENTS,
    )
    click(web, "save")
    assert text(web, "said") == "true"
    assert web.popups == ["sure"]  # type: ignore[attr-defined]


def test_a_disabled_button_is_said_to_be_disabled(web: WebPage, show: Show) -> None:
    """The error tells why the click was not taken."""
    show("<button disabled>保存</button>", **ELEMENTS)
    with pytest.raises(CannotAct, match=r"save does not take a click: .*not enabled"):
        click(web, "save")


# ------------------------------------------------------------------------------------------------- acting


def test_a_commit_reaches_the_server_once(web: WebPage, show: Show, site: Any) -> None:
    """A slow answer leads to no second click."""
    show(
        "<form method=post action=/take><button>确认发货</button></form>",
        ship={"role": "button", "name": "确认发货", "commits": True},
        done=".done",
    )
    site.asked.clear()
    click(web, "ship")
    assert text(web, "done") == "提交成功"
    assert site.asked.count("/take") == 1


def test_a_new_tab_becomes_the_current_one(web: WebPage, show: Show, site: Any) -> None:
    """After the click, elements are looked for in the tab that it opened; when that closes, in the one before."""
    site.written["/tab"] = "<title>新页</title><button onclick=window.close()>关掉</button>"
    show(
        "<a target=_blank href=/tab rel=opener>打开</a>",
        open={"role": "link", "name": "打开"},
        close={"role": "button", "name": "关掉"},
    )
    click(web, "open")
    find(web, "close")
    assert web.title() == "新页"
    click(web, "close")
    assert find(web, "open").way == "role=link name=打开"
    assert web.title() == "测试页"


def test_a_download_that_opens_a_tab_still_arrives(web: WebPage, show: Show, site: Any, tmp_path: Path) -> None:
    """Sites like to send files through a new tab."""
    show(f"<a target=_blank href='{site}/export.csv'>下载</a>", get={"role": "link", "name": "下载"})
    first = web.download(find(web, "get"), tmp_path, timeout_s=5)
    second = web.download(find(web, "get"), tmp_path, timeout_s=5)
    assert (first.name, second.name) == ("订单.csv", "订单 (2).csv")


def test_no_file_is_an_error_that_shows_the_page(web: WebPage, show: Show, tmp_path: Path) -> None:
    """A site that answers with a message instead of a file is quoted."""
    show(
        "<button onclick=\"document.body.append('导出过于频繁')\">下载</button>", get={"role": "button", "name": "下载"}
    )
    with pytest.raises(WaitTimeout, match=r"Waited 0.5 s for the file that get should send; .*导出过于频繁"):
        web.download(find(web, "get"), tmp_path, timeout_s=0.5)


def test_a_virtual_select_is_scrolled_to_its_option(web: WebPage, site: Any) -> None:
    """An option that is not drawn yet is reached, and near-equal texts are not taken for it."""
    web.selectors = SelectorSet(
        app="shop", elements={"kind": selector("kind", {"role": "combobox", "name": "费用类型"})}
    )
    web.goto(f"{site}/virtual_select.html", timeout_s=10)
    web.choose(find(web, "kind"), "费用 117")
    shown = selector("shown", ".rc-select-selection-item")
    assert web.texts(shown, {}) == ["费用 117"]
    with pytest.raises(NoSuchOption, match="kind has no option “费用 999”; it offers 费用 1, "):
        web.choose(find(web, "kind"), "费用 999")


def test_a_select_that_swallows_a_click_is_not_believed_while_its_list_is_open(web: WebPage, site: Any) -> None:
    """A list that redraws itself is clicked again; one that never closes ends the choice, whatever it shows."""
    web.selectors = SelectorSet(app="shop", elements={"kind": selector("kind", "#kind")})
    web.goto(f"{site}/redrawing_select.html", timeout_s=10)
    web.choose(find(web, "kind"), "顺丰速运")
    assert web.texts(selector("kind", "#kind"), {}) == ["顺丰速运"]
    web.goto(f"{site}/redrawing_select.html?ignored=99", timeout_s=10)
    with pytest.raises(WrongContent, match="its list of options stays open"):
        web.choose(find(web, "kind"), "中通快递")


def test_a_virtual_table_is_read_to_its_end(web: WebPage, site: Any) -> None:
    """Rows that are drawn only while scrolled to are all there, once each, in order."""
    web.selectors = SelectorSet(app="shop", elements={"grid": selector("grid", "#grid")})
    web.goto(f"{site}/virtual_table.html", timeout_s=10)
    rows = web.rows(web.selectors.elements["grid"], {})
    assert [row["订单号"] for row in rows] == [f"D{n}" for n in range(1, 101)]
    assert rows[4] == {"订单号": "D5", "数量": "2"}


def test_a_field_that_changes_what_was_typed_is_noticed(web: WebPage, show: Show) -> None:
    """A page that cuts the text is an error; for private fields without the text."""
    show("<input id=a oninput='value=value.slice(0,3)'>", a="#a", b={"css": "#a", "private": True})
    with pytest.raises(WrongContent, match="a was given “12345” but shows “123”"):
        web.fill(find(web, "a"), "12345")
    with pytest.raises(WrongContent, match="b was given “” but shows “”"):
        web.fill(find(web, "b"), "12345")


def test_a_date_picker_takes_its_date_on_enter(web: WebPage, show: Show) -> None:
    """A picker that forgets what was typed until Enter is pressed is filled all the same."""
    show(
        "<div class=date-picker><input id=d></div><script>let kept = ''; d.oninput = () => { const typed = d.value;"
        "d.dataset.typed = typed; setTimeout(() => 0); d.value = kept };"
        "d.onkeydown = e => { if (e.key === 'Enter') d.value = kept = d.dataset.typed }</script>",
        day="#d",
    )
    web.fill(find(web, "day"), "2026-11-20")
    assert text(web, "day") == "2026-11-20"


def test_a_secret_is_in_no_error(web: WebPage, show: Show) -> None:
    """Playwright quotes what it types in its errors; ours, and what they were raised from, do not."""
    show("<input id=p disabled>", password={"css": "#p", "secret": True})
    typed = "-".join(["geheim", "1"])
    with pytest.raises(CannotAct, match=r"password does not take a fill: .*not enabled") as caught:
        web.fill(find(web, "password"), typed)
    assert typed not in "".join(traceback.format_exception(caught.value))


def test_upload_by_a_button_that_asks_for_a_file(web: WebPage, show: Show, tmp_path: Path) -> None:
    """A drawn upload button opens the file chooser, which gets the file."""
    (tmp_path / "a.pdf").write_text("x")
    show(
        "<button onclick=\"i=document.createElement('input'); i.type='file';"
        'i.onchange=()=>said.textContent=i.files[0].name; i.click()">添加附件</button><p id=said></p>',
        add={"role": "button", "name": "添加附件"},
        said="#said",
    )
    web.upload(find(web, "add"), [tmp_path / "a.pdf"])
    assert text(web, "said") == "a.pdf"


# ---------------------------------------------------------------------------------------- pages, pictures


def test_a_site_that_is_down_is_one_sentence(web: WebPage, site: Any) -> None:
    """No server, a 502 and a 404 name the address without its query, and the reason."""
    with pytest.raises(PageUnavailable, match=r"^http://127.0.0.1:9/x cannot be reached \(ERR_"):
        web.goto("http://127.0.0.1:9/x?token=1", timeout_s=5)
    with pytest.raises(PageUnavailable, match=r"/broken cannot be reached \(HTTP 502\)"):
        web.goto(f"{site}/broken", timeout_s=5)
    with pytest.raises(PageUnavailable, match="HTTP 404"):
        web.goto(f"{site}/nowhere", timeout_s=5)


def test_a_click_that_lands_on_a_broken_page_says_so(web: WebPage, show: Show, site: Any) -> None:
    """What is missing is explained by the page, not blamed on the selector."""
    show(f"<a href='{site}/broken'>查询</a>", go={"role": "link", "name": "查询"}, row=".row")
    click(web, "go")
    with pytest.raises(PageUnavailable, match="HTTP 502"):
        find(web, "row")


def covers(boxes: tuple[Box, ...], x: float, y: float) -> bool:
    return any(box.x <= x <= box.x + box.width and box.y <= y <= box.y + box.height for box in boxes)


def middle(web: WebPage, name: str) -> tuple[float, float]:
    box = find(web, name).box
    assert box
    return box.x + box.width / 2, box.y + box.height / 2


def test_private_things_are_boxed_wherever_they_stand(web: WebPage, show: Show) -> None:
    """Private elements, known patterns, names beside their label and fields, in frames too; nothing else."""
    show(
        "<p><b id=order>订单号 4012345678901234567</b></p><p><b id=buyer>甲乙丙</b></p>"
        "<table><tr><td>收货人</td><td><b id=name>王小样</b></td></tr></table>"
        "<p>电话 <b id=phone>130-<i>0000</i>-1234</b></p><input id=field value='138 0000 1234'>"
        "<iframe id=f srcdoc='<p><b id=inner>13800001234</b></p>' style='margin:30px;border:5px solid'></iframe>",
        order="#order",
        buyer={"css": "#buyer", "private": True},
        name="#name",
        phone="#phone",
        field="#field",
        f="#f",
        inner={"css": "#inner", "frame": "f"},
    )
    boxes = web.frame().private
    assert [
        name for name in ("buyer", "name", "phone", "field", "inner") if not covers(boxes, *middle(web, name))
    ] == []
    assert not covers(boxes, *middle(web, "order"))


def test_private_rows_are_boxed_for_every_value(web: WebPage, show: Show) -> None:
    """A private element with a placeholder is masked in all rows, not only in the one that was read."""
    rows = "".join(f"<p data-order={n}><b class=who>某某</b></p>" for n in (1, 2, 3))
    show(rows, who={"css": 'p[data-order="{order}"] .who', "private": True})
    assert len(web.frame().private) == 3


def test_no_picture_of_a_login_screen(web: WebPage, show: Show) -> None:
    """Where an unpictured marker shows, even in a frame, there are no pixels at all."""
    show("<iframe srcdoc='<input type=password>'></iframe>", unpictured=("input[type=password]",))
    frame = web.frame()
    assert frame.secret_screen
    assert frame.pixels == b""


# ------------------------------------------------------------------------------------------------ profile


def test_a_profile_keeps_its_cookies(site: Any, tmp_path: Path, real_clock: Any) -> None:
    """What a login left behind is there the next time that the account's browser is opened."""

    def opened() -> WebPage:
        settings = AppSettings(name="shop", timeout_s=4.0)
        return open_web(
            selectors=SelectorSet(app="shop"),
            settings=settings,
            profile=tmp_path / "profile",
            downloads=tmp_path / "files",
            clock=real_clock,
        )

    first = opened()
    site.written["/remember"] = "<script>document.cookie = 'who=night; max-age=9999'</script>"
    first.goto(f"{site}/remember", timeout_s=10)
    first.close()
    site.written["/tell"] = "<p id=who></p><script>who.textContent = document.cookie</script>"
    second = opened()
    second.goto(f"{site}/tell", timeout_s=10)
    assert second.texts(selector("who", "#who"), {}) == ["who=night"]
    second.close()
