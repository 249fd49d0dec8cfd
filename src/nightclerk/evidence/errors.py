"""What can go wrong with evidence, each as its own sentence with a remedy in both languages.

EvidenceError
├── ChainBroken           a journal's line does not fit
│   ├── LineGarbled       it is no journal line
│   ├── LinesMoved        lines are missing, inserted or moved
│   ├── LineChanged       it, or the link to the line before it, was changed
│   ├── SignatureGone     a line that must be signed is not
│   └── LineAfterEnd      it stands after the end of the run
├── LineTooLong           a line would be longer than a journal may hold
├── SideChainBroken       the access journal or the record of removals cannot be added to
├── JournalBusy           another process writes this journal
├── JournalLost           the disk no longer takes the journal: the run stops
├── FilmClosed            a line came before the beginning or after the end
├── StepNotBegun          a step was ended that had not begun
├── FileNotKept           a file could not be copied into the evidence
├── BadPicture            a frame could not be turned into a picture (told in the journal, stops nothing)
├── KeyUnreadable         a key file cannot be used
├── NoEvidence            there is nothing to read at this path
└── NoPicture             a picture was asked for that the run does not have
"""

from __future__ import annotations

from typing import ClassVar

from nightclerk.errors import EvidenceError


class ChainBroken(EvidenceError):
    """The first line that does not fit. Facts: line, and what the kinds below add."""

    kind: ClassVar[str] = "changed"

    @property
    def line(self) -> int:
        return int(self.facts["line"])


class LineGarbled(ChainBroken):
    """Facts: line."""

    kind = "garbled"
    en = "Line {line} is not a journal line. Keep the folder as it is and ask who could write to it."
    zh = "第 {line} 行不是有效的记录行。请保留原文件夹，并查明谁能写入它。"


class LinesMoved(ChainBroken):
    """Facts: line, found (the number that stands there)."""

    kind = "order"
    en = "Line {line} bears the number {found}: lines are missing, inserted or moved. Keep the folder as it is."
    zh = "第 {line} 行的编号是 {found}：有行被删除、插入或调换。请保留原文件夹。"


class LineChanged(ChainBroken):
    """Facts: line."""

    kind = "changed"
    en = "Line {line}, or its link to the line before, is not what was written. Keep the folder as it is."
    zh = "第 {line} 行或它与前一行的链接被改动。请保留原文件夹。"


class SignatureGone(ChainBroken):
    """Facts: line, found (the kind of line)."""

    kind = "unsigned"
    en = "Line {line} ({found}) must be signed and is not. Keep the folder as it is."
    zh = "第 {line} 行（{found}）应有签名而没有。请保留原文件夹。"


class SignatureBad(ChainBroken):
    """Facts: line."""

    kind = "signature"
    en = "The signature of line {line} is not good: what stands before it was changed. Keep the folder as it is."
    zh = "第 {line} 行的签名无效：此前的内容被改动。请保留原文件夹。"


class LineAfterEnd(ChainBroken):
    """Facts: line."""

    kind = "after_end"
    en = "Line {line} stands after the end of the run. Keep the folder as it is."
    zh = "第 {line} 行出现在运行结束之后。请保留原文件夹。"


class LineTooLong(EvidenceError):
    """Facts: kind, size, longest (bytes)."""

    en = "A journal line of kind {kind} would be {size} bytes long, {longest} are allowed. Keep long facts as a file."
    zh = "一行 {kind} 记录长达 {size} 字节，上限为 {longest}。请把很长的内容作为文件保存。"


class SideChainBroken(EvidenceError):
    """Facts: file, cause."""

    en = "{file} cannot be added to ({cause}). Verify it, keep it aside, and ask who could write to it."
    zh = "无法向 {file} 追加（{cause}）。请先核验并保留原件，查明谁能写入它。"


class JournalBusy(EvidenceError):
    """Facts: run."""

    en = "{run}: another process is writing this run's journal. Wait until it ends; two must never write one."
    zh = "{run}：另一进程正在写这次运行的记录。请等它结束；不能两个进程同时写。"


class JournalLost(EvidenceError):
    """Facts: run, cause."""

    en = "{run}: the journal cannot be written ({cause}). The run stops here; free the disk and start it again."
    zh = "{run}：记录无法写入（{cause}）。运行到此停止；请清理磁盘后重新启动。"


class FilmClosed(EvidenceError):
    """Facts: run, what (the call that came), state (new, rolling or ended)."""

    en = "{run}: “{what}” came while the film is {state}. Call begin first, and nothing after end."
    zh = "{run}：记录处于 {state} 状态时收到“{what}”。请先 begin，end 之后不再写入。"


class StepNotBegun(EvidenceError):
    """Facts: run."""

    en = "{run}: a step was ended that had not begun. Use `with run.step(…)`, which keeps the two together."
    zh = "{run}：结束了一个没有开始的步骤。请使用 with run.step(…)。"


class FileNotKept(EvidenceError):
    """Facts: file, cause."""

    en = "{file} could not be kept as evidence ({cause}). Check that it is there and that the disk has room."
    zh = "{file} 无法存为证据（{cause}）。请检查文件是否存在、磁盘是否有空间。"


class BadPicture(EvidenceError):
    """Facts: cause."""

    en = "a picture could not be stored ({cause})"
    zh = "图片无法保存（{cause}）"


class KeyUnreadable(EvidenceError):
    """Facts: file, cause."""

    en = "{file} is no usable Ed25519 key ({cause}). Restore it, or move it away so that a new one is made."
    zh = "{file} 不是可用的 Ed25519 密钥（{cause}）。请恢复它，或移走它以生成新密钥。"


class KeyChanged(EvidenceError):
    """Facts: run, found (the key that began the run), given (the key of now)."""

    en = "{run} was begun under the key {found}, the key is {given} now. Start a new run, or restore the old key."
    zh = "{run} 是用密钥 {found} 开始记录的，而现在的密钥是 {given}。请重新启动一次运行，或恢复旧密钥。"


class NoEvidence(EvidenceError):
    """Facts: path."""

    en = "There is no evidence at {path}. Give the folder of a run, or a folder of runs."
    zh = "{path} 处没有证据。请给出某次运行的文件夹，或存放各次运行的文件夹。"


class NoPicture(EvidenceError):
    """Facts: run, name."""

    en = "{run} has no picture {name!r}; it may have been pruned."
    zh = "{run} 没有图片 {name!r}，可能已按保留期限清除。"
