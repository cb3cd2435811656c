"""Does the dose arrive, once, under the right patient?"""

from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import (
    AMBULANCE_HEAD,
    ANNA,
    ANNA_CHEST,
    BRUNO,
    BRUNO_NEW_NAME,
    CARA,
    CARA_ABDOMEN,
    DORA_THORAX,
    REPORTED_STUDIES,
    UNKNOWN,
)
from doseledger.demo.house import House, expect, same


def reports_are_read(house: House) -> str:
    """Each study with a dose report has the DLP and the events that its scanner states."""
    for study in REPORTED_STUDIES:
        exam = house.exam(study)
        same(f"the source of {study.key}", exam["source"], "rdsr")
        same(f"the DLP of {study.key}", exam["dlp_mgy_cm"], study.dlp_mgy_cm)
        same(f"the number of events of {study.key}", exam["events"], len(study.acquisitions))
    return f"{len(REPORTED_STUDIES)} studies of 2 scanners, DLP as stated"


def images_are_estimated(house: House) -> str:
    """A study of images alone has a DLP, marked as an estimate."""
    exam = house.exam(DORA_THORAX)
    same("the DLP", exam["dlp_mgy_cm"], DORA_THORAX.dlp_mgy_cm)
    same("its basis", exam["dlp_basis"], "estimate")
    same("its source", exam["source"], "image_header")
    return f"{exam['dlp_mgy_cm']:.1f} mGy.cm from 60 slices and a localizer, marked as an estimate"


def values_name_their_place(house: House) -> str:
    """An exam tells of each event which object and which place in it states the dose."""
    event = expect(house.reader, "GET", f"/api/v1/exams/{house.exam(ANNA_CHEST)['id']}")["events"][0]
    place = next((one for one in event["stated"] if one["field"].endswith("dlp_mgy_cm")), None)
    same("whether the DLP names its place", place is not None, expected=True)
    same("the event", event["event_uid"], ANNA_CHEST.event_uid(1))
    return f"DLP stated at content item {place['path']}" if place else ""


def name_is_updated(house: House) -> str:
    """An A08 changes the patient."""
    same("whether the new name is shown", house.patient(BRUNO)["name"] == BRUNO_NEW_NAME, expected=True)
    return "A08 applied"


def merged_dose_is_under_the_survivor(house: House) -> str:
    """After an A40 both numbers lead to one patient with both exams."""
    survivor = house.patient(CARA)["id"]
    same("the patient of the retired number", house.patient(UNKNOWN)["id"], survivor)
    uids = {AMBULANCE_HEAD.study_instance_uid, CARA_ABDOMEN.study_instance_uid}
    same("whether both exams are there", set(house.exams(CARA)) == uids, expected=True)
    sums = expect(house.reader, "GET", f"/api/v1/patients/{survivor}/cumulative-dose")
    same("the number of exams in the sums", sums["exams"], len(uids))
    # Head and body dose refer to different phantoms, so each has its own sum.
    found = sorted(round(one["value"], 2) for one in sums["sums"] if one["quantity"] == "dlp_mgy_cm")
    same("the sums", found, sorted((AMBULANCE_HEAD.dlp_mgy_cm, CARA_ABDOMEN.dlp_mgy_cm)))
    return "A40 applied: 2 exams, one sum per phantom"


def repetition_counts_nothing_twice(house: House) -> str:
    """The same report again is the same exam."""
    before = house.exams(ANNA)
    house.modality(ANNA_CHEST.scanner).store([dose_report(ANNA_CHEST)])
    after = house.exams(ANNA)
    same("the number of exams", len(after), len(before))
    same("the DLP", house.exam(ANNA_CHEST)["dlp_mgy_cm"], ANNA_CHEST.dlp_mgy_cm)
    return "sent twice, counted once"
