"""The benchmark of the pipeline: what it composes, how it counts and what it shows."""

import json
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import cv2
import numpy as np
import pytest

from benchmarks import bench
from benchmarks.bench import (
    BLOCKS,
    Measured,
    captures_table,
    enrolled_table,
    growth_chart,
    growth_table,
    memory_table,
)
from benchmarks.crowds import FACE_WIDTH, Person, burst_of
from benchmarks.growth import Point, random_gallery, random_vectors
from benchmarks.peak_memory import Peak
from benchmarks.plots import Chart, Line, round_up, svg_of
from benchmarks.timing import Cost, least_costs

SVG = "{http://www.w3.org/2000/svg}"


def person(colour: int) -> Person:
    head = np.full((90, 80, 3), colour, np.uint8)
    return Person(f"person-{colour}", b"", head)


def point(label: str, pipeline: float, bare: float, search: float | None = None, faces: int = 10) -> Point:
    def cost(seconds: float) -> Cost:
        return Cost(seconds, 2 * seconds)

    return Point(1.0, label, 1, faces, cost(pipeline), cost(bare), None if search is None else cost(search))


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - drawn here


def test_a_burst_has_as_many_frames_and_pixels_as_asked_for():
    burst = burst_of([person(0)], 4, (1280, 720), 3)

    assert [frame.number for frame in burst] == [1, 2, 3]
    decoded = cv2.imdecode(np.frombuffer(burst[0].data, np.uint8), cv2.IMREAD_COLOR)
    assert decoded.shape == (720, 1280, 3)
    assert (burst[0].width, burst[0].height) == (1280, 720)


@pytest.mark.parametrize("size", [(1920, 1080), (3840, 2160)])
def test_a_hundred_heads_fit_without_covering_each_other(size):
    (frame,) = burst_of([person(0)], 100, size, 1)

    decoded = cv2.imdecode(np.frombuffer(frame.data, np.uint8), cv2.IMREAD_GRAYSCALE)
    heads, _ = cv2.connectedComponents((decoded < 60).astype(np.uint8))
    assert heads - 1 == 100


def test_people_come_again_where_there_are_more_faces_than_people():
    (frame,) = burst_of([person(0), person(255)], 6, (1280, 720), 1)

    decoded = cv2.imdecode(np.frombuffer(frame.data, np.uint8), cv2.IMREAD_GRAYSCALE)
    heads, _ = cv2.connectedComponents((decoded < 60).astype(np.uint8))
    assert heads - 1 == 3


def test_frames_of_a_burst_differ_and_are_the_same_in_every_run():
    first, second = burst_of([person(0)], 2, (1280, 720), 2)

    assert first.data != second.data
    assert burst_of([person(0)], 2, (1280, 720), 2)[0].data == first.data


def test_faces_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=f"faces of {FACE_WIDTH} px do not fit"):
        burst_of([person(0)], 100, (320, 240), 1)


def test_the_order_of_what_is_timed_turns_around():
    order: list[str] = []

    least_costs({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, repeats=3)

    assert order == ["a", "b", "b", "a", "a", "b"]


def test_random_vectors_have_unit_length_and_are_found_in_their_gallery():
    vectors = random_vectors(20, seed=7)

    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(20), abs=1e-5)
    assert random_gallery(20).search(vectors[3], 1)[0].key == "3"


def test_a_capture_is_told_as_a_multiple_of_the_bare_loop():
    assert captures_table([point("1 frame", pipeline=3.0, bare=2.0)]).rows == [
        ("1 frame", "10", "1.50", "1.50")
    ]


def test_each_series_of_growth_is_beside_its_own_first_point():
    faces = [point("5 faces", 1.0, 1.0), point("10 faces", 3.0, 2.0)]
    pixels = [point("720p", 10.0, 8.0), point("4K", 50.0, 40.0)]

    rows = growth_table([faces, pixels]).rows

    assert [row[2:4] for row in rows] == [
        ("1.00", "1.00"),
        ("3.00", "2.00"),
        ("1.00", "1.00"),
        ("5.00", "5.00"),
    ]


