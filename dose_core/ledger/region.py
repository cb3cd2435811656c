"""Anatomical regions, coarse enough that sums over them mean something."""

from enum import StrEnum


class Region(StrEnum):
    """The region that an exam irradiated."""

    HEAD = "head"
    NECK = "neck"
    HEAD_AND_NECK = "head_and_neck"
    CHEST = "chest"
    HEART = "heart"
    BREAST = "breast"
    ABDOMEN = "abdomen"
    PELVIS = "pelvis"
    ABDOMEN_AND_PELVIS = "abdomen_and_pelvis"
    CHEST_ABDOMEN_AND_PELVIS = "chest_abdomen_and_pelvis"
    SPINE = "spine"
    UPPER_EXTREMITY = "upper_extremity"
    LOWER_EXTREMITY = "lower_extremity"
    WHOLE_BODY = "whole_body"
    SEVERAL = "several"  # events of regions that have no name in common
