"""Learned numbers of the decision: how much each agreement helps, each conflict hurts, and how sure that makes us.

Written by benchmarks/locating/train.py from 2296 decisions on the training kits. Agreement may only help and conflict
only hurt (sign constraints).
"""

from __future__ import annotations

from collections.abc import Mapping

#: feature -> log-odds; `x+` is never negative, `x-` never positive.
WEIGHTS: Mapping[str, float] = {
    "name+": 1.53, "name-": -1.66, "name_rare+": 3.55, "name_new-": -2.55, "name_gone-": -1.45, "act+": 1.92,
    "label+": 1.0, "label-": -1.5, "label_gone-": -0.5, "placeholder+": 0.05, "placeholder-": -0.74,
    "title+": 0.8, "title-": -0.8, "alt+": 0.5, "alt-": -0.5, "value+": 0.8, "value-": -1.0, "text+": 1.66,
    "text-": -0.93, "test_id+": 4.0, "test_id-": -3.0, "id+": 3.56, "id-": -0.33, "id_gone-": -0.6,
    "field_name+": 3.0, "field_name-": -2.0, "href+": 2.73, "href-": -1.35, "icon+": 1.5, "icon-": -2.39,
    "role+": 0.69, "role-": -1.09, "tag+": 0.0, "tag-": 0.0, "type+": 0.18, "type-": -1.17, "heading+": 1.5,
    "heading-": -0.8, "form+": 0.54, "form-": -0.5, "column+": 1.0, "column-": -1.0, "classes+": 1.0,
    "classes-": -0.4, "landmarks+": 1.41, "landmarks-": -0.8, "before+": 1.12, "before-": -0.6, "after+": 1.4,
    "after-": -0.6, "path+": 1.2, "row+": 2.94, "row-": -2.94, "in_row-": -0.7, "frame+": 0.0, "frame-": 0.0,
    "shadow+": 0.0, "shadow-": -0.19, "hidden-": -3.29, "control-": -1.0, "order+": 0.6, "position+": 0.6,
    "size+": 0.4,
}  # fmt: skip
#: The second stage: how sure the first candidate makes us. In the order of `healing.certainty_features`.
CERTAINTY: tuple[float, ...] = (-4.884, 0.0, 0.456, 5.074, 0.0, 0.0, 1.828, 0.0, -2.0)
