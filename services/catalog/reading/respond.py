"""Questions about rows and their answers, whichever way they come in: the front, or the framework's routes."""

import hashlib
from collections.abc import Hashable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import parse_qsl

from fastapi import Request, Response

from services.catalog.exports.download import matches
from services.catalog.headers import read_headers
from services.catalog.query import groups
from services.catalog.query.ceiling import GroupCeiling
from services.catalog.query.moments import view_at
from services.catalog.query.native import read_query_string
from services.catalog.query.native_aggregate import read_aggregate_query_string
from services.catalog.query.records import entity_tag, find_place, read_page, read_row_id, write_record
from services.catalog.query.tree import AsOf
from services.catalog.reading.answers import Answer, KeptAnswers
from services.catalog.reading.pool import Reader
from services.catalog.reading.present import Present, PresentDatasets
from services.catalog.view import DatasetView
from shared.db import Sessions, reading
from shared.errors import Refusal

Parameters = list[tuple[str, str]]


class Kind(StrEnum):
    """What is asked for; the value is the end of the path."""

    RECORDS = "records"
    AGGREGATE = "aggregate"
    RECORD = "record"


class Question(NamedTuple):
    """A GET for rows in JSON."""

    kind: Kind
    dataset_id: str
    path: str
    query_string: bytes
    """Encoded."""
    row_id: str = ""
    condition: str | None = None
    """If-None-Match."""

    @property
    def parameters(self) -> Parameters:
        """Decoded, in order, with repetitions."""
        return parse_qsl(self.query_string.decode("latin-1"), keep_blank_values=True)


@dataclass(frozen=True, slots=True)
class Responder:
    """Answers the questions of one process."""

    present: PresentDatasets
    reader: Reader
    sessions: Sessions
    kept: KeptAnswers
    cursor_secret: bytes
    ceiling: GroupCeiling

    async def answer(self, question: Question) -> tuple[int, Answer]:
        """200, or 304 with an answer whose body may be missing. Raises what the routes declare.

        What is remembered of the data set is taken for true, and looked up when the answer is there: one look-up tells
        that it is the present and that no purge took rows away meanwhile. If not, it is answered again.
        """
        remembered, answer, refusal = self.present.remembered(question.dataset_id), None, None
        if remembered is not None:
            try:
                answer, _ = await self._answer_in(question, remembered)
            except Refusal as error:
                refusal = error
        present = await self.present.find(question.dataset_id)
        if present is not remembered:
            answer, read = await self._answer_in(question, present)
            await self.present.check_still_kept(read)
        elif refusal is not None:
            raise refusal
        assert answer is not None  # noqa: S101 - made, or refused
        if answer.body and present.mark is not None:
            self.kept.keep(_key(question, present), answer)
        is_same = question.condition is not None and matches(question.condition, answer.entity_tag)
        return (304 if is_same else 200), answer

    async def _answer_in(self, question: Question, present: Present) -> tuple[Answer, DatasetView]:
        """An answer and the view that it was read from."""
        kept = None if present.mark is None else self.kept.get(_key(question, present))
        if kept is not None:
            return kept, present.view
        match question.kind:
            case Kind.RECORDS:
                return await self._records(question, present.view)
            case Kind.AGGREGATE:
                return await self._aggregate(question, present.view)
            case Kind.RECORD:
                return await self._record(question, present)

    async def _records(self, question: Question, view: DatasetView) -> tuple[Answer, DatasetView]:
        asked = read_query_string(question.parameters, view)
        if asked.cursor is None:
            view = await self._at(view, asked.query.as_of)
        place = find_place(view, asked, secret=self.cursor_secret)
        tag = entity_tag(place, asked)
        if _is_known(question, tag):
            return Answer(read_headers(view, entity_tag=tag), b""), place.view
        body, following = await read_page(self.reader, place, asked, path=question.path, secret=self.cursor_secret)
        return Answer(read_headers(view, entity_tag=tag, following=following), body), place.view

    async def _aggregate(self, question: Question, view: DatasetView) -> tuple[Answer, DatasetView]:
        parameters = question.parameters
        asked = read_aggregate_query_string(parameters, view)
        view = await self._at(view, asked.query.as_of)
        headers = read_headers(view, entity_tag=groups.entity_tag(view, parameters))
        if _is_known(question, headers["ETag"]):
            return Answer(headers, b""), view
        return Answer(headers, await groups.read_groups(self.reader, view, asked, ceiling=self.ceiling)), view

    async def _record(self, question: Question, present: Present) -> tuple[Answer, DatasetView]:
        row_id = read_row_id(question.row_id)
        record = None if row_id is None else await present.rows.find(row_id)
        body = write_record(present.view, question.row_id, record)
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        return Answer(read_headers(present.view, entity_tag=tag), body), present.view

    async def _at(self, view: DatasetView, as_of: AsOf | None) -> DatasetView:
        if as_of is None:
            return view
        async with reading(self.sessions) as session:
            return await view_at(session, view, as_of)


async def respond(request: Request, kind: Kind, dataset_id: str, responder: Responder, *, row_id: str = "") -> Response:
    """The answer to a request that came in by the framework."""
    condition = request.headers.get("if-none-match")
    question = Question(kind, dataset_id, request.url.path, request.scope["query_string"], row_id, condition)
    status, answer = await responder.answer(question)
    if status == 304:
        return Response(status_code=304, headers=dict(answer.headers))
    return Response(answer.body, media_type="application/json", headers=dict(answer.headers))


def _is_known(question: Question, tag: str) -> bool:
    return question.condition is not None and matches(question.condition, tag)


def _key(question: Question, present: Present) -> Hashable:
    return present.mark, question.path, question.query_string
