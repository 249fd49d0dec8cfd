"""Open a downloaded file as sheets of raw rows: CSV of any Chinese encoding, .xlsx, or a zip of these."""

from __future__ import annotations

import codecs
import csv
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import partial
from pathlib import Path
from typing import IO, Any
from xml.parsers.expat import ExpatError

import openpyxl
import pyzipper

from nightclerk.documents import inline_sheet
from nightclerk.documents.layouts import Layout
from nightclerk.documents.table_errors import (
    NotATable,
    PasswordNeeded,
    TruncatedFile,
    WebPageInstead,
    WrongPassword,
    ZipTooBig,
)

_LIMIT_MB = 1024  # unpacked; a month of one big shop is about 200 MB
_LIMIT_RATIO = 200  # unpacked : packed; honest sheets reach 50
_LIMIT_MEMBERS = 200
_CHUNK = 1 << 20
csv.field_size_limit(1 << 20)

Opener = Callable[[], IO[bytes]]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One table: its `name` for error sentences ("file.xlsx!Sheet1") and its raw rows, numbered from 1."""

    name: str
    rows: Iterator[tuple[int, list[Any]]]


@dataclass(frozen=True, kw_only=True)
class Source:
    """One CSV or workbook, alone or out of a zip; a workbook has several sheets."""

    name: str
    sheets: Iterator[Sheet]


def open_sources(path: Path, layout: Layout, password: str | None) -> Iterator[Source]:
    """The tables of a file, one after another; each must be read before the next is asked for."""
    yield from _sources(path.name, lambda: path.open("rb"), layout, password, may_nest=True)


def _sources(name: str, opener: Opener, layout: Layout, password: str | None, *, may_nest: bool) -> Iterator[Source]:
    with opener() as file:
        start = file.read(4096)
    if start.startswith(b"PK"):
        if _is_workbook(name, opener):
            yield Source(name=name, sheets=_workbook_sheets(name, opener, layout))
        elif may_nest:
            yield from _zip_sources(name, opener, layout, password)
        else:
            raise NotATable(file=name, found_zh="压缩包里的压缩包", found_en="a zip inside a zip")
        return
    _refuse_what_is_no_text(name, start)
    yield Source(name=name, sheets=iter([Sheet(name=name, rows=_csv_rows(name, opener, layout))]))


def _refuse_what_is_no_text(name: str, start: bytes) -> None:
    if not start.strip():
        raise TruncatedFile(file=name, sign_zh="文件为空", sign_en="it is empty")
    head = start.lstrip(codecs.BOM_UTF8).lstrip().lower()
    if head.startswith((b"<!doctype html", b"<html", b"<head", b"<script")):
        raise WebPageInstead(file=name, page_title=_page_title(start))
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise NotATable(
            file=name,
            found_zh="旧版 .xls 或带密码的工作簿，请另存为 .xlsx",
            found_en="an old .xls or a workbook with a password: save it as .xlsx",
        )
    if b"\0" in start and not start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise NotATable(file=name, found_zh="二进制文件", found_en="binary content")


def _page_title(start: bytes) -> str:
    text = start.decode("utf-8", errors="replace")
    found = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
    return found.group(1).strip() if found else "HTML"


# ---------------------------------------------------------------------------------------------- zip


def _is_workbook(name: str, opener: Opener) -> bool:
    with opener() as file, _zip(name, file) as archive:
        return "xl/workbook.xml" in archive.namelist()


def _zip(name: str, file: IO[bytes]) -> pyzipper.AESZipFile:
    try:
        archive = pyzipper.AESZipFile(file)
    except (zipfile.BadZipFile, pyzipper.BadZipFile) as error:
        raise TruncatedFile(file=name, sign_zh="压缩包缺少结尾", sign_en="the end of the zip is missing") from error
    _check_size(name, archive)
    return archive


def _check_size(name: str, archive: pyzipper.AESZipFile) -> None:
    infos = archive.infolist()
    unpacked = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos) or 1
    dense = unpacked > 10 * _CHUNK and unpacked / packed > _LIMIT_RATIO
    if dense or unpacked > _LIMIT_MB * _CHUNK or len(infos) > _LIMIT_MEMBERS:
        raise ZipTooBig(file=name, size_mb=unpacked // _CHUNK, limit_mb=_LIMIT_MB)


def _zip_sources(name: str, opener: Opener, layout: Layout, password: str | None) -> Iterator[Source]:
    with opener() as file, _zip(name, file) as archive:
        if password is not None:
            archive.setpassword(password.encode())
        members = [info for info in archive.infolist() if not info.is_dir()]
        chosen = [info for info in members if fnmatch(member_name(info), layout.member or "*")]
        if not chosen:
            listed = ", ".join(member_name(info) for info in members) or "–"
            raise NotATable(
                file=name,
                found_zh=f"压缩包里没有 {layout.member or '文件'}，只有：{listed}",
                found_en=f"a zip without {layout.member or 'files'}; inside: {listed}",
            )
        for info in chosen:
            content = _member(name, archive, info, password)
            inside = f"{name}!{member_name(info)}"
            yield from _sources(inside, partial(io.BytesIO, content), layout, None, may_nest=False)


def member_name(info: Any) -> str:
    """The name of a zip member; without the UTF-8 flag, Chinese tools store GBK (read as cp437)."""
    if info.flag_bits & 0x800:
        return str(info.filename)
    try:
        return str(info.filename.encode("cp437").decode("gb18030"))
    except UnicodeError:
        return str(info.filename)


def _member(name: str, archive: pyzipper.AESZipFile, info: Any, password: str | None) -> bytes:
    """The bytes of one member (bounded by the size check of the archive)."""
    encrypted = bool(info.flag_bits & 0x1)
    if encrypted and password is None:
        raise PasswordNeeded(file=name)
    try:
        return bytes(archive.read(info))
    except (RuntimeError, zipfile.BadZipFile, pyzipper.BadZipFile, zlib.error, EOFError) as error:
        if encrypted:  # the check byte of old zips lets 1 wrong password in 256 through to garbage
            raise WrongPassword(file=name) from error
        raise TruncatedFile(
            file=f"{name}!{member_name(info)}", sign_zh="校验不符", sign_en="its checksum does not fit"
        ) from error


# --------------------------------------------------------------------------------------------- xlsx


def _workbook_sheets(name: str, opener: Opener, layout: Layout) -> Iterator[Sheet]:
    with opener() as file, _whole_workbook(name), zipfile.ZipFile(file) as archive:
        if inline_sheet.fits(archive):
            parts = inline_sheet.sheet_parts(archive)
            for title in [layout.sheet] if layout.sheet in parts else parts:
                with archive.open(parts[title]) as part:
                    yield Sheet(name=f"{name}!{title}", rows=_guarded(name, inline_sheet.rows_of(part)))
            return
    yield from _general_sheets(name, opener, layout)


def _general_sheets(name: str, opener: Opener, layout: Layout) -> Iterator[Sheet]:
    """The sheets of a workbook that a spreadsheet program has saved."""
    with opener() as file, _whole_workbook(name), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # exports carry no default style; that says nothing
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        for title in [layout.sheet] if layout.sheet in book.sheetnames else book.sheetnames:
            sheet = book[title]
            if hasattr(sheet, "reset_dimensions"):  # chart sheets have no cells
                sheet.reset_dimensions()  # exports claim "A1" for a sheet of thousands of rows
                rows = enumerate(map(list, sheet.iter_rows(values_only=True)), start=1)
                yield Sheet(name=f"{name}!{title}", rows=_guarded(name, rows))
        book.close()


def _guarded(name: str, rows: Iterator[tuple[int, list[Any]]]) -> Iterator[tuple[int, list[Any]]]:
    with _whole_workbook(name):
        yield from rows


@contextmanager
def _whole_workbook(name: str) -> Iterator[None]:
    """Whatever breaks off inside a workbook is a file that is not whole."""
    try:
        yield
    except inline_sheet.Forbidden as error:
        raise NotATable(
            file=name, found_zh="含有实体声明的工作簿", found_en="a workbook that declares entities"
        ) from error
    except (KeyError, ValueError, SyntaxError, EOFError, zlib.error, zipfile.BadZipFile, ExpatError) as error:
        raise TruncatedFile(
            file=name, sign_zh="工作簿缺少部件或中断", sign_en="a part of the workbook is missing or breaks off"
        ) from error


# ---------------------------------------------------------------------------------------------- csv


def _csv_rows(name: str, opener: Opener, layout: Layout) -> Iterator[tuple[int, list[Any]]]:
    encoding = _encoding(name, opener, layout.encoding)
    number, width = 0, 0
    row: list[str] = []
    with opener() as raw, io.TextIOWrapper(raw, encoding=encoding, newline="") as text:
        reader = csv.reader(text, delimiter=_delimiter(text), strict=True)
        try:
            for number, row in enumerate(reader, start=1):
                width = max(width, len(row))
                yield number, row
        except csv.Error as error:
            raise TruncatedFile(
                file=f"{name}!A{number + 1}",
                sign_zh=f"第 {number + 1} 行的引号不成对",
                sign_en=f"the quotes of row {number + 1} do not pair",
            ) from error
    if 0 < len(row) < width and not _ends_with_newline(opener):
        raise TruncatedFile(
            file=f"{name}!A{number}",
            sign_zh=f"最后一行只有 {len(row)} 列，应有 {width} 列",
            sign_en=f"the last row has {len(row)} of {width} cells",
        )


def _ends_with_newline(opener: Opener) -> bool:
    with opener() as file:
        file.seek(-4, io.SEEK_END)
        return file.read().rstrip(b"\0").endswith((b"\n", b"\r"))  # UTF-16 has a zero byte beside it


def _delimiter(text: io.TextIOWrapper) -> str:
    head = text.read(4096)
    text.seek(0)
    first = head.partition("\n")[0]
    return max((",", "\t", ";"), key=first.count)


def _encoding(name: str, opener: Opener, hinted: str) -> str:
    """The encoding that decodes the whole file: by mark, as hinted, UTF-8, GB18030."""
    with opener() as file:
        start = file.read(4)
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in dict.fromkeys(filter(None, (hinted, "utf-8", "gb18030"))):
        if _decodes(opener, encoding):
            return encoding
    raise NotATable(
        file=name,
        found_zh="既不是 UTF-8 也不是 GB18030，或者被截断",
        found_en="neither UTF-8 nor GB18030, or cut off inside a character",
    )


def _decodes(opener: Opener, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with opener() as file:
        try:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
