"""应报材料。Which items of the submission a plan calls for, from its facts alone."""

from __future__ import annotations

from fangtian.catalog.submission import Condition, Item
from fangtian.facts.book import FactBook
from fangtian.facts.switches import switched_on

__all__ = ["answer_of", "called_for"]


def called_for(item: Item, book: FactBook) -> bool | None:
    """是否应报。Whether the facts call for an item; None where a fact is missing that would tell.

    >>> from fangtian.catalog.submission import submission_items
    >>> items = submission_items()
    >>> called_for(items["village_resolution"], FactBook()), called_for(items["pbf_chapter"], FactBook())
    (True, False)
    """
    condition = item.condition
    if condition is None:
        return True
    answers = [answer_of(book, address, condition.word) for address in condition.any]
    if condition.chapter in switched_on(book) or (any(answers) and not condition.chapter):
        return True
    return None if _doubtful(condition, answers, book) else False


def answer_of(book: FactBook, address: str, word: str) -> bool | None:
    """事实的回答。A number holds that is not 0, words that contain ``word``; None if it is missing."""
    if address not in book:
        return None
    value = book[address].value
    return word in value if isinstance(value, str) else value != 0


def _doubtful(condition: Condition, answers: list[bool | None], book: FactBook) -> bool:
    if any(answer_of(book, address, "是") for address in condition.doubtful):
        return True
    return bool(condition.unknown) and not condition.doubtful and None in answers
