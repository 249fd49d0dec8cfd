"""Two published formulae beside ours: Similo's weighted likeness and Healenium's tree path score. Neither abstains."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import distance, fuzz

from nightclerk.locate.fingerprint import Fingerprint

#: Similo (Nass et al., TOSEM 2023): attribute -> (weight, how it is compared); xpaths are our five ancestors here.
_EXACT = (("tag", 1.5), ("field_name", 1.5), ("id", 1.5))
_NEAR = (("href", 0.5), ("alt", 0.5), ("text", 1.5))
#: Healenium takes the best at this likeness or above.
HEALENIUM_CAP = 0.6


def similo(wanted: Fingerprint, one: Fingerprint) -> float:
    """Similo's score; the best candidate is taken, however poor."""
    score = sum(w for name, w in _EXACT if getattr(wanted, name) and getattr(wanted, name) == getattr(one, name))
    for name, weight in _NEAR:
        was, now = getattr(wanted, name), getattr(one, name)
        score += weight * fuzz.ratio(was.lower(), now.lower()) / 100 if was and now else 0.0
    score += 0.5 * fuzz.ratio(" ".join(wanted.classes), " ".join(one.classes)) / 100
    score += 0.5 * fuzz.ratio("/".join(wanted.path), "/".join(one.path)) / 100
    near_was, near_now = {*wanted.before, *wanted.after}, {*one.before, *one.after}
    score += 1.5 * len(near_was & near_now) / max(1, len(near_was | near_now))
    if len(wanted.box) == 4 and len(one.box) == 4:
        away = ((wanted.box[0] - one.box[0]) ** 2 + (wanted.box[1] - one.box[1]) ** 2) ** 0.5
        score += 0.5 * max(0.0, 1 - away / 100)
    return score


def healenium(wanted: Fingerprint, one: Fingerprint) -> float:
    """Healenium's likeness, 0 to 1: path 100, tag 100, id 50, classes 40, text 30, others 30, over 350."""
    was, now = (*wanted.path[::-1], wanted.tag), (*one.path[::-1], one.tag)
    score = 100.0 * distance.LCSseq.similarity(was, now) / max(len(was), len(now))
    score += 100.0 * (wanted.tag == one.tag)
    score += 50.0 * (wanted.id == one.id) if wanted.id or one.id else 50.0
    both = set(wanted.classes) | set(one.classes)
    score += 40.0 * (len(set(wanted.classes) & set(one.classes)) / len(both) if both else 1.0)
    score += 30.0 * fuzz.ratio(wanted.text or wanted.name, one.text or one.name) / 100
    others = [(getattr(wanted, n), getattr(one, n)) for n in ("href", "field_name", "type", "title", "placeholder")]
    said = [(a, b) for a, b in others if a or b]
    score += 30.0 * (sum(a == b for a, b in said) / len(said) if said else 1.0)
    return score / 350


def first(scores: Sequence[float]) -> int:
    """The place of the highest score (-1 when there is none)."""
    return max(range(len(scores)), key=scores.__getitem__) if scores else -1
