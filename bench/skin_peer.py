"""
PySkinDose on one of its own example reports, for the Python of the peers: its map and its CPU.

``python skin_peer.py REPORT PHANTOM TIMES RESULT`` writes the file RESULT (.npz); PHANTOM is ``plane``, ``cylinder`` or
the name of one of its meshes, TIMES how often the events of the report are calculated, as if they had happened so.
Settings are those of its example. Its phantoms are written as they lie before the table moves them, in cm.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyskindose
from pyskindose.calculate_dose.calculate_dose import calculate_dose
from pyskindose.helpers.calculate_rotation_matrices import calculate_rotation_matrices
from pyskindose.helpers.read_and_normalize_rdsr_data import read_and_normalise_rdsr_data
from pyskindose.phantom_class import Phantom
from pyskindose.settings import PyskindoseSettings

SHIPPED = Path(pyskindose.__file__).parent


def main(report: str, phantom: str, times: str, result: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        chosen = settings(phantom, folder)
        events = read_and_normalise_rdsr_data(str(SHIPPED / "example_data" / "RDSR" / report), settings=chosen)
        repeated = pd.concat([events] * int(times), ignore_index=True)
        placed = calculate_rotation_matrices(repeated)
        around = [Phantom(name, chosen.phantom.dimension) for name in ("table", "pad")]
        body = Phantom(chosen.phantom.model, chosen.phantom.dimension, chosen.phantom.human_mesh)
        started = time.process_time()
        try:
            _, output = calculate_dose(placed, chosen, *around)
            dose, problem = output["dose_map"], ""
        except (ValueError, TypeError, IndexError, RecursionError) as error:
            dose, problem = np.zeros(len(body.r)), type(error).__name__
        cpu_s = time.process_time() - started
    normals = np.tile([0.0, 1.0, 0.0], (len(body.r), 1)) if phantom == "plane" else body.n
    np.savez(result, cells_cm=body.r, normals=normals, dose_mgy=dose, cpu_s=cpu_s, problem=problem)


def settings(phantom: str, folder: str) -> PyskindoseSettings:
    """Return the settings of its example with another phantom."""
    example = json.loads((SHIPPED / "settings_example.json").read_text(encoding="utf-8"))
    example |= {"mode": "calculate_dose", "corrections_db_path": f"{folder}/corrections.db"}
    example["plot"]["notebook_mode"] = False
    is_mesh = phantom not in {"plane", "cylinder"}
    example["phantom"] |= {"model": "human", "human_mesh": phantom} if is_mesh else {"model": phantom}
    return PyskindoseSettings(settings=example, file_result_output_path=folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
