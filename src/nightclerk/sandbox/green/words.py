"""What the green screens say, in Chinese (VT) and in English (3270, whose code page has no Chinese)."""

from __future__ import annotations

ZH = {
    "product": "云杉ERP 终端版", "login": "登录", "user": "用户", "password": "口令", "menu": "主菜单",
    "choice": "选择", "m1": "1. 录入销售订单", "m2": "2. 查询单据", "m3": "3. 客户资料", "m9": "9. 退出",
    "voucher": "销售订单 录入", "customer": "客户", "external": "外部单号", "dated": "单据日期", "memo": "备注",
    "item": "存货编码", "quantity": "数量", "price": "单价", "total": "价税合计", "number": "单据号",
    "query": "查询单据", "customers": "客户资料", "code": "客户编码", "name": "客户名称",
    "renumber": "重新编号(Y/N)", "bad_login": "用户或口令不正确", "unknown": "未找到", "found": "共 {n} 张",
    "bad_number": "第 {row} 行数量或单价不正确", "no_lines": "没有明细行", "bad_date": "单据日期不正确",
    "bad_choice": "没有这一项", "saved": "保存成功 单据号 {number}", "e_duplicate": "单据号重复 {number} 已存在",
    "e_customer": "客户不存在", "e_item": "存货编码不存在或已停用", "e_closed": "当前月份已结账，无法新增单据",
    "e_locked": "记录被锁定，请稍后再试", "hint_login": "Enter=登录", "hint_menu": "Enter=进入",
    "hint_voucher": "F5=计算 F6=保存 F12=返回", "hint_query": "Enter=查询 F12=返回", "hint_renumber": "Enter=确定",
}  # fmt: skip
EN = {
    "product": "YUNSHAN ERP", "login": "SIGN ON", "user": "USER", "password": "PASSWORD", "menu": "MAIN MENU",
    "choice": "OPTION", "m1": "1. ENTER SALES ORDER", "m2": "2. FIND VOUCHER", "m3": "3. CUSTOMERS",
    "m9": "9. SIGN OFF", "voucher": "SALES ORDER ENTRY", "customer": "CUSTOMER", "external": "EXT NO",
    "dated": "DATE", "memo": "MEMO", "item": "ITEM", "quantity": "QTY", "price": "PRICE", "total": "TOTAL",
    "number": "VOUCHER", "query": "FIND VOUCHER", "customers": "CUSTOMERS", "code": "CODE", "name": "NAME",
    "renumber": "RENUMBER (Y/N)", "bad_login": "USER OR PASSWORD WRONG", "unknown": "NOT FOUND",
    "found": "{n} FOUND", "bad_number": "LINE {row}: QTY OR PRICE WRONG", "no_lines": "NO LINES",
    "bad_date": "DATE WRONG", "bad_choice": "NO SUCH OPTION", "saved": "SAVED {number}",
    "e_duplicate": "NUMBER {number} IS TAKEN", "e_customer": "NO SUCH CUSTOMER", "e_item": "ITEM UNKNOWN OR STOPPED",
    "e_closed": "MONTH IS CLOSED", "e_locked": "RECORD IS LOCKED, TRY AGAIN", "hint_login": "ENTER=SIGN ON",
    "hint_menu": "ENTER=GO", "hint_voucher": "PF5=TOTAL PF6=SAVE PF12=BACK", "hint_query": "ENTER=FIND PF12=BACK",
    "hint_renumber": "ENTER=OK",
}  # fmt: skip
WORDS = {"zh": ZH, "en": EN}
