"""A supplement notices when the emulator has changed under it, and the emulator stays within the machine."""

import json
import sys
from pathlib import Path

import pytest

from local.emulator.process import Emulator
from local.emulator.upstream import Upstream, UpstreamChangedError


def test_a_function_that_changed_stops_the_start_and_is_named() -> None:
    with pytest.raises(UpstreamChangedError, match=r"json\.loads has changed"):
        Upstream({"json.loads": "0"}).check(json, "loads")


def test_a_function_that_is_gone_stops_the_start_and_is_named() -> None:
    with pytest.raises(UpstreamChangedError, match=r"json\.no_such_function is gone"):
        Upstream({"json.loads": "0"}).check(json, "no_such_function")


def test_a_second_supplement_checks_the_original_of_what_the_first_replaced() -> None:
    class Service:
        """Stands for a part of the emulator."""

        def answer(self) -> int:
            return 1

    recording = Upstream({})
    recording.check(Service, "answer")
    upstream = Upstream(recording.seen)
    for _ in range(2):
        upstream.replace(Service, "answer", lambda original: lambda self: original(self) + 1)
    assert Service().answer() == 3


@pytest.mark.emulator
@pytest.mark.skipif(sys.platform != "linux", reason="reads the kernel's table of sockets")
def test_nothing_listens_beyond_the_loopback_interface(emulator: Emulator) -> None:
    ports = {emulator.settings.http_port, emulator.settings.mqtt_port}
    listening = {
        (address, int(port, 16))
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        for address, port in [line.split()[1].split(":")]
        if line.split()[3] == "0A" and int(port, 16) in ports
    }
    assert listening == {("0100007F", port) for port in ports}  # 127.0.0.1
