"""
Compare ``doseledger read`` with what others read from the same objects: ``compare_with_oracles.py [--values]``.

Prints a row for each dose object of the corpus: how many values were compared with an oracle's, whether all are equal,
and each that is not; ``--values`` prints them all. Exit code 1 if one differs. CORPUS names the corpus, if it lies
elsewhere than beside the repository.
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main(*, are_all_shown: bool) -> int:
    """Print the table, and return the exit code."""
    sys.path.insert(0, str(ROOT))  # started by its path
    from doseledger.read_command import line_of, load
    from tests.support.corpus import CORPUS
    from tests.support.oracles import known_files, values_of

    files = known_files()
    if not files:
        sys.stdout.write(f"there is no corpus in {CORPUS}; name it by CORPUS\n")
        return 0
    values = differing = 0
    for name in files:
        line = json.loads(line_of(CORPUS / name, load(CORPUS / name)))
        found = values_of(name, line)
        others = [one for one in found if not one.is_equal]
        values, differing = values + len(found), differing + len(others)
        verdict = "all equal" if not others else f"{len(others)} DIFFER"
        sys.stdout.write(f"{name:<68} {line.get('kind') or line['status']:<26} {len(found):>4} values  {verdict}\n")
        for one in found if are_all_shown else others:
            mark = "   =" if one.is_equal else "   /"
            sys.stdout.write(f"  {mark} {one.what:<44} oracle {one.oracle!r}, ours {one.ours!r}\n")
    sys.stdout.write(f"{len(files)} files, {values} values compared, {differing} differ\n")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(are_all_shown="--values" in sys.argv[1:]))
