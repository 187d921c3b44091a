"""The page in a browser, before the real API over fakes."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from attendance.domain.confusables import ConfusablePair
from tests.e2e.conftest import Complaints
from tests.e2e.reading import barriers, overflow, sign_in
from tests.e2e.served_page import PASSWORD, TOO_SMALL, ServedPage, portrait_file
from tests.fakes.example_school import MATHS_NOW, SCHOOL

pytestmark = pytest.mark.browser

NewPage = Callable[..., Page]
PHONE = {"width": 390, "height": 844}
NARROWEST = {"width": 320, "height": 640}  # 1280 pixels at 400 %: WCAG 2.2, 1.4.10


@pytest.fixture
def signed_in(new_page: NewPage, served: ServedPage) -> Callable[..., Page]:
    """Opens the page as somebody, at the example school's time."""

    def open_page(username: str = "ana", **options: Any) -> Page:
        page = new_page(**options)
        page.clock.install(time=served.school.clock())
        sign_in(page, served.url, username, PASSWORD)
        return page

    return open_page


def open_register(page: Page) -> None:
    page.get_by_role("region", name="On now").get_by_role("link", name="Mathematics 7a").click()
    expect(page.get_by_role("heading", level=1, name="Mathematics 7a")).to_be_visible()


def line_of(page: Page, name: str) -> Locator:
    return page.get_by_role("listitem").filter(has=page.get_by_role("button", name=f"{name},"))


def group(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=re.compile(f"^{name}"))


def test_a_wrong_password_is_said_and_nothing_else_happens(
    new_page: NewPage, served: ServedPage, complaints: Complaints
) -> None:
    complaints.expect("400")
    page = new_page()
    page.goto(served.url)
    page.get_by_label("User name").fill("ana")
    page.get_by_label("Password").fill("guessed")
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("alert")).to_have_text("User name or password is not right.")


