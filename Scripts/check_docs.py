# SPDX-License-Identifier: Apache-2.0
"""check_docs.py ROOT GRAPHS EXAMPLES INDEX: every public declaration that users of the products meet has a doc comment
and is shown in an example that compiles.

GRAPHS holds the compiler's symbol graphs, of which those of re-exported modules are a part; EXAMPLES is the folder that
extract_examples.py --run wrote, and INDEX the compiler's index of it, which says what each line uses.

Types and functions need an example in their own doc comments. For members (properties, cases, initialisers, what a
protocol asks for) one in the doc comment of an enclosing type, or an article, serves, where it uses the member. What the
compiler makes (`==`, `hash(into:)`) is no declaration of ours. Prints what lacks something, a line each; the exit status
is 1 then.
"""

import json
import pathlib
import sys
import urllib.parse

from index_uses import Index

TYPES = {"swift.struct", "swift.class", "swift.enum", "swift.protocol", "swift.actor"}
FUNCTIONS = {"swift.method", "swift.type.method", "swift.func", "swift.func.op"}
# Used without being named.
IMPLICIT = {"==(_:_:)", "<(_:_:)", "hash(into:)", "description", "debugDescription"}


class Graph:
    """The public declarations of all symbol graphs, by identifier."""

    def __init__(self, folder, root):
        self.symbols, self.members, self.origins, self.requirements = {}, {}, {}, set()
        modules = set()
        for path in sorted(folder.rglob("*.symbols.json")):
            graph = json.loads(path.read_text())
            modules.add(graph["module"]["name"])
            for symbol in graph["symbols"]:
                if "location" in symbol and "::SYNTHESIZED::" not in symbol["identifier"]["precise"]:
                    uri = urllib.parse.unquote(symbol["location"]["uri"]).removeprefix("file://")
                    symbol["file"] = uri[uri.index("/Sources/") + 1:] if "/Sources/" in uri else uri
                    symbol["line"] = symbol["location"]["position"]["line"] + 1
                    self.symbols[symbol["identifier"]["precise"]] = symbol
            for relation in graph["relationships"]:
                if relation["kind"] in ("memberOf", "requirementOf"):
                    self.members.setdefault(relation["target"], set()).add(relation["source"])
                if relation["kind"] == "requirementOf":
                    self.requirements.add(relation["source"])
                origin = relation.get("sourceOrigin")
                if origin:
                    self.origins[relation["source"]] = origin["identifier"]
        # A comment of another module, such as Swift's, is inherited and says nothing of ours.
        self.ours = {path.name for path in (root / "Sources").iterdir()} | modules
        self.by_path = {tuple(s["pathComponents"]): i for i, s in self.symbols.items() if s["kind"]["identifier"] in TYPES}

    def is_documented(self, symbol):
        comment = symbol.get("docComment", {})
        return bool(comment) and comment.get("module", next(iter(self.ours))) in self.ours

    def enclosing(self, symbol):
        path = tuple(symbol["pathComponents"])
        return [self.by_path[path[:n]] for n in range(1, len(path)) if path[:n] in self.by_path]

    def with_members(self, identifier):
        result, pending = set(), [identifier]
        while pending:
            current = pending.pop()
            if current not in result:
                result.add(current)
                pending += self.members.get(current, ())
        return result


class Examples:
    """What each example uses, by the declaration whose comment it stands in."""

    def __init__(self, folder, index):
        self.by_declaration, self.in_articles = {}, set()
        uses = {}
        for line, identifier in Index(index).uses("Examples.swift"):
            uses.setdefault(line, set()).add(identifier)
        for example in json.loads((folder / "examples.json").read_text()):
            used = set().union(*(uses.get(line, ()) for line in range(example["first"], example["last"] + 1)))
            if example["declaration"] is None:
                self.in_articles |= used
            else:
                place = (example["file"], example["declaration"])
                self.by_declaration.setdefault(place, set()).update(used)

    def of(self, symbol):
        return self.by_declaration.get((symbol["file"], symbol["line"]), set())


def lacks_example(identifier, symbol, graph, examples):
    kind, own = symbol["kind"]["identifier"], examples.of(symbol)
    if kind in TYPES:
        return not own & graph.with_members(identifier)
    wanted = {identifier} | ({graph.origins[identifier]} if identifier in graph.origins else set())
    if kind in FUNCTIONS and identifier not in graph.requirements and identifier not in graph.origins:
        return identifier not in own
    places = [own, examples.in_articles, *(examples.of(graph.symbols[i]) for i in graph.enclosing(symbol))]
    if graph.origins.get(identifier) in graph.symbols:
        origin = graph.symbols[graph.origins[identifier]]
        places += [examples.of(graph.symbols[i]) for i in graph.enclosing(origin)]
    return not wanted & set().union(*places)


def main():
    root, graphs, examples, index = (pathlib.Path(argument) for argument in sys.argv[1:5])
    graph, examples = Graph(graphs, root), Examples(examples, index)
    if not graph.symbols:
        sys.exit("docs: the symbol graphs hold no declarations")
    problems = []
    for identifier, symbol in graph.symbols.items():
        place = f"{symbol['file']}:{symbol['line']}: {'.'.join(symbol['pathComponents'])}"
        if not graph.is_documented(symbol):
            problems.append(f"{place}: a public declaration without a doc comment")
        if symbol["pathComponents"][-1] not in IMPLICIT and lacks_example(identifier, symbol, graph, examples):
            kind = symbol["kind"]["identifier"]
            own = " of its own" if kind in TYPES | FUNCTIONS else ""
            problems.append(f"{place}: a public declaration without an example{own}")
    for problem in sorted(problems):
        print(f"docs: {problem}", file=sys.stderr)
    print(f"docs: {len(graph.symbols)} public declarations", file=sys.stderr)
    sys.exit(f"docs: {len(problems)} problems" if problems else 0)


main()
