"""The queue of payments that wait to be requested, and what can be wrong with one before the OA sees it."""

from __future__ import annotations

from nightclerk import BusinessError, Queue
from nightclerk.domain.approvals import PaymentRequest

#: Payments of accepted invoices; the reconciliation fills it.
payment_queue = Queue("payments", of=PaymentRequest)


class BadRequest(BusinessError):
    """A payment request that does not hold together. Facts: reference, supplier, faults (joined)."""

    en = "Payment {reference} to {supplier} cannot be requested ({faults}). Mend the match of its invoices."
    zh = "付款 {reference}（{supplier}）不能申请（{faults}）。请更正其发票的匹配结果。"


class AttachmentMissing(BusinessError):
    """A file that belongs to the request is not there. Facts: reference, files (joined)."""

    en = "Payment {reference}: {files} is not in the workspace. Put the file back, then let the item run again."
    zh = "付款 {reference}：工作区里找不到 {files}。请放回文件后重新处理该条。"


class AboveCeiling(BusinessError):
    """The OA form does not take this amount. Facts: reference, supplier, amount, ceiling."""

    en = "Payment {reference} to {supplier} is {amount}, above the form's ceiling of {ceiling}. How is it to be paid?"
    zh = "付款 {reference}（{supplier}）金额 {amount} 超过付款申请单上限 {ceiling}，应如何支付？"


class DecidedByPerson(BusinessError):
    """A person took the payment out of the bot's hands. Facts: reference, answer."""

    en = "Payment {reference}: a person decided “{answer}”; the bot does not request it."
    zh = "付款 {reference}：人工决定“{answer}”，机器人不再提交申请。"
