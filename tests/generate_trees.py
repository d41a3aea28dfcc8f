"""Random expressions as trees: every node, every nesting, names and texts of every sort.

They need not make sense to the checker; they only have to be what the parser could have read.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from leadrules.language import tree
from leadrules.language.source import Source, Span
from leadrules.language.table import table
from leadrules.meaning.text import normal

NOWHERE = Span(Source("tree", ""), 0, 0)


def node(kind: type, *parts: Any, **more: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Nodes of a kind from strategies for their parts."""
    return st.builds(kind, *parts, span=st.just(NOWHERE), **more)


_LINE = st.characters(exclude_categories=["Cs"], exclude_characters="\r\n")
names = node(
    tree.Name,
    st.one_of(
        st.sampled_from(["a", "email.clicks", "BANT.met", "příjem", "_x1", "राजस्व", "Total Visits", "#1", "a-b"]),
        st.sampled_from(sorted(table().words)),
        st.text(_LINE.filter(lambda one: one != "`"), min_size=1, max_size=6).map(normal),
    ),
)
texts = node(tree.Text, st.text(_LINE, max_size=8).map(normal))
unsigned = node(
    tree.Number,
    st.one_of(
        st.integers(0, 10**20).map(Decimal),
        st.decimals(0, 1000, places=2),
        st.sampled_from([Decimal("2.50"), Decimal(1), Decimal(0)]),
    ),
)
numbers = st.one_of(unsigned, unsigned.map(lambda one: tree.Number(one.value.copy_negate(), span=NOWHERE)))
days = node(tree.Day, st.dates(date(1, 1, 1), date(9999, 12, 31)))
moments = node(
    tree.Moment, st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)).map(lambda one: one.replace(microsecond=0))
)
literals = st.one_of(texts, numbers, days, moments, node(tree.Boolean, st.booleans()))
values = node(tree.Values, st.lists(literals, min_size=1, max_size=4).map(tuple))
text_values = node(tree.Values, st.lists(literals, min_size=1, max_size=4).map(tuple))
arguments = st.one_of(texts, names, text_values)
patterns = st.sampled_from(["a", "^vp\\b", "a\\/b", "[0-9]{2}", '"q"', "# no comment"])
units = st.sampled_from(["days", "weeks", "months", "years"])
negated = st.booleans()


def _larger(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, min_size=2, max_size=4).map(tuple)
    counted = node(
        tree.Quantified,
        st.sampled_from(["at least", "at most", "exactly"]),
        unsigned,
        st.lists(inner, min_size=1, max_size=4).map(tuple),
    )
    uncounted = node(
        tree.Quantified,
        st.sampled_from(["all", "any", "none"]),
        st.none(),
        st.lists(inner, min_size=1, max_size=4).map(tuple),
    )
    negatives = node(tree.Negative, inner.filter(lambda one: not isinstance(one, tree.Number) or one.value.is_signed()))
    return st.one_of(
        node(tree.Arithmetic, st.sampled_from("+-*/"), inner, inner),
        negatives,
        node(tree.Age, st.sampled_from(["days", "months", "years"]), st.just(False), inner),
        node(tree.Age, st.just("days"), st.just(True), inner),
        node(tree.And, several),
        node(tree.Or, several),
        node(tree.Not, inner),
        node(tree.Compare, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), inner, inner),
        node(tree.Is, inner, literals, negated),
        node(tree.Is, inner, texts, negated, st.just(True)),
        node(tree.Predicate, inner, st.sampled_from(["known", "missing", "lowercase", "role", "business"]), negated),
        node(tree.Between, inner, inner, inner, negated),
        node(tree.In, inner, st.one_of(names, values), negated),
        node(
            tree.TextTest,
            st.sampled_from(["contains", "mentions", "includes", "starts with", "ends with"]),
            inner,
            arguments,
            negated,
        ),
        node(tree.At, inner, arguments, negated),
        node(tree.Matches, inner, patterns, st.booleans(), st.just(NOWHERE), negated),
        node(tree.Window, st.sampled_from(["in last", "in next", "older than"]), inner, unsigned, units, negated),
        node(tree.DayTest, st.sampled_from(["before", "after", "on"]), inner, inner, negated),
        counted,
        uncounted,
    )


expressions = st.recursive(
    st.one_of(
        names,
        literals,
        node(tree.ScoreWord),
        node(tree.StageWord),
        node(tree.Disqualified),
        node(tree.Holds, st.one_of(names, texts)),
    ),
    _larger,
    max_leaves=12,
)
