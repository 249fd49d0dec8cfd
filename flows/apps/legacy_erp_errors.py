"""What the legacy ERP's client can answer besides success, as errors that say what happens next."""

from __future__ import annotations

from nightclerk import ApplicationError, BusinessError, NeedsPerson


class LoginRefused(NeedsPerson):
    """Facts: user, said."""

    zh = "ERP 不接受操作员 {user} 的登录：{said} 请更新保险库中的密码。"
    en = "The ERP refuses to log in {user}: {said} Update the password in the vault."


class TwoVouchers(NeedsPerson):
    """Facts: count, external_no, numbers."""

    zh = "ERP 中有 {count} 张单据的外部单号是 {external_no}：{numbers}。机器人没有再录入，请核实后处理。"
    en = "{count} ERP vouchers carry the number {external_no}: {numbers}. Nothing was entered; decide which stays."


class NoCustomer(BusinessError):
    """Facts: code, name."""

    zh = "ERP 中没有客户 {code} {name}。请在 ERP 建档，或修改 config/mapping/customers.xlsx。"
    en = "The ERP has no customer {code} {name}. Create it there, or mend config/mapping/customers.xlsx."


class TooManyRows(BusinessError):
    """Facts: rows, most."""

    zh = "订单拆成 {rows} 行，ERP 单据最多 {most} 行。请人工分单录入。"
    en = "The order makes {rows} lines and an ERP voucher holds {most}. Split it by hand."


class TotalDiffers(BusinessError):
    """Facts: shown, total. Found before anything was saved."""

    zh = "单据合计 {shown} 与订单金额 {total} 不一致，未保存。请核对价格与对照表。"
    en = "The voucher adds up to {shown}, the order to {total}; nothing was saved. Check prices and mapping tables."


class RecordLocked(ApplicationError):
    """Facts: said."""

    zh = "ERP 记录被锁定，稍后再试：{said}"
    en = "The ERP record is locked; it is tried again later: {said}"


class AnswerLost(ApplicationError):
    """Facts: said."""

    zh = "ERP 没有确认保存（{said}），重新查询后再决定。"
    en = "The ERP did not confirm the save ({said}); it is looked up before anything else is done."


class LostTheWay(ApplicationError):
    """Facts: showed."""

    zh = "回不到销售订单界面，屏幕上是：{showed}。程序将重新启动。"
    en = "The way back to the order form was not found; the screen shows {showed}. The program is restarted."


class QueryUnclear(ApplicationError):
    """Facts: asked, rows."""

    zh = "ERP 查询 {asked} 的结果不明确（{rows} 行不是所查单号），没有据此判断。"
    en = "The ERP's query for {asked} gave no clear answer ({rows} rows, not that number); nothing was concluded."


class NotOneVoucher(ApplicationError):
    """Facts: number, count."""

    zh = "按单据号 {number} 查到 {count} 张单据，应为 1 张。"
    en = "{count} vouchers answer to the number {number}; there should be one."
