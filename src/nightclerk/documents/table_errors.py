"""What can be wrong with a table file, each as one sentence with file, cell and remedy."""

from __future__ import annotations

from nightclerk.errors import DocumentError, WorkspaceError


class LayoutFault(WorkspaceError):
    """A file in config/layouts is at fault. Facts: where, problem_zh, problem_en."""

    en = "{where}: {problem_en}. Mend the layout file; its format is described at the top of documents/layouts.py."
    zh = "{where}：{problem_zh}。请修改该版式文件；格式说明见 documents/layouts.py 开头。"


class MissingColumn(DocumentError):
    """Facts: file (with sheet), column (aliases joined), nearest, layout."""

    en = (
        "{file}: no column {column}; the nearest header is {nearest}. Tick the field in the export dialog and export "
        "again, or add the new name to config/layouts/{layout}.yaml."
    )
    zh = (
        "{file}：缺少列 {column}；最接近的表头是 {nearest}。请在导出对话框中勾选该字段后重新导出，"
        "或把新列名加入 config/layouts/{layout}.yaml。"
    )


class DoubledColumn(DocumentError):
    """Facts: file, column, first, second (the two header cells)."""

    en = "{file}: the header {column} stands twice ({first} and {second}). Export again with the field ticked once."
    zh = "{file}：表头 {column} 出现两次（{first} 和 {second}）。请只勾选一次该字段后重新导出。"


class NoHeader(DocumentError):
    """Facts: file, columns (expected headers joined), layout."""

    en = (
        "{file}: none of the expected headers ({columns}) stands in the first 20 rows. "
        "Is this the right file for the layout {layout}?"
    )
    zh = "{file}：前 20 行里没有任何预期表头（{columns}）。请确认这是版式 {layout} 对应的文件。"


class TruncatedFile(DocumentError):
    """Facts: file, sign_zh, sign_en (what shows that it was cut off)."""

    en = "{file} is cut off ({sign_en}). Download it again; nothing of it was used."
    zh = "{file} 不完整（{sign_zh}）。请重新下载；其中内容均未采用。"


class WebPageInstead(DocumentError):
    """Facts: file, page_title."""

    en = (
        "{file} is a web page (“{page_title}”), not a table: the session was probably over. "
        "Sign in and download it again."
    )
    zh = "{file} 是网页（“{page_title}”）而不是表格，可能登录已失效。请重新登录后再下载。"


class PasswordNeeded(DocumentError):
    """Facts: file."""

    en = "{file} is encrypted and no password was given. Take the password from the message that came with it."
    zh = "{file} 已加密，但没有提供密码。请从随附的短信或消息中取得密码。"


class WrongPassword(DocumentError):
    """Facts: file."""

    en = "{file} does not open with this password. Check that the password belongs to this very export."
    zh = "{file} 的密码不正确。请核对密码是否属于这一次导出。"


class EmptyExport(DocumentError):
    """Facts: file."""

    en = "{file} has a header and no rows. Check the dates and filters of the export."
    zh = "{file} 只有表头，没有数据。请检查导出的日期和筛选条件。"


class NotATable(DocumentError):
    """Facts: file, found_zh, found_en (what it seems to be)."""

    en = "{file} is no table ({found_en}). Give a CSV, an .xlsx workbook or a zip of these."
    zh = "{file} 不是表格（{found_zh}）。请提供 CSV、.xlsx 工作簿或其 zip 压缩包。"


class ZipTooBig(DocumentError):
    """Facts: file, size_mb, limit_mb."""

    en = "{file} would unpack to {size_mb} MB, more than {limit_mb} MB or far more than its own size. Not opened."
    zh = "{file} 解压后将达 {size_mb} MB，超过 {limit_mb} MB 或远大于文件本身，未打开。请核实来源。"


class BadCell(DocumentError):
    """Facts: file (the cell), header, value, expected_zh, expected_en."""

    en = "{file}: {header} says “{value}”; {expected_en} was expected. Mend the cell or export again."
    zh = "{file}：{header} 的内容是“{value}”，应为{expected_zh}。请修正该单元格或重新导出。"
