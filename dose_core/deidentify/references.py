"""References to other objects, under the UIDs that these have when they are de-identified as well."""

from pydicom._uid_dict import UID_dictionary
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from dose_core.deidentify.profile import elements
from dose_core.deidentify.raw import ascii_of, items_of
from dose_core.deidentify.replacing import Replacing

_NO_CLASS = ("", "", "", "", "")  # as the dictionary has it: name, type, ...


def references(stated: Dataset, keyword: str, replacing: Replacing) -> Sequence | None:
    """Return a sequence of references, ``None`` if nothing of it is left."""
    kept = [item for item in (_reference(one, replacing) for one in items_of(stated, keyword)) if item is not None]
    return Sequence(kept) if kept else None


def _reference(stated: Dataset, replacing: Replacing) -> Dataset | None:
    """Return one level of a reference; ``None`` of an object of no class of the standard, or of nothing at all."""
    made = Dataset()
    for rule in elements("reference"):
        if rule.action == "references":
            inner = references(stated, rule.keyword, replacing)
            if inner is not None:
                setattr(made, rule.keyword, inner)
            elif items_of(stated, rule.keyword):
                return None
            continue
        value = ascii_of(stated, rule.keyword)
        if value is None:
            continue
        if rule.action == "known_class_uid" and UID_dictionary.get(value, _NO_CLASS)[1] != "SOP Class":
            return None
        setattr(made, rule.keyword, value if rule.action == "known_class_uid" else replacing.uid(value))
    return made if len(made) else None