def test_a_reload_keeps_the_person_signed_in_until_they_sign_out(signed_in: Callable[..., Page]) -> None:
    page = signed_in()
    page.reload()
    expect(page.get_by_role("region", name="On now")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    page.reload()

    expect(page.get_by_label("User name")).to_be_visible()


def test_a_teacher_sees_the_meeting_on_now_first_with_its_counts(
    signed_in: Callable[..., Page], served: ServedPage
) -> None:
    served.take_the_roll()

    page = signed_in()

    now = page.get_by_role("region", name="On now")
    expect(now.get_by_role("listitem").first).to_contain_text("Mathematics 7a")
    expect(now).to_contain_text("1 present")
    expect(now).to_contain_text("1 doubtful")
    expect(page.get_by_text("Art 7b")).to_have_count(0)
    expect(page.get_by_role("link", name="Students")).to_have_count(0)


def test_every_face_has_a_box_that_says_who_and_how_sure(
    signed_in: Callable[..., Page], served: ServedPage
) -> None:
    served.take_the_roll()
    page = signed_in()
    open_register(page)

    pictures = page.get_by_role("region", name="Pictures of the class")
    for name, band in (
        ("Ada Byron, recognised", "recognised"),
        ("Emmy Noether, doubtful", "doubtful"),
        ("Unknown face", "unknown"),
    ):
        expect(pictures.get_by_role("button", name=name)).to_have_class(re.compile(f"face-{band}"))
    styles = {
        band: page.locator(f".face-{band}").first.evaluate("box => getComputedStyle(box).borderTopStyle")
        for band in ("recognised", "doubtful", "unknown")
    }
    assert styles == {"recognised": "solid", "doubtful": "dashed", "unknown": "dotted"}


def test_a_doubt_is_settled_beside_both_pictures_and_can_be_undone(
    signed_in: Callable[..., Page], served: ServedPage
) -> None:
    served.take_the_roll()
    page = signed_in()
    open_register(page)
    doubtful = line_of(page, "Emmy Noether")
    expect(doubtful.get_by_role("img", name="In the picture")).to_be_visible()
    expect(doubtful.get_by_role("img", name="Portrait")).to_be_visible()

    doubtful.get_by_role("button", name="Emmy Noether: mark as Present").click()

    expect(group(page, "Present")).to_contain_text("Emmy Noether")
    expect(page.get_by_text("Emmy Noether: Present")).to_be_visible()
    expect(page.locator(".face-doubtful")).to_have_count(0)
    assert served.school.registers.registers[SCHOOL, MATHS_NOW].marks["s-emmy"].source == "teacher"

    page.get_by_role("button", name="Undo").click()

    expect(group(page, "Doubtful")).to_contain_text("Emmy Noether")
    assert served.school.registers.registers[SCHOOL, MATHS_NOW].marks["s-emmy"].source == "camera"


def test_a_box_opens_all_marks_with_a_reason(signed_in: Callable[..., Page], served: ServedPage) -> None:
    served.take_the_roll()
    page = signed_in()
    open_register(page)

    page.get_by_role("button", name="Ada Byron, recognised", exact=True).click()
    dialog = page.get_by_role("dialog", name="Ada Byron")
    expect(dialog).to_contain_text(
        "Seen in one picture. Somebody else would look as much like the portrait about"
    )
    dialog.get_by_label("Reason").fill("bus broke down")
    dialog.get_by_role("button", name="Late").click()

    expect(dialog).to_have_count(0)
    expect(group(page, "Late")).to_contain_text("bus broke down")
    mark = served.school.registers.registers[SCHOOL, MATHS_NOW].marks["s-ada"]
    assert (mark.status, mark.reason) == ("late", "bus broke down")


def test_an_unknown_face_can_be_named(signed_in: Callable[..., Page], served: ServedPage) -> None:
    served.take_the_roll()
    page = signed_in()
    open_register(page)

    page.get_by_role("button", name="Unknown face").click()
    page.get_by_role("dialog").get_by_role("button", name="Carl Gauss").click()

    expect(group(page, "Present")).to_contain_text("Carl Gauss")


def test_the_keyboard_alone_marks_a_class(signed_in: Callable[..., Page], served: ServedPage) -> None:
    page = signed_in()
    open_register(page)
    page.get_by_role("button", name="Ada Byron,").focus()

    page.keyboard.press("p")
    expect(group(page, "Present")).to_contain_text("Ada Byron")
    expect(page.get_by_role("button", name="Carl Gauss,")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("a")
    expect(group(page, "Absent")).to_contain_text("Emmy Noether")
    page.keyboard.press("u")

    expect(group(page, "Absent")).to_have_count(0)
    marks = served.school.registers.registers[SCHOOL, MATHS_NOW].marks
    assert {key: mark.status for key, mark in marks.items() if mark.status != "unseen"} == {
        "s-ada": "present"
    }


def test_a_change_made_elsewhere_shows_by_itself(signed_in: Callable[..., Page], served: ServedPage) -> None:
    page = signed_in()
    open_register(page)
    expect(group(page, "Unseen")).to_contain_text("Emmy Noether")

    with served.lock:
        served.take_the_roll()
    page.clock.run_for(6_000)

    expect(group(page, "Doubtful")).to_contain_text("Emmy Noether")
    expect(page.get_by_role("button", name="Ada Byron, recognised", exact=True)).to_be_visible()


def test_a_mark_that_somebody_else_changed_meanwhile_is_not_overwritten(
    signed_in: Callable[..., Page], served: ServedPage, complaints: Complaints
) -> None:
    complaints.expect("412")
    page = signed_in()
    open_register(page)
    other = served.school.admin()
    path = f"/v1/registers/{MATHS_NOW}"
    with served.lock:
        tag = other.get(path).etag
        body = {"status": "excused"}
        tag = other.send("PATCH", f"{path}/marks/s-ada", json_body=body, if_match=tag).etag

    page.get_by_role("button", name="Ada Byron: mark as Absent").click()
    expect(page.get_by_text("Somebody changed this at the same time.")).to_be_visible()
    expect(group(page, "Excused")).to_contain_text("Ada Byron")

    page.get_by_role("button", name="Emmy Noether: mark as Absent").click()
    expect(group(page, "Absent")).to_contain_text("Emmy Noether")
    assert served.school.registers.registers[SCHOOL, MATHS_NOW].marks["s-ada"].status == "excused"


def test_a_lost_connection_is_said_and_the_page_recovers(
    signed_in: Callable[..., Page], served: ServedPage, complaints: Complaints
) -> None:
    complaints.expect("ERR_INTERNET_DISCONNECTED")
    served.take_the_roll()
    page = signed_in()
    open_register(page)

    page.context.set_offline(True)
    page.clock.run_for(6_000)
    expect(page.get_by_text("No connection. This is as of")).to_be_visible()
    page.get_by_role("button", name="Emmy Noether: mark as Present").click()
    expect(page.get_by_text("Nothing was changed")).to_be_visible()

    page.context.set_offline(False)
    expect(page.get_by_text("No connection. This is as of")).to_have_count(0)
    page.get_by_role("button", name="Emmy Noether: mark as Present").click()
    expect(group(page, "Present")).to_contain_text("Emmy Noether")


def test_an_admin_takes_a_register_and_sees_how_far_it_is(
    signed_in: Callable[..., Page], served: ServedPage
) -> None:
    page = signed_in("ida")
    open_register(page)

    page.get_by_role("button", name="Take the register now").click()

    steps = page.get_by_role("region", name="Taking the register")
    expect(steps.get_by_text("Camera asked")).to_have_attribute("aria-current", "step")
    (capture,) = served.school.captures.captures.values()
    served.school.captures.advance(capture, "REJECTED", "BUSY")
    page.clock.run_for(2_000)
    expect(steps).to_contain_text("It is busy with another capture.")


def test_an_operator_reads_but_changes_nothing_and_sees_no_pictures(
    signed_in: Callable[..., Page], served: ServedPage, complaints: Complaints
) -> None:
    complaints.expect("403")
    served.take_the_roll()
    page = signed_in("otto")
    open_register(page)

    expect(page.get_by_text("Ada Byron").first).to_be_visible()
    expect(page.get_by_text("Pictures are shown to")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("mark as"))).to_have_count(0)


def test_an_admin_enrols_a_student_and_is_told_what_is_wrong_with_a_portrait(
    signed_in: Callable[..., Page], served: ServedPage, tmp_path: Path
) -> None:
    small, good = tmp_path / "small.jpg", tmp_path / "good.jpg"
    small.write_bytes(portrait_file(120))
    good.write_bytes(portrait_file(400))
    page = signed_in("ida")
    page.get_by_role("link", name="Students").click()
    page.get_by_role("link", name="Enrol a student").click()

    page.get_by_role("button", name="Enrol").click()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.get_by_label("Name", exact=True).fill("Mary Somerville")
    page.get_by_label("Section").select_option("Mathematics 7a")
    page.get_by_role("checkbox").check()
    page.get_by_label("Who gave the consent?").fill("Her mother")
    page.get_by_test_id("portrait-file").set_input_files(small)
    expect(page.get_by_role("img", name="The chosen portrait")).to_be_visible()
    page.get_by_role("button", name="Enrol", exact=True).click()
    expect(page.get_by_text(TOO_SMALL)).to_be_visible()

    page.get_by_role("link", name="Use another picture").click()
    page.get_by_test_id("portrait-file").set_input_files(good)
    page.get_by_role("button", name="Send this picture").click()

    expect(page.get_by_text("Enrolled", exact=True)).to_be_visible()
    (student,) = [s for s in served.school.students.students(SCHOOL) if s.name == "Mary Somerville"]
    consent = served.school.students.consents[SCHOOL, student.student_id]
    assert consent.given_by == "Her mother"
    assert {p.status for p in served.school.students.portraits(SCHOOL, student.student_id)} == {
        "enrolled",
        "refused",
    }


def test_an_admin_sees_whom_a_student_may_be_taken_for(
    signed_in: Callable[..., Page], served: ServedPage
) -> None:
    school = served.school
    twins = ConfusablePair.of("s-ada", "s-emmy", similarity=95.0, found_at=school.clock())
    one_picture = ConfusablePair.of("s-ada", "s-carl", similarity=99.9, found_at=school.clock())
    for pair in (twins, one_picture):
        school.schools.put_confusable_pair(SCHOOL, pair)
    page = signed_in("ida")
    page.get_by_role("link", name="Students").click()
    page.get_by_role("link", name="Ada Byron").click()

    others = page.get_by_role("listitem").filter(has=page.get_by_role("link"))
    expect(others.filter(has_text="Carl Gauss")).to_contain_text("one of the two is wrong")
    expect(others.filter(has_text="Emmy Noether")).not_to_contain_text("one of the two is wrong")
    assert barriers(page) == []
    page.get_by_role("link", name="Emmy Noether").click()
    expect(page.get_by_role("heading", name="Emmy Noether")).to_be_visible()
    expect(page.get_by_role("link", name="Ada Byron")).to_be_visible()
    expect(page.get_by_role("link", name="Carl Gauss")).to_have_count(0)


def test_the_register_on_paper_has_everybody_by_name(
    signed_in: Callable[..., Page], served: ServedPage
) -> None:
    served.take_the_roll()
    page = signed_in()
    open_register(page)

    page.emulate_media(media="print")

    rows = page.locator(".print-sheet tbody tr").all_inner_texts()
    assert [row.split("\t")[1:3] for row in rows] == [
        ["Ada Byron", "Present"],
        ["Carl Gauss", "Unseen"],
        ["Emmy Noether", "Doubtful"],
        ["Sofia Kovalevskaya", "Unseen"],
    ]
    expect(page.get_by_role("banner")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, {"width": 1440, "height": 900}], ids=["phone", "desk"])
