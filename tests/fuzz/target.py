"""
What must hold for any bytes, and the fuzzer that looks for bytes for which it does not.

``run.py`` beside this file starts it, with the arguments of libFuzzer.
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def check(data: bytes) -> None:
    """
    Read the bytes: they give a report that can be printed, or a reason that was foreseen. All else is a bug.

    What other objects left behind must not change it: the readers remember the codes of objects before.
    """
    from dose_core.readers.sr import items as sr_items

    after_others = told_by(data)
    sr_items.forget_codes()
    alone = told_by(data)
    assert after_others == alone, "what was read before changes what is read"
    assert told_by(data) == alone, "what is read twice is not read the same"
    assert alone.strip()


def told_by(data: bytes) -> str:
    """Return the report as JSON, or the reason why there is none."""
    from dose_core.errors import DoseError
    from dose_core.readers.registry import read_dose
    from dose_core.readers.report_line import report_line

    try:
        report = read_dose(data)
    except DoseError as reason:
        return str(reason)
    return json.dumps(report_line(report, with_origins=True), allow_nan=False)


def main() -> None:
    """Fuzz, until libFuzzer's arguments say that it is enough or a bug is found."""
    import atheris

    with atheris.instrument_imports(include=["dose_core"]):
        import dose_core.readers.registry
        import dose_core.readers.report_line  # noqa: F401  both are imported for the instruments

    from tests.fuzz.mutator import mutated
    from tests.fuzz.words import known_words

    words = known_words()

    def mutate(data: bytes, max_size: int, seed: int) -> bytes:
        """Change the object or, one time in four and where it is none, its bytes."""
        changed = mutated(data, seed, words) if seed % 4 else None
        return changed[:max_size] if changed is not None else bytes(atheris.Mutate(data, max_size))

    atheris.Setup(sys.argv, check, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))  # started by its path
    main()