def test_a_search_is_told_beside_the_smallest_school_and_beside_a_face_of_the_bare_loop():
    small = point("40 enrolled", 1.0, 1.0, search=0.001, faces=10)
    large = point("10,000 enrolled", 1.0, 1.0, search=0.025, faces=10)

    rows = enrolled_table([small, large]).rows

    assert rows[1][-2:] == ("25.0", "0.2500")


def test_memory_is_told_in_whole_mebibytes():
    assert memory_table([Peak("a roll", 120.4, 300.6)]).rows == [("a roll", "120", "301")]


def test_a_chart_shows_every_point_of_both_lines():
    chart = growth_chart("Faces", "faces", [point("5", 1.0, 1.0), point("10", 3.0, 2.0)])

    drawing = parsed(svg_of([chart, chart]))

    assert len(list(drawing.iter(f"{SVG}circle"))) == 8
    assert [text.text for text in drawing.iter(f"{SVG}text") if text.get("class") == "title"] == [
        "Faces",
        "Faces",
    ]


def test_higher_values_are_drawn_higher_and_within_the_chart():
    line = Line("a", ((1.0, 1.0), (10.0, 2.0), (100.0, 4.0)))

    drawing = parsed(svg_of([Chart("t", "x", "y", (line,), logarithmic=True)]))

    places = [(float(c.get("cx", 0)), float(c.get("cy", 0))) for c in drawing.iter(f"{SVG}circle")]
    assert places == sorted(places)[: len(places)]
    heights = [y for _, y in places]
    assert heights == sorted(heights, reverse=True)
    across = [x for x, _ in places]
    assert across[1] - across[0] == pytest.approx(across[2] - across[1], abs=0.2)


def test_words_of_a_chart_cannot_break_the_drawing():
    drawing = parsed(svg_of([Chart('a < "b" & c', "x", "y", (Line("l", ((1.0, 1.0),)),))]))

    assert drawing.get("aria-label") == 'a < "b" & c'


def test_a_chart_without_points_is_refused():
    with pytest.raises(ValueError, match="no points"):
        svg_of([Chart("empty", "x", "y", (Line("l", ()),))])


@pytest.mark.parametrize(("value", "rounded"), [(0.0, 1.0), (0.9, 1.0), (1.3, 2.0), (2.2, 2.5), (30.0, 50.0)])
def test_axes_end_at_round_numbers(value, rounded):
    assert round_up(value) == rounded


def test_a_run_that_ends_early_keeps_what_it_measured(tmp_path, monkeypatch, capsys):
    def measure(*_: object) -> Iterator[Measured]:
        yield Measured(captures=(point("1 frame", 3.0, 2.0),))
        yield Measured(captures=(point("1 frame", 3.0, 2.0),), faces=(point("5 faces", 1.0, 1.0),))
        raise OSError("no memory is told here")

    monkeypatch.setattr(bench, "measure", measure)
    monkeypatch.setattr(bench, "fetch_portraits", lambda _: None)
    document, result, plot = tmp_path / "speed.md", tmp_path / "out.json", tmp_path / "out.svg"
    document.write_text("".join(f"<!-- {name}: begin -->\nold\n<!-- {name}: end -->\n" for name in BLOCKS))

    status = bench.main(["--document", str(document), "--json", str(result), "--plot", str(plot)])

    assert status == 1
    assert "no memory is told here" in capsys.readouterr().err
    written = document.read_text()
    assert "| 1 frame | 10 | 1.50 | 1.50 |" in written
    assert "| 5 faces |" in written
    assert "<!-- memory: begin -->\nold\n" in written
    assert [len(json.loads(result.read_text())[part]) for part in ("captures", "faces", "pixels")] == [
        1,
        1,
        0,
    ]
    assert len(list(parsed(plot.read_text()).iter(f"{SVG}circle"))) == 2


def test_a_document_without_the_blocks_is_refused_before_anything_is_measured(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(bench, "fetch_portraits", lambda _: pytest.fail("it measured"))
    document = tmp_path / "speed.md"
    document.write_text("no blocks")

    assert bench.main(["--document", str(document)]) == 1
    assert "needs one block <!-- bare loop: begin -->" in capsys.readouterr().err
