"""A JSON list read entry by entry says the same as one that is read whole."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nightclerk.documents import json_lists
from nightclerk.documents.json_lists import json_list

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def written(folder: Path, text: str) -> Path:
    file = folder / "list.json"
    file.write_text(text, encoding="utf-8")
    return file


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(entries=st.lists(VALUES, max_size=12), indent=st.sampled_from((None, 2)), piece=st.integers(1, 40))
def test_any_list_in_any_pieces(
    tmp_path_factory: pytest.TempPathFactory, entries: list[object], indent: int | None, piece: int
) -> None:
    """However the pieces fall, even inside a number, the entries are those of the whole."""
    file = written(tmp_path_factory.getbasetemp(), json.dumps(entries, indent=indent, ensure_ascii=False))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_lists, "_PIECE", piece)
        assert list(json_list(file)) == entries


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"id": 1}', "not a list"),
        ("", "not a list"),
        ("[1, 2", "expected , or ] at character 5"),
        ("[1, ", "the list ends at character 4 without ]"),
        ('[{"id": 1} {"id": 2}]', "expected , or ] at character 12"),
        ('[{"id": tea}]', "Expecting value at character 9"),
        ("[1] 2", "something follows the list at character 5"),
    ],
)
def test_what_is_no_list_is_said_with_its_place(tmp_path: Path, text: str, why: str) -> None:
    """Each kind of broken list ends in one sentence that names the character."""
    with pytest.raises(ValueError, match=f"^{re.escape(why)}$"):
        list(json_list(written(tmp_path, text)))
