"""Find a Chromium or Chrome for the browser tests; `python -m tests.e2e.browser --install` gets Debian's."""

import argparse
import os
import shutil
import subprocess
import sys

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_MACOS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
HOW_TO_GET_ONE = (
    "no Chromium or Chrome was found: install one (Debian: apt-get install chromium), then try again"
)


def find_browser() -> str | None:
    """Path of a browser that starts; ROLLCALL_BROWSER names one that is not on the path."""
    named = os.environ.get("ROLLCALL_BROWSER")
    found = [named, *(shutil.which(name) for name in _NAMES), *_MACOS]
    return next((path for path in found if path and _starts(path)), None)


def _starts(path: str) -> bool:
    # Ubuntu's chromium-browser is a stub that only says where its snap would be.
    try:
        asked = subprocess.run([path, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0 and asked.stdout.strip() != b""


def install_browser() -> bool:
    """Install Debian's Chromium where apt is and may; False where that was not possible."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return False
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (
        ["update", "-qq"],
        ["install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-dejavu-core"],
    ):
        ended = subprocess.run([apt, *arguments], env=environment, capture_output=True, check=False)
        if ended.returncode:
            return False
    return True


def main() -> int:
    """Say which browser the tests will use. Not having one is no failure: those tests are skipped."""
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.browser", description=main.__doc__)
    parser.add_argument("--install", action="store_true", help="install one where there is none")
    chosen = parser.parse_args()
    found = find_browser()
    if found is None and chosen.install:
        print("installing Chromium for the browser tests", flush=True)
        install_browser()
        found = find_browser()
    print(f"browser tests will use {found}" if found else f"browser tests will be skipped: {HOW_TO_GET_ONE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
