"""The answers kept by a process: within their bytes, the least asked for goes first."""

from services.catalog.reading.answers import OVERHEAD_BYTES, Answer, KeptAnswers

TAG = {"ETag": '"x"', "Vary": "Accept"}


def answer(size: int) -> Answer:
    return Answer(TAG, b"x" * size)


def test_an_answer_is_sent_with_its_type_and_length_and_without_them_as_a_304() -> None:
    made = answer(3)
    assert made.raw_headers == [*made.validators, (b"content-type", b"application/json"), (b"content-length", b"3")]
    assert made.validators[:2] == [(b"etag", b'"x"'), (b"vary", b"Accept")]
    assert (b"access-control-allow-origin", b"*") in made.validators


def test_the_one_not_asked_for_the_longest_goes_first() -> None:
    kept = KeptAnswers(20 * OVERHEAD_BYTES)
    for key in range(20):
        kept.keep(key, answer(0))
    assert kept.get(0) is not None
    kept.keep("one more", answer(0))
    assert kept.get(1) is None
    assert kept.get(0) is not None
    size = kept.size_bytes
    assert size == 20 * OVERHEAD_BYTES
    kept.keep("one more", answer(0))
    assert kept.size_bytes == size


def test_a_large_answer_does_not_push_out_the_others() -> None:
    kept = KeptAnswers(20 * OVERHEAD_BYTES)
    kept.keep("small", answer(0))
    kept.keep("large", answer(2 * OVERHEAD_BYTES))
    assert kept.get("large") is None
    assert kept.get("small") is not None


def test_nothing_is_kept_where_there_is_no_room() -> None:
    kept = KeptAnswers(0)
    kept.keep("a", answer(0))
    assert kept.get("a") is None
