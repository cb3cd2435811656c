"""
Which device it was, from what objects state about it: no single tag tells, and any of them may be empty.

What names one machine is strong: the Device Observer UID (PS3.16, TID 1004), and the serial number with its maker.
Maker, model, station and institution name a machine only as long as no other fits them. The software is no part of
it, so that an upgrade changes nothing, and neither is the model beside a serial number of some length: the parts of
one PET/CT name different models, and some models name their software ("Senograph DS ADS_43.10.1").

Source: PS3.3, C.7.5.1 (General Equipment Module); PS3.16, TID 1004; ``docs/reference/quality-control.md``.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import combinations, groupby

from dose_core.model import DeviceStated

Keys = tuple[str, ...]

_UID, _SERIAL, _SHORT_SERIAL, _BARE_SERIAL, _AE_TITLE = "uid", "serial", "serial+model", "bare-serial", "ae-title"
_STRONG = (_UID, _SERIAL, _SHORT_SERIAL)

# Of ten machines of one maker at a site, two share one of 10 000 numbers with a chance of 0.5 %; numbers
# this short are counted for each model anew, so that the model tells them apart.
_SHORTEST_SERIAL = 5

# What is written where nothing is known; "removed" and its like by those who remove identities (PS3.15, E.1.1).
_FILLERS = frozenset(
    ("anonymized", "anonymous", "default", "n a", "na", "nil", "none", "not available", "null", "removed", "unknown")
)
# 000000 and 123456 in their lengths, and one letter or digit again and again.
_DIGITS_IN_ORDER = ("01234567890", "1234567890")
_SHORTEST_FILLER = 3


def identity_keys(stated: DeviceStated, *, site: str, study_instance_uid: str | None) -> Keys:
    """
    Return the keys under which a device is known at a site, the strongest first; empty if nothing names one.

    A key is the name of its rule and a hash of what the rule takes, with the site, so that equal names at two
    sites stay apart. The first key that is not strong holds all that is stated of maker, model, station and
    institution; those behind it hold parts of that. How they are used tells ``devices_among``.
    """
    maker, model, station, institution = (
        _words(text) for text in (stated.manufacturer, stated.model, stated.station_name, stated.institution)
    )
    maker = maker.partition(" ")[0]  # "SIEMENS" and "SIEMENS NM", "Philips" and "Philips Medical Systems"
    serial = _serial(stated.serial_number)
    is_long = len(serial) >= _SHORTEST_SERIAL
    uid = stated.observer_uid if stated.observer_uid != study_instance_uid else None  # GE OEC Fluorostar
    keys = []
    if uid:
        keys.append(_key(_UID, site, uid))
    if maker and is_long:
        keys.append(_key(_SERIAL, site, maker, serial))
    elif maker and model and serial:
        keys.append(_key(_SHORT_SERIAL, site, maker, model, serial))
    parts = _of_parts(site, {"maker": maker, "model": model, "station": station, "institution": institution})
    bare = [_key(_BARE_SERIAL, site, serial)] if serial else []
    keys += [*bare, *parts] if is_long else [*parts, *bare]
    if _words(stated.ae_title):
        keys.append(_key(_AE_TITLE, site, _words(stated.ae_title)))
    return tuple(keys)


def names_no_device(stated: DeviceStated) -> bool:
    """Test if nothing that is stated can tell one device from another: a maker or software alone cannot."""
    return not identity_keys(stated, site="", study_instance_uid=None)


def is_strong(key: str) -> bool:
    """Test if a key names one machine, so that whoever carries it is that machine."""
    return key.partition(":")[0] in _STRONG


def devices_among(appearances: Iterable[Keys]) -> tuple[frozenset[Keys], ...]:
    """
    Return which appearances, each given by its keys, are of one device.

    Equal strong keys join, but for an observer UID under which several serial numbers appear: it was copied with
    the disk. What has no strong key joins the device that states all that it states, if exactly one does; what
    fits several is left as a device of its own. The result depends on the set of appearances alone, so that a
    device that appears later can part what was joined before.
    """
    every = sorted({keys for keys in appearances if keys})
    copied = _copied_uids(every)
    devices = _joined(every, copied)
    weak: dict[str, set[Keys]] = defaultdict(set)  # by the key that they ask with
    for keys in every:
        if not _trusted(keys, copied):
            weak[next((key for key in keys if not is_strong(key)), keys[0])].add(keys)
    for _, asked in groupby(sorted(weak, key=_fullness, reverse=True), key=_fullness):
        offering = _offering(devices)
        for key in asked:
            fitting = offering[key]
            if len(fitting) == 1:
                fitting[0].update(weak[key])
            else:
                devices.append(weak[key])
    return tuple(sorted(map(frozenset, devices), key=min))


def _key(rule: str, *parts: str) -> str:
    return f"{rule}:{sha256(chr(0x1F).join(parts).encode()).hexdigest()[:16]}"


def _of_parts(site: str, parts: dict[str, str]) -> list[str]:
    """Return a key for each choice of the stated parts that names more than a maker or a place, fullest first."""
    stated = [name for name, text in parts.items() if text]
    chosen = [
        names
        for count in range(len(stated), 0, -1)
        for names in combinations(stated, count)
        if "model" in names or "station" in names
    ]
    return [_key("+".join(names), site, *(parts[name] for name in names)) for names in chosen]


def _words(text: str | None) -> str:
    """Return the words of a text as they are compared, ``""`` if it tells nothing."""
    folded = unicodedata.normalize("NFKC", text or "").casefold()
    words = " ".join("".join(letter if letter.isalnum() else " " for letter in folded).split())
    return "" if words in _FILLERS or _is_one_letter(words) else words


def _serial(text: str | None) -> str:
    """Return a serial number without punctuation, ``""`` if it is a filler."""
    serial = _words(text).replace(" ", "")
    is_in_order = len(serial) >= _SHORTEST_FILLER and any(digits.startswith(serial) for digits in _DIGITS_IN_ORDER)
    return "" if is_in_order or not serial.strip("0") else serial


def _is_one_letter(words: str) -> bool:
    return len(words) >= _SHORTEST_FILLER and len(set(words)) == 1


def _fullness(key: str) -> int:
    """Return how much a key that is not strong takes: what asks with less may be part of what asks with more."""
    rule = key.partition(":")[0]
    if rule == _BARE_SERIAL:
        return 10  # it says more than all parts together
    return -1 if rule == _AE_TITLE else rule.count("+")


def _trusted(keys: Keys, copied: set[str]) -> list[str]:
    return [key for key in keys if is_strong(key) and key not in copied]


def _copied_uids(every: Sequence[Keys]) -> set[str]:
    """Return the observer UIDs under which several serial numbers appear."""
    serials: dict[str, set[str]] = defaultdict(set)
    for keys in every:
        for uid in (key for key in keys if key.startswith(f"{_UID}:")):
            serials[uid].update(key for key in keys if key.startswith(f"{_BARE_SERIAL}:"))
    return {uid for uid, its in serials.items() if len(its) > 1}


def _joined(every: Sequence[Keys], copied: set[str]) -> list[set[Keys]]:
    """Return the appearances with a key that names one machine, those joined that share one."""
    devices: list[set[Keys]] = []
    of_key: dict[str, set[Keys]] = {}
    for keys in every:
        names = _trusted(keys, copied)
        if not names:
            continue
        device = {keys}
        for other in {id(of_key[name]): of_key[name] for name in names if name in of_key}.values():
            devices = [one for one in devices if one is not other]
            device |= other
        devices.append(device)
        of_key |= {name: device for member in device for name in _trusted(member, copied)}
    return devices


def _offering(devices: Iterable[set[Keys]]) -> dict[str, list[set[Keys]]]:
    """Return for each key the devices that have an appearance with it."""
    offering: dict[str, list[set[Keys]]] = defaultdict(list)
    for device in devices:
        for key in {key for keys in device for key in keys}:
            offering[key].append(device)
    return offering
