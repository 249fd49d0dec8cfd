"""What can be wrong with an invoice file, each as one sentence with its remedy."""

from __future__ import annotations

from nightclerk.errors import DocumentError


class NotAnInvoiceFile(DocumentError):
    """Facts: file, found (what the first bytes look like)."""

    en = "{file}: this is not a PDF, OFD or XML ({found}). Ask the sender for the original file; this one is kept."
    zh = "{file}：不是 PDF、OFD 或 XML（实际是{found}）。请向对方索取原件；该文件已保留。"


class CannotOpen(DocumentError):
    """Facts: file, why (the system's words)."""

    en = "{file}: the file cannot be opened ({why}). Check the path and who may read it."
    zh = "{file}：无法打开文件（{why}）。请检查路径和读取权限。"


class BrokenFile(DocumentError):
    """Facts: file, why (the library's words)."""

    en = "{file}: the file is damaged and cannot be opened ({why}). Ask the sender to send it again; this one is kept."
    zh = "{file}：文件已损坏，无法打开（{why}）。请让对方重发；该文件已保留。"


class EncryptedFile(DocumentError):
    """Facts: file."""

    en = "{file}: the file is locked with a password. Ask the sender for one without a password; this one is kept."
    zh = "{file}：文件设有打开密码。请让对方发送无密码的文件；该文件已保留。"


class TooMuch(DocumentError):
    """Facts: file, what (e.g. "512 pages"), limit."""

    en = "{file}: {what}, more than the limit of {limit}. An invoice is never that large; look at the file by hand."
    zh = "{file}：{what}，超过上限 {limit}。发票不会这么大，请人工查看。"


class ForbiddenXml(DocumentError):
    """Facts: file, why. The XML declares entities or reaches outside itself."""

    en = "{file}: the XML tries to load or expand something ({why}), which no invoice does. Do not trust its sender."
    zh = "{file}：该 XML 试图加载或展开外部内容（{why}），正常发票不会如此。请勿信任发送方。"


class NoInvoiceInside(DocumentError):
    """Facts: file. Well-formed, but nothing in it says invoice."""

    en = "{file}: it holds no invoice that can be read (no text layer, or another document). Enter it by hand."
    zh = "{file}：文件可以打开，但其中没有可读取的发票（无文字层，或不是发票）。请人工录入。"
