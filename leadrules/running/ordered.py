"""Blocks of leads, scored on threads, handed on in the order of the leads.

Reading happens one block ahead, scoring on threads beside the caller's. A few
blocks are under way at a time, so memory does not grow with the file. `run`
writes what comes; whoever only counts takes `scored_blocks`.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from leadrules.engine.scorer import ScoredBlock, Scorer
from leadrules.leads.block import ROWS, Block
from leadrules.running.ahead import ahead
from leadrules.running.scoring import plain_numbers, score_block

if TYPE_CHECKING:
    from leadrules.leads.block import LeadSource

Result = TypeVar("Result")


def scored_blocks(
    scorer: Scorer,
    source: LeadSource,
    headers: Mapping[int, str],
    also: Sequence[str] = (),
    *,
    rows: int = ROWS,
    threads: int | None = None,
) -> Generator[tuple[Block, ScoredBlock], None, None]:
    """Every lead of a source, scored, without reasons, block by block.

    `headers` says which column each field reads; the columns of `also` stand in the blocks' `cells` besides.
    Close it (`contextlib.closing`) where it may not be read to its end.
    """
    needed = list(dict.fromkeys([*headers.values(), *also]))
    numbers = {name: type for name, type in plain_numbers(scorer.model, headers).items() if name not in also}

    def score(block: Block) -> tuple[Block, ScoredBlock]:
        scored = score_block(scorer, block, headers, 0)
        scored.scored.contributions()
        return block, scored

    yield from in_order(score, source.blocks(needed, rows, as_numbers=numbers), threads)


def in_order(
    work: Callable[[Block], Result], blocks: Iterator[Block], threads: int | None = None
) -> Generator[Result, None, None]:
    """The results of work on blocks, in the blocks' order, with at most one more under way than there are threads."""
    threads = threads or os.cpu_count() or 1
    with ahead(blocks) as made, ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[Result]] = deque()
        try:
            for block in made:
                waiting.append(pool.submit(work, block))
                if len(waiting) > threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
