"""The routes of a live MLflow, and which of them a request takes."""

import json
import os
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[5] / "mlflow-auth-core/testdata/mlflow/dump_routes.py"


def live(requests):
    """The routes of the server, as pairs of method and path, and for each request the path of the one it takes."""
    python = os.environ.get("MLFLOW_PYTHON", sys.executable)
    asked = json.dumps(requests)
    done = subprocess.run([python, SCRIPT], input=asked, capture_output=True, text=True, check=True, timeout=120)
    told = json.loads(done.stdout)
    return {(route["method"], route["path"]) for route in told["routes"]}, told["answers"]
