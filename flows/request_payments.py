"""Request the payment of matched invoices in the OA, exactly once each; people approve."""

from __future__ import annotations

from pathlib import Path

from flows.apps.oa import Oa
from flows.payments import AboveCeiling, AttachmentMissing, BadRequest, DecidedByPerson, payment_queue
from nightclerk import Transaction, flow
from nightclerk.documents.payment_rules import load_approval_rules
from nightclerk.domain.approvals import ApprovalLevel, PaymentRequest, approval_level, request_faults

CHOICES = ("走合同付款流程 / pay by contract", "拆分后重新申请 / split it", "不付 / do not pay")


@flow({"zh": "提交付款申请", "en": "Request payments"}, each=payment_queue)
def request_payment(tx: Transaction, oa: Oa, request: PaymentRequest) -> str:
    """Submit one payment request; return the number of its OA form."""
    with tx.step("Check the request"):
        check(tx, request)
        attachments = files_of(tx.workspace, request)

    with tx.step("Submit the form"):
        form = tx.once(
            look=lambda: oa.find_request(request.reference),
            prepare=lambda: oa.fill_payment(request, attachments),
            commit=oa.submit_payment,
        )

    with tx.step("Read it back"):
        total = oa.request_total(form)
        tx.expect(total == request.amount, f"form {form} says {total}, the request says {request.amount}")
    return form


def check(tx: Transaction, request: PaymentRequest) -> None:
    """Stop what does not hold together, and ask a person about what the form does not take."""
    faults = request_faults(request)
    if faults:
        raise BadRequest(reference=request.reference, supplier=request.supplier, faults=", ".join(faults))
    rules = load_approval_rules(tx.workspace)
    if approval_level(request.amount, rules) is ApprovalLevel.TOO_HIGH:
        facts = {"reference": request.reference, "supplier": request.supplier}
        question = AboveCeiling(**facts, amount=f"{request.amount:,.2f}", ceiling=f"{rules.ceiling:,.0f}")
        answer = tx.ask(question.sentence(), CHOICES)
        raise DecidedByPerson(reference=request.reference, answer=answer)


def files_of(workspace: Path, request: PaymentRequest) -> list[Path]:
    """The request's files as paths; AttachmentMissing names those that are not there."""
    missing = [name for name in request.attachments if not (workspace / name).is_file()]
    if missing or not request.attachments:
        raise AttachmentMissing(reference=request.reference, files=", ".join(missing) or "–")
    return [workspace / name for name in request.attachments]
