"""From the statements of all files to a model.

The steps, each of which needs what the one before found: what the statements
declare; fields and lists; lets, criteria and labels; points; verdicts;
examples. No step stops at a problem: whoever wrote the ruleset sees all of them
in one run.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from leadrules import ruleset
from leadrules.checking import definitions, points, verdicts
from leadrules.checking.declarations import adjust_lists, check_keys, make_field, make_list
from leadrules.checking.examples import example
from leadrules.checking.files import Files
from leadrules.checking.includes import Gathered
from leadrules.checking.inference import infer_fields, rules
from leadrules.checking.names import MEMBERS, Declared
from leadrules.checking.scope import DISQUALIFIES, EXCLUDES, FRAMEWORKS, Draft, Limit
from leadrules.language import tree
from leadrules.language.source import Span
from leadrules.meaning.text import fold, trim
from leadrules.problems.file_messages import empty_ruleset
from leadrules.problems.name_messages import (
    empty_name,
    reserved_criterion,
    reserved_stage,
    stated_twice,
)

Statement = TypeVar("Statement", bound=tree.Node)


@dataclass
class Assembly:
    """One ruleset on its way from statements to a model."""

    files: Files
    gathered: Gathered
    path: str
    draft: Draft = field(init=False)

    def __post_init__(self) -> None:
        self.draft = Draft(self.files.problems, damaged=self.gathered.damaged, complete=self.gathered.complete)

    def model(self) -> ruleset.Model:
        """The model; where problems were added, it is incomplete and not to be used."""
        draft = self.draft
        header = self._single(tree.Header, "ruleset", root_only=True)
        total = self._single(tree.Total, "total")
        self._report_empty()
        missing = frozenset(
            ("", *(fold(trim(one.value)) for node in self._all(tree.MissingValues) for one in node.spellings))
        )
        fields = self._declare_fields(missing)
        stages, labels, frameworks = self._declare()
        lists = self._declare_lists()
        if not fields and not self._may_have_fields():
            infer_fields(draft, self._counting(), missing)
        built: dict[int, ruleset.Label] = {}
        order = self._define(labels, frameworks, built)

        excludes = [verdicts.verdict(draft, node, Limit("`exclude`", EXCLUDES)) for node in self._all(tree.Exclude)]
        given = self._points(total)
        disqualify = Limit("`disqualify`", DISQUALIFIES)
        disqualifies = [verdicts.verdict(draft, node, disqualify) for node in self._all(tree.Disqualify)]
        made = [verdicts.stage(draft, node, position) for node, position in stages]
        examples = [example(draft, node, given.rules) for node in self._all(tree.Example, root_only=True)]
        early = [
            draft.names.values.declared[name].index
            for name in order
            if name in draft.label_places and name in draft.definitions and _is_early(draft, name)
        ]
        return ruleset.Model(
            title=header.title.value if header is not None else None,
            version=header.version.value if header is not None and header.version is not None else None,
            path=self.path,
            hash=self.files.hash(),
            fields=tuple(_with_read(one, index in draft.read_fields) for index, one in enumerate(draft.fields)),
            frameworks=tuple(self._framework(name, criteria) for name, criteria in frameworks.items()),
            excludes=_whole(excludes),
            rules=tuple(given.rules),
            groups=tuple(given.groups),
            scores=tuple(given.scores),
            total=given.total,
            disqualifies=_whole(disqualifies),
            stages=_whole(made),
            labels=tuple(built[index] for index in sorted(built)),
            verdicts=verdicts.decided_order(draft.stage_places, list(draft.label_places.values())),
            early_labels=tuple(early),
            domains=lists,
            examples=_whole(examples),
        )

    # ------------------------------------------------------------ statements

    def _all(self, sort: type[Statement], root_only: bool = False) -> list[Statement]:
        return [
            node for node, rank in self.gathered.statements if isinstance(node, sort) and (rank == 0 or not root_only)
        ]

    def _counting(self) -> list[tree.Statement]:
        """All statements save the included examples."""
        return [node for node, rank in self.gathered.statements if rank == 0 or not isinstance(node, tree.Example)]

    def _single(self, sort: type[Statement], word: str, root_only: bool = False) -> Statement | None:
        found = self._all(sort, root_only)
        for node in found[1:]:
            self.draft.problems.append(stated_twice(node.span, word, found[0].span))
        return found[0] if found else None

    def _report_empty(self) -> None:
        if not self.gathered.statements and not self.draft.problems and not self.gathered.problems:
            source = self.gathered.sources[0]
            self.draft.problems.append(empty_ruleset(Span(source, 0, 0)))

    def _may_have_fields(self) -> bool:
        """Whether a missing file, or a damaged one with the word in it, may have declared fields."""
        if not self.gathered.complete:
            return True
        return bool(self.draft.damaged) and any("field" in source.text.split() for source in self.gathered.sources)

    # ---------------------------------------------------------- declarations

    def _declare_fields(self, missing: frozenset[str]) -> list[tree.Field]:
        """Declare all fields; where files declare one, the including file's counts."""
        draft = self.draft
        counted: dict[str, tuple[tree.Field, int]] = {}
        twice: list[tree.Field] = []
        for node, rank in self.gathered.statements:
            if not isinstance(node, tree.Field):
                continue
            before = counted.get(node.name.text)
            if before is None or (before[1] != rank and self.gathered.wins(rank, before[1])):
                counted[node.name.text] = (node, rank)
            elif before[1] == rank or not self.gathered.wins(before[1], rank):
                twice.append(node)
        for node, _ in counted.values():
            draft.names.values.add(Declared(node.name.text, "field", node.name.span, len(draft.fields)), draft.problems)
            draft.fields.append(make_field(draft, node, missing))
        for node in twice:
            draft.names.values.add(Declared(node.name.text, "field", node.name.span), draft.problems)
        nodes = [node for node, _ in counted.values()]
        check_keys(draft, nodes)
        draft.read_fields |= {index for index, node in enumerate(nodes) if node.key}
        return nodes

    def _declare(self) -> tuple[list[tuple[tree.Stage, int]], list[tuple[tree.Label, int]], dict[str, Any]]:
        """Declare lets, scores, labels, frameworks, stages and rules, each with its place among the statements."""
        draft, values = self.draft, self.draft.names.values
        stages: list[tuple[tree.Stage, int]] = []
        labels: list[tuple[tree.Label, int]] = []
        frameworks = self._merged_frameworks()
        scores = 0
        for position, (node, _) in enumerate(self.gathered.statements):
            match node:
                case tree.Let():
                    values.add(Declared(node.name.text, "let", node.name.span), draft.problems)
                case tree.Score():
                    values.add(Declared(node.name.text, "score", node.name.span, scores), draft.problems)
                    scores += 1
                case tree.Label():
                    if values.add(Declared(node.name.text, "label", node.name.span, len(labels)), draft.problems):
                        draft.label_places[node.name.text] = position
                        labels.append((node, position))
                case tree.Stage() if self._declare_stage(node, len(stages)):
                    draft.stage_places.append(position)
                    stages.append((node, position))
            for rule in rules(node):
                if rule.name is not None:
                    draft.names.rules.add(Declared(rule.name.text, "rule", rule.name.span), draft.problems)
        return stages, labels, frameworks

    def _declare_stage(self, node: tree.Stage, index: int) -> bool:
        name = node.name.text if isinstance(node.name, tree.Name) else node.name.value
        if trim(name) == "":
            self.draft.problems.append(empty_name(node.name.span, "stage"))
        elif fold(name) in ("disqualified", "excluded"):
            self.draft.problems.append(reserved_stage(node.name.span, name))
        return self.draft.names.stages.add(Declared(name, "stage", node.name.span, index), self.draft.problems)

    def _merged_frameworks(self) -> dict[str, tuple[tree.Framework, list[tree.Criterion]]]:
        """Frameworks with their criteria; those of an including file replace, or are added to, the included one's."""
        draft, values = self.draft, self.draft.names.values
        merged: dict[str, tuple[tree.Framework, list[tree.Criterion]]] = {}
        ranks: dict[tuple[str, str], int] = {}
        for node, rank in self.gathered.statements:
            if not isinstance(node, tree.Framework):
                continue
            name = node.name.text
            if name not in merged:
                values.add(Declared(name, "framework", node.name.span, len(merged)), draft.problems)
                merged[name] = (node, [])
                for member in MEMBERS:
                    what: Any = "ask" if member == "ask" else "count"
                    values.add(Declared(f"{name}.{member}", what, node.name.span, len(merged) - 1), draft.problems)
                ranks[name, ""] = rank
            elif not self._extends(rank, ranks[name, ""]):
                values.add(Declared(name, "framework", node.name.span), draft.problems)
                continue
            for criterion in node.criteria:
                self._merge_criterion(name, criterion, rank, merged[name][1], ranks)
        return merged

    def _extends(self, rank: int, other: int) -> bool:
        return rank != other and (self.gathered.wins(rank, other) or self.gathered.wins(other, rank))

    def _merge_criterion(
        self,
        name: str,
        node: tree.Criterion,
        rank: int,
        criteria: list[tree.Criterion],
        ranks: dict[tuple[str, str], int],
    ) -> None:
        draft, key = self.draft, (name, node.name.text)
        if node.name.text in MEMBERS:
            draft.problems.append(reserved_criterion(node.name.span, name, node.name.text))
            return
        declared = Declared(f"{name}.{node.name.text}", "criterion", node.name.span)
        before = ranks.get(key)
        if before is not None and self._extends(rank, before):
            if self.gathered.wins(rank, before):
                place = next(i for i, one in enumerate(criteria) if one.name.text == node.name.text)
                criteria[place] = node
                ranks[key] = rank
                draft.names.values.declared[declared.name] = declared
        elif draft.names.values.add(declared, draft.problems):
            criteria.append(node)
            ranks[key] = rank

    def _declare_lists(self) -> ruleset.DomainLists:
        draft = self.draft
        adjusted = []
        for node in self._all(tree.List):
            if node.action in ("add", "remove"):
                adjusted.append(node)
            elif draft.names.lists.add(Declared(node.name.text, "list", node.name.span), draft.problems):
                draft.lists[node.name.text] = make_list(draft, self.files, node)
        return adjust_lists(draft, adjusted)

    # ------------------------------------------------------------ definitions

    def _define(
        self, labels: Sequence[tuple[tree.Label, int]], frameworks: dict[str, Any], built: dict[int, ruleset.Label]
    ) -> list[str]:
        draft = self.draft
        last_stage = max(draft.stage_places, default=-1)
        wanted = [
            definitions.let(node)
            for node in self._all(tree.Let)
            if draft.names.values.declared[node.name.text].span is node.name.span
        ]
        for name, (_, criteria) in frameworks.items():
            wanted += [definitions.criterion(name, node) for node in criteria]
        for index, (label, position) in enumerate(labels):
            wanted.append(verdicts.label(label, index, position, last_stage, self.files, built))
        return definitions.check_in_order(draft, wanted)

    def _framework(self, name: str, merged: tuple[tree.Framework, list[tree.Criterion]]) -> ruleset.Framework:
        node, criteria = merged
        made = []
        for one in criteria:
            defined = self.draft.definitions.get(f"{name}.{one.name.text}")
            if defined is not None:
                question = one.question.value if one.question is not None else None
                condition: Any = defined.value.node
                made.append(ruleset.Criterion(one.name.text, question, condition, one.name.span))
        return ruleset.Framework(name, tuple(made), node.name.span)

    # ----------------------------------------------------------------- points

    def _points(self, total: tree.Total | None) -> points.Points:
        draft, given = self.draft, points.Points()
        for node, _ in self.gathered.statements:
            match node:
                case tree.Score():
                    points.add_score(draft, given, node)
                case tree.Group():
                    points.add_group(draft, given, node, None)
                case tree.Rule():
                    points.add_rule(draft, given, node, None, None)
        if total is not None:
            given.total = points.limits(draft, total.limits)
        return given


def _is_early(draft: Draft, name: str) -> bool:
    return all(use.layer <= FRAMEWORKS for use in draft.definitions[name].uses)


Part = TypeVar("Part")


def _whole(parts: Iterable[Part | None]) -> tuple[Part, ...]:
    return tuple(part for part in parts if part is not None)


def _with_read(one: ruleset.Field, read: bool) -> ruleset.Field:
    return one if one.read == read else replace(one, read=read)