def test_no_page_has_a_barrier_that_a_machine_can_find(
    signed_in: Callable[..., Page], served: ServedPage, scheme: str, viewport: dict[str, int]
) -> None:
    served.take_the_roll()
    page = signed_in("ida", color_scheme=scheme, viewport=viewport)
    expect(page.get_by_role("region", name="On now")).to_be_visible()
    found = {"meetings": barriers(page)}

    open_register(page)
    expect(page.get_by_role("button", name="Ada Byron, recognised", exact=True)).to_be_visible()
    found["register"] = barriers(page)
    page.get_by_role("button", name="Emmy Noether, doubtful", exact=True).click()
    found["chooser"] = barriers(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Carl Gauss: mark as Absent").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    found["register changed"] = barriers(page)

    for fragment, heading in (
        ("#/students", "Students"),
        ("#/students/new", "Enrol a student"),
        ("#/students/s-emmy", "Emmy Noether"),
        ("#/nowhere", "There is nothing here"),
    ):
        page.goto(f"{served.url}/{fragment}")
        expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
        found[fragment] = barriers(page)
    page.get_by_role("button", name="Sign out").click()
    found["sign in"] = barriers(page)

    assert found == {name: [] for name in found}


def test_nothing_is_wider_than_a_320_pixel_screen(signed_in: Callable[..., Page], served: ServedPage) -> None:
    served.take_the_roll()
    page = signed_in("ida", viewport=NARROWEST)
    expect(page.get_by_role("region", name="On now")).to_be_visible()
    wider = {"meetings": overflow(page)}
    open_register(page)
    expect(page.get_by_role("button", name="Ada Byron, recognised", exact=True)).to_be_visible()
    wider["register"] = overflow(page)
    page.get_by_role("button", name="Emmy Noether, doubtful", exact=True).click()
    wider["chooser"] = overflow(page)
    page.keyboard.press("Escape")
    for fragment in ("#/students", "#/students/new", "#/students/s-emmy"):
        page.goto(f"{served.url}/{fragment}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        wider[fragment] = overflow(page)

    assert wider == dict.fromkeys(wider, 0)
