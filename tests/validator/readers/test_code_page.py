"""Code pages told apart by what French never writes."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.validator.readers.code_page import DOUBTFUL, MISPLACED, PLAUSIBLE, first_implausible

TEXT = st.text(alphabet=st.sampled_from([*"aZ1_ ,;.'\n", *sorted(PLAUSIBLE), "Ž"]), max_size=30)


@settings(max_examples=1000, deadline=None)
@given(text=TEXT)
def test_looking_at_doubtful_characters_alone_misses_none(text: str) -> None:
    foreign = [at for at, character in enumerate(text) if character > "\x7f" and character not in PLAUSIBLE]
    misplaced = MISPLACED.search(text)
    expected = foreign[0] if foreign else misplaced.start() if misplaced else None
    assert first_implausible(text.encode("cp1252"), text) == expected


def test_every_doubtful_character_is_plausible_elsewhere() -> None:
    assert DOUBTFUL <= PLAUSIBLE
