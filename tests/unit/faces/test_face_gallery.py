import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faces import Gallery, template_of


def unit_vectors(count: int, seed: int = 0) -> np.ndarray:
    raw = np.random.default_rng(seed).normal(size=(count, 128)).astype(np.float32)
    return raw / np.linalg.norm(raw, axis=1, keepdims=True)


def test_the_nearest_come_first():
    vectors = unit_vectors(500)
    gallery = Gallery((str(i), vector) for i, vector in enumerate(vectors))
    probe = unit_vectors(1, seed=9)[0]
    found = gallery.search(probe, limit=7)
    expected = np.argsort(-(vectors @ probe))[:7]
    assert [neighbour.key for neighbour in found] == [str(i) for i in expected]
    assert [neighbour.cosine for neighbour in found] == pytest.approx((vectors @ probe)[expected], abs=1e-6)


def test_nothing_below_the_floor_is_found():
    vectors = unit_vectors(300)
    gallery = Gallery((str(i), vector) for i, vector in enumerate(vectors))
    found = gallery.search(vectors[0], limit=300, floor=0.1)
    assert {neighbour.key for neighbour in found} == {
        str(i) for i in np.flatnonzero(vectors @ vectors[0] >= 0.1)
    }


def test_equal_cosines_are_ordered_by_key():
    vector = unit_vectors(1)[0]
    gallery = Gallery([("b", vector), ("a", vector), ("c", vector)])
    assert [neighbour.key for neighbour in gallery.search(vector)] == ["a", "b", "c"]


def test_an_empty_gallery_finds_nothing():
    assert Gallery().search(unit_vectors(1)[0]) == []
    assert Gallery([("a", unit_vectors(1)[0])]).search(unit_vectors(1)[0], limit=0) == []


def test_a_key_added_again_is_replaced():
    first, second = unit_vectors(2)
    gallery = Gallery([("a", first)])
    gallery.add("a", second)
    assert len(gallery) == 1
    assert np.array_equal(gallery.vector("a"), second)


def test_many_are_compared_at_once():
    vectors = unit_vectors(20)
    gallery = Gallery((str(i), vector) for i, vector in enumerate(vectors))
    keys, cosines = gallery.cosines(vectors[:3])
    assert keys == [str(i) for i in range(20)]
    assert cosines == pytest.approx(vectors[:3] @ vectors.T, abs=1e-6)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 150)), max_size=400))
def test_adding_and_removing_in_any_order_keeps_each_key_with_its_vector(steps):
    vectors = unit_vectors(151)
    gallery, model = Gallery(), {}
    for adding, number in steps:
        if adding:
            gallery.add(str(number), vectors[number])
            model[str(number)] = vectors[number]
        else:
            gallery.remove(str(number))
            model.pop(str(number), None)
    assert len(gallery) == len(model)
    for key, vector in model.items():
        assert key in gallery
        assert gallery.search(vector, limit=1)[0].key == key


def test_a_template_is_the_unit_mean():
    one, other = unit_vectors(2)
    template = template_of([one, other])
    assert np.linalg.norm(template) == pytest.approx(1, abs=1e-6)
    assert template @ one == pytest.approx(float(template @ other), abs=1e-6)


def test_a_template_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        template_of([])


def test_vectors_that_cancel_out_are_refused():
    vector = unit_vectors(1)[0]
    with pytest.raises(ValueError, match="cancel out"):
        template_of([vector, -vector])
