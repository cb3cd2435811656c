"""The header of a dose SR, built anew from the elements that the table knows."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from dose_core.deidentify.content import clean_content
from dose_core.deidentify.dates import age_on, clean_age, clean_offset, clean_time, moved_date
from dose_core.deidentify.errors import NotDeidentifiableError
from dose_core.deidentify.profile import ROOT_TEMPLATES, ElementRule, elements
from dose_core.deidentify.raw import ascii_of, items_of, terms_of, text_of
from dose_core.deidentify.references import references
from dose_core.deidentify.replacing import Replacing, clean_number
from dose_core.deidentify.vocabulary import code_sequence, known_code, stated_code
from dose_core.model import Code

# PS3.4, B.5: the classes of dose reports, and the general ones in which they come too.
_CLASSES = frozenset(f"1.2.840.10008.5.1.4.1.1.88.{last}" for last in ("22", "33", "34", "67", "68", "73", "76"))
_TITLES = frozenset({("113701", "DCM"), ("113500", "DCM"), ("128401", "DCM")})
_SEXES = frozenset({"M", "F", "O"})  # PS3.3, C.2.3
# CID 7050
_PROFILE = Code(value="113100", scheme="DCM", meaning="Basic Application Confidentiality Profile")
_STRUCTURED = Code(value="113104", scheme="DCM", meaning="Clean Structured Content Option")
_DESCRIPTORS = Code(value="113105", scheme="DCM", meaning="Clean Descriptors Option")
_DATES = Code(value="113107", scheme="DCM", meaning="Retain Longitudinal Temporal Information Modified Dates Option")
_CHARACTERISTICS = Code(value="113108", scheme="DCM", meaning="Retain Patient Characteristics Option")
_DEVICE = Code(value="113109", scheme="DCM", meaning="Retain Device Identity Option")

Value = str | Sequence | None
Fill = Callable[[Dataset, ElementRule, Replacing], Value]


def clean_document(stated: Dataset, replacing: Replacing) -> Dataset:
    """
    Return an object without who was irradiated.

    Raises:
        NotDeidentifiableError: it is no dose report of a class and title that we know, or its tree cannot be cleaned.
    """
    made = Dataset()
    for rule in elements("document"):
        value = _FILLS[rule.action](stated, rule, replacing)
        if value is not None:
            setattr(made, rule.keyword, value)
    return made


def _constant(_: Dataset, rule: ElementRule, __: Replacing) -> Value:
    return rule.value


def _empty(_: Dataset, __: ElementRule, ___: Replacing) -> Value:
    return ""


def _empty_sequence(_: Dataset, __: ElementRule, ___: Replacing) -> Value:
    return Sequence([])


def _class(stated: Dataset, rule: ElementRule, _: Replacing) -> Value:
    value = ascii_of(stated, rule.keyword)
    if value not in _CLASSES:
        raise NotDeidentifiableError("its SOP Class is none of dose reports")
    return value


def _uid(stated: Dataset, rule: ElementRule, replacing: Replacing) -> Value:
    value = ascii_of(stated, rule.keyword)
    if value is None:
        msg = f"it has no {rule.keyword}"
        raise NotDeidentifiableError(msg)
    return replacing.uid(value)


def _date(stated: Dataset, rule: ElementRule, replacing: Replacing) -> Value:
    return moved_date(ascii_of(stated, rule.keyword) or "", replacing.days) or ""


def _date_if_stated(stated: Dataset, rule: ElementRule, replacing: Replacing) -> Value:
    return moved_date(ascii_of(stated, rule.keyword) or "", replacing.days)


def _time(stated: Dataset, rule: ElementRule, _: Replacing) -> Value:
    return clean_time(ascii_of(stated, rule.keyword) or "") or ""


def _time_if_stated(stated: Dataset, rule: ElementRule, _: Replacing) -> Value:
    return clean_time(ascii_of(stated, rule.keyword) or "")


def _offset(stated: Dataset, rule: ElementRule, _: Replacing) -> Value:
    return clean_offset(ascii_of(stated, rule.keyword) or "")


def _text(stated: Dataset, rule: ElementRule, replacing: Replacing) -> Value:
    return replacing.text(rule.action, text_of(stated, rule.keyword, terms_of(stated)))


def _pseudonym(_: Dataset, __: ElementRule, replacing: Replacing) -> Value:
    return replacing.pseudonym


def _sex(stated: Dataset, rule: ElementRule, replacing: Replacing) -> Value:
    value = ascii_of(stated, rule.keyword)
    return value if value in _SEXES and replacing.policy.keeps_characteristics else ""


def _age(stated: Dataset, rule: ElementRule, replacing: Replacing) -> Value:
    if not replacing.policy.keeps_characteristics:
        return None
    told = clean_age(ascii_of(stated, rule.keyword) or "")
    return told or age_on(ascii_of(stated, "StudyDate") or "", ascii_of(stated, "PatientBirthDate") or "")


def _number(stated: Dataset, rule: ElementRule, replacing: Replacing) -> Value:
    return clean_number(ascii_of(stated, rule.keyword)) if replacing.policy.keeps_characteristics else None


def _references(stated: Dataset, rule: ElementRule, replacing: Replacing) -> Value:
    return references(stated, rule.keyword, replacing)


def _one_of(stated: Dataset, rule: ElementRule, _: Replacing) -> Value:
    allowed = rule.value.split("/")
    value = ascii_of(stated, rule.keyword)
    return value if value in allowed else allowed[0]


def _one_of_if_stated(stated: Dataset, rule: ElementRule, _: Replacing) -> Value:
    value = ascii_of(stated, rule.keyword)
    return value if value in rule.value.split("/") else None


def _template(stated: Dataset, rule: ElementRule, _: Replacing) -> Value:
    for item in items_of(stated, rule.keyword)[:1]:
        number = ascii_of(item, "TemplateIdentifier")
        if ascii_of(item, "MappingResource") == "DCMR" and number in ROOT_TEMPLATES:
            made = Dataset()
            made.MappingResource = "DCMR"
            made.TemplateIdentifier = number
            return Sequence([made])
    return None


def _title(stated: Dataset, rule: ElementRule, _: Replacing) -> Value:
    title = known_code(stated_code(stated, rule.keyword))
    if title is None or (title.value, title.scheme) not in _TITLES:
        raise NotDeidentifiableError("its title is none of dose reports")
    return code_sequence(title)


def _content(stated: Dataset, _: ElementRule, replacing: Replacing) -> Value:
    return clean_content(stated, replacing, terms_of(stated))


def _methods(_: Dataset, __: ElementRule, replacing: Replacing) -> Value:
    policy = replacing.policy
    codes = [_PROFILE, _STRUCTURED]
    codes += [_DESCRIPTORS] if policy.released_texts else []
    codes += [_DATES]
    codes += [_CHARACTERISTICS] if policy.keeps_characteristics else []
    codes += [_DEVICE] if policy.keeps_device else []
    return Sequence([item for code in codes for item in code_sequence(code)])


_FILLS: Mapping[str, Fill] = MappingProxyType(
    {
        "constant": _constant,
        "empty": _empty,
        "empty_sequence": _empty_sequence,
        "class_uid": _class,
        "uid": _uid,
        "date": _date,
        "date_if_stated": _date_if_stated,
        "time": _time,
        "time_if_stated": _time_if_stated,
        "offset": _offset,
        "maker": _text,
        "station": _text,
        "serial": _text,
        "pseudonym": _pseudonym,
        "sex": _sex,
        "age": _age,
        "number": _number,
        "references": _references,
        "one_of": _one_of,
        "one_of_if_stated": _one_of_if_stated,
        "template": _template,
        "title": _title,
        "content": _content,
        "methods": _methods,
    }
)
