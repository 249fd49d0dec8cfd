"""Learned numbers of the decision: how much each agreement helps, each conflict hurts, and how sure that makes us.

Written by benchmarks/locating/train.py from 2458 decisions on the training kits. Agreement may only help and conflict
only hurt (sign constraints).
"""

from __future__ import annotations

from collections.abc import Mapping

#: feature -> log-odds; `x+` is never negative, `x-` never positive.
WEIGHTS: Mapping[str, float] = {
    "name+": 1.58, "name-": -1.29, "name_rare+": 3.65, "name_new-": -2.89, "name_gone-": -1.76, "act+": 2.41,
    "label+": 1.0, "label-": -1.5, "label_gone-": -0.5, "placeholder+": 0.0, "placeholder-": -0.57, "title+": 0.8,
    "title-": -0.71, "alt+": 0.5, "alt-": -0.5, "value+": 0.8, "value-": -1.0, "text+": 2.37, "text-": -0.74,
    "test_id+": 4.0, "test_id-": -3.0, "id+": 3.79, "id-": -0.39, "id_gone-": -0.6, "field_name+": 3.0,
    "field_name-": -2.0, "href+": 2.68, "href-": -0.97, "icon+": 1.5, "icon-": -1.49, "role+": 0.33, "role-": -0.73,
    "tag+": 0.19, "tag-": -0.19, "type+": 0.17, "type-": -1.2, "heading+": 2.11, "heading-": -0.8, "form+": 0.54,
    "form-": -0.5, "column+": 1.0, "column-": -1.0, "classes+": 1.0, "classes-": -0.4, "landmarks+": 1.93,
    "landmarks-": -0.8, "before+": 1.02, "before-": -0.6, "after+": 1.25, "after-": -0.6, "path+": 1.2, "row+":
    3.03, "row-": -3.03, "in_row-": -0.11, "frame+": 0.0, "frame-": 0.0, "shadow+": 0.0, "shadow-": -0.19,
    "hidden-": -3.62, "control-": -1.0, "order+": 0.6, "position+": 0.6, "size+": 0.4, "group+": 2.77, "group-":
    -1.42, "kin_before+": 1.6, "kin_after+": 1.53, "between+": 1.12, "twins+": 0.35, "twins-": -1.26, "nth+": 1.54,
    "lone+": 1.57, "known_other-": -2.27,
}  # fmt: skip
#: The second stage: how sure the first candidate makes us.
CERTAINTY: Mapping[str, float] = {
    "one": -3.26, "name_new-": -1.69, "placeholder+": 1.5, "title+": 2.44, "test_id+": 3.0, "test_id-": -2.0, "id+":
    2.91, "id-": -1.08, "id_gone-": -3.0, "href+": 1.03, "role+": 1.45, "role-": -0.06, "tag-": -0.24, "heading-":
    -0.33, "form+": 0.27, "column+": 0.52, "landmarks+": 1.32, "landmarks-": -2.68, "after+": 1.05, "after-": -1.14,
    "path+": 1.05, "row+": 2.91, "row-": -1.21, "in_row-": -0.52, "order+": 1.5, "position+": 1.0, "group-": -3.0,
    "kin_after+": 0.64, "nth+": 1.14, "known_other-": -3.73, "margin": 0.38, "anchors": 1.36, "two_anchors": 3.09,
    "clear": 0.21, "vetoes": -2.0,
}  # fmt: skip
#: How sure we are of the one thing that an element's own way hits, which is evidence already.
BELIEF: Mapping[str, float] = {"one": -4.884, "margin": 0.456, "anchors": 5.074, "sameness": 7.312, "vetoes": -2.0}
