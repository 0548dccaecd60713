"""The command line, as people type it."""

import subprocess
import sys


def alliancelab(*arguments: str, folder=None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "alliancelab", *arguments], cwd=folder, capture_output=True, text=True,
                          check=False)
