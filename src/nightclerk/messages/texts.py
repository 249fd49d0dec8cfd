"""What goes out as one text: messages of one time by kind, in as many texts as a channel's limit makes necessary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nightclerk.messages.notices import in_both
from nightclerk.work.messages import SENDING, Delivery

#: Bytes of a channel's limit that are left for the line with the title.
_TITLE_BYTES = 100
_GAP = "\n…\n"


def body_of(deliveries: Iterable[Delivery], language: str) -> str:
    """One text for several messages, by kind, in the order in which things happened."""
    kinds: dict[str, list[str]] = {}
    for delivery in deliveries:
        text = delivery.message.text.get(language, "")
        if delivery.state == SENDING:  # it may have gone out before its sender died
            text = f"{in_both('messages.again')[language]} {text}"
        kinds.setdefault(delivery.message.kind, []).append(text)
    parts = [f"【{in_both(f'messages.kind.{kind}')[language]}】\n" + "\n".join(texts) for kind, texts in kinds.items()]
    return "\n\n".join(parts)


def batches(
    deliveries: Iterable[Delivery], language: str, most_bytes: int | None
) -> Iterator[tuple[list[Delivery], str]]:
    """The deliveries in groups, each with its text, none longer than a channel takes (None: no limit).

    A message that is too long by itself goes alone and shortened in its middle: its end has the link.
    """
    room = None if most_bytes is None else most_bytes - _TITLE_BYTES
    batch: list[Delivery] = []
    for one in deliveries:
        if batch and room is not None and len(body_of([*batch, one], language).encode()) > room:
            yield batch, shortened(body_of(batch, language), room)
            batch = []
        batch.append(one)
    if batch:
        yield batch, shortened(body_of(batch, language), room)


def shortened(text: str, most_bytes: int | None) -> str:
    """A text within so many bytes of UTF-8: its head and its end, no letter cut in two."""
    whole = text.encode()
    if most_bytes is None or len(whole) <= most_bytes:
        return text
    half = (most_bytes - len(_GAP.encode())) // 2
    return whole[:half].decode(errors="ignore") + _GAP + whole[-half:].decode(errors="ignore")
