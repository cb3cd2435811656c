"""The words of the cards, by language. No card tells a dose: a number without a scale helps nobody who orders."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from babel.dates import format_date
from babel.lists import format_list

from dose_core.ledger.region import Region
from dose_core.orders.modality import ModalityKind, kinds_of
from dose_services.hook_calls import PregnancyState, StatedBy

_REGIONS = {
    "en": {
        Region.HEAD: "head",
        Region.NECK: "neck",
        Region.CHEST: "chest",
        Region.HEART: "heart",
        Region.BREAST: "breast",
        Region.ABDOMEN: "abdomen",
        Region.PELVIS: "pelvis",
        Region.SPINE: "spine",
        Region.UPPER_EXTREMITY: "upper extremity",
        Region.LOWER_EXTREMITY: "lower extremity",
        Region.WHOLE_BODY: "whole body",
    },
    "de": {
        Region.HEAD: "Kopf",
        Region.NECK: "Hals",
        Region.CHEST: "Thorax",
        Region.HEART: "Herz",
        Region.BREAST: "Mamma",
        Region.ABDOMEN: "Abdomen",
        Region.PELVIS: "Becken",
        Region.SPINE: "Wirbelsäule",
        Region.UPPER_EXTREMITY: "obere Extremität",
        Region.LOWER_EXTREMITY: "untere Extremität",
        Region.WHOLE_BODY: "Ganzkörper",
    },
}
_KINDS = {
    "en": {
        ModalityKind.CT: "CT",
        ModalityKind.RADIOGRAPHY: "X-ray",
        ModalityKind.FLUOROSCOPY: "fluoroscopy",
        ModalityKind.MAMMOGRAPHY: "mammography",
        ModalityKind.NUCLEAR: "nuclear medicine",
    },
    "de": {
        ModalityKind.CT: "CT",
        ModalityKind.RADIOGRAPHY: "Röntgen",
        ModalityKind.FLUOROSCOPY: "Durchleuchtung",
        ModalityKind.MAMMOGRAPHY: "Mammographie",
        ModalityKind.NUCLEAR: "Nuklearmedizin",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """Texts of a language; those with braces are filled in."""

    label: str
    today: str
    yesterday: str
    days_ago: str
    and_more: str
    prior_detail: str
    recent_detail: str
    images: str
    report: str
    history: str
    at: str
    drop: str
    drop_action: str
    pregnancy: dict[PregnancyState, str]
    pregnancy_detail: dict[PregnancyState, str]
    by: dict[StatedBy, str]
    skin: str
    skin_due: str
    skin_detail: str


_TEXTS = {
    "en": Texts(
        label="DoseLedger, radiation dose register",
        today="today",
        yesterday="yesterday",
        days_ago="{days} days ago",
        and_more="{exam} {when}, and {more} more",
        prior_detail="Similar exams. Please see whether their images and reports answer the question:",
        recent_detail="Exams of this patient with radiation in the last 30 days:",
        images="Images: {exam}",
        report="Report: {exam}",
        history="Exams of this patient",
        at="at {place}",
        drop="Do without the new exam",
        drop_action="Remove the order; the prior exam answers the question",
        pregnancy={
            PregnancyState.PREGNANT: "A pregnancy is stated",
            PregnancyState.POSSIBLE: "A possible pregnancy is stated",
            PregnancyState.NOT_EXCLUDED: "Pregnancy: nothing is stated that still holds",
        },
        pregnancy_detail={
            PregnancyState.PREGNANT: "Stated {by} on {on}. Please consider it for the justification of the exam.",
            PregnancyState.POSSIBLE: "Stated {by} on {on}. Please ask before the exam.",
            PregnancyState.NOT_EXCLUDED: "By age, sex and region of the exam a pregnancy is to be asked for.",
        },
        by={
            StatedBy.EHR: "in the patient record",
            StatedBy.MESSAGE: "by the hospital information system",
            StatedBy.EXAM: "at an exam",
        },
        skin="Skin follow-up is open: {exam} {when}",
        skin_due=", to be looked at from {on}",
        skin_detail="After this exam the skin is to be looked at, and nobody has recorded that it was.",
    ),
    "de": Texts(
        label="DoseLedger, Register der Strahlendosen",
        today="heute",
        yesterday="gestern",
        days_ago="vor {days} Tagen",
        and_more="{exam} {when}, und {more} weitere",
        prior_detail="Ähnliche Untersuchungen. Bitte prüfen, ob ihre Bilder und Befunde die Frage beantworten:",
        recent_detail="Untersuchungen dieser Person mit Strahlung in den letzten 30 Tagen:",
        images="Bilder: {exam}",
        report="Befund: {exam}",
        history="Untersuchungen dieser Person",
        at="in {place}",
        drop="Auf die neue Untersuchung verzichten",
        drop_action="Anforderung entfernen; die frühere Untersuchung beantwortet die Frage",
        pregnancy={
            PregnancyState.PREGNANT: "Eine Schwangerschaft ist angegeben",
            PregnancyState.POSSIBLE: "Eine mögliche Schwangerschaft ist angegeben",
            PregnancyState.NOT_EXCLUDED: "Schwangerschaft: es liegt keine gültige Angabe vor",
        },
        pregnancy_detail={
            PregnancyState.PREGNANT: "Angegeben {by} am {on}. Bitte bei der rechtfertigenden Indikation bedenken.",
            PregnancyState.POSSIBLE: "Angegeben {by} am {on}. Bitte vor der Untersuchung fragen.",
            PregnancyState.NOT_EXCLUDED: "Nach Alter, Geschlecht und Region ist nach einer Schwangerschaft zu fragen.",
        },
        by={
            StatedBy.EHR: "in der Patientenakte",
            StatedBy.MESSAGE: "vom Krankenhausinformationssystem",
            StatedBy.EXAM: "bei einer Untersuchung",
        },
        skin="Nachschau der Haut offen: {exam} {when}",
        skin_due=", anzusehen ab {on}",
        skin_detail="Nach dieser Untersuchung ist die Haut anzusehen; dass es geschah, hat niemand vermerkt.",
    ),
}
_REASONS = {
    "en": {
        "question-is-new": "The question is a new one",
        "follow-up": "Planned follow-up of the prior exam",
        "change": "The patient's state has changed",
        "prior-not-usable": "Images of the prior exam are not at hand or not sufficient",
        "emergency": "Emergency",
        "pregnancy-excluded": "A pregnancy was excluded",
        "pregnancy-considered": "Needed all the same: the pregnancy was considered",
        "skin-seen": "The skin was looked at",
        "skin-planned": "The look at the skin is planned",
        "other": "Another reason, see comment",
    },
    "de": {
        "question-is-new": "Die Frage ist eine neue",
        "follow-up": "Geplante Verlaufskontrolle",
        "change": "Der Zustand hat sich geändert",
        "prior-not-usable": "Bilder der früheren Untersuchung fehlen oder reichen nicht",
        "emergency": "Notfall",
        "pregnancy-excluded": "Eine Schwangerschaft wurde ausgeschlossen",
        "pregnancy-considered": "Dennoch nötig: die Schwangerschaft wurde bedacht",
        "skin-seen": "Die Haut wurde angesehen",
        "skin-planned": "Die Nachschau der Haut ist geplant",
        "other": "Anderer Grund, siehe Kommentar",
    },
}
LANGUAGES = tuple(_TEXTS)


class Words:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.texts = _TEXTS[language]
        self.reasons = MappingProxyType(_REASONS[language])

    def exam(self, modality: str, parts: Iterable[Region]) -> str:
        """Return what an exam was: ``CT chest``; a modality that has no name here as it is stated."""
        kinds = kinds_of(modality.split("/"))
        names = [name for kind, name in _KINDS[self.language].items() if kind in kinds]
        where = [_REGIONS[self.language][part] for part in parts if part in _REGIONS[self.language]]
        return " ".join(filter(None, (" + ".join(names) or modality, format_list(where, locale=self.language))))

    def when(self, days_ago: int | None, day: date | None) -> str:
        """Return when it was, in days; by its date if that is not known, or if the clock of the device is ahead."""
        if days_ago is None or day is None:
            return ""
        if days_ago < 0:
            return self.day(day)
        if days_ago <= 1:
            return self.texts.yesterday if days_ago else self.texts.today
        return self.texts.days_ago.format(days=days_ago)

    def day(self, day: date) -> str:
        """Return a date."""
        return format_date(day, "medium", locale=self.language)
