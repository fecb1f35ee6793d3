# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Judge what a person observed: the plan lists the answers, and says which of them conform.

Whether an answer conforms is never said by whoever observes. An answer that the list does not
know shows nothing, whatever it was meant to say.

>>> phosphatase = (Answer("negative", True), Answer("positive", False))
>>> [judge(text, phosphatase) for text in ("negative", "positive", "neg.")]
['conform', 'broken', 'unknown']
>>> describe("positive", phosphatase)
'“positive”, conforming: negative'
"""

from dataclasses import dataclass

CONFORM = "conform"
BROKEN = "broken"
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Answer:
    """One answer that may be given, and whether the plan takes it for conforming."""

    text: str
    is_conforming: bool


def judge(text: str | None, answers: tuple[Answer, ...]) -> str:
    """Return conform, broken or unknown; nothing said is unknown too."""
    for answer in answers:
        if answer.text == text:
            return CONFORM if answer.is_conforming else BROKEN
    return UNKNOWN


def describe(text: str, answers: tuple[Answer, ...]) -> str:
    """Return the answer beside those that would have conformed."""
    conforming = ", ".join(answer.text for answer in answers if answer.is_conforming)
    return f"“{text}”, conforming: {conforming}"


def dump(answers: tuple[Answer, ...]) -> list[dict]:
    """Return the answers as plain data, for a snapshot."""
    return [{"answer": each.text, "is_conforming": each.is_conforming} for each in answers]


def load(rows: list[dict]) -> tuple[Answer, ...]:
    """Return the answers that `dump` wrote.

    >>> load(dump((Answer("clean", True),)))
    (Answer(text='clean', is_conforming=True),)
    """
    return tuple(Answer(row["answer"], row["is_conforming"]) for row in rows)
