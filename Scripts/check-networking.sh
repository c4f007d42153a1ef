#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# check-networking.sh [ROOT]: nothing of the engine depends on networking. In the manifest, only the targets named here
# reach a package that is not for the command, and only under the trait `Providers`; without that trait none of these
# packages is in the graph that the package manager resolves.
source "$(dirname "$0")/lib.sh"

tree=$(cd "${1:-$root}" && pwd)
may_reach="ONNXHTTP ONNXHTTPTestSupport ONNXHTTPTests ONNXLMProviders ONNXLMProvidersTests ONNXLMCommand \
ONNXLMCommandTests ONNXModelHub ONNXModelHubTests"
command_packages="swift-argument-parser swift-log"
scratch=$tree/.build-networking
mkdir -p "$scratch"
# Resolving for other traits would rewrite the pins of the tree's own build.
pins=$tree/Package.resolved
if [ -f "$pins" ]; then cp -p "$pins" "$scratch/pins"; else rm -f "$scratch/pins"; fi
restore() { if [ -f "$scratch/pins" ]; then cp -p "$scratch/pins" "$pins"; else rm -f "$pins"; fi; }
trap restore EXIT

swift package --package-path "$tree" --scratch-path "$scratch" dump-package >"$scratch/manifest.json"
python3 - "$scratch/manifest.json" "$may_reach" "$command_packages" <<'PYTHON'
import json
import sys

targets = {target["name"]: target for target in json.load(open(sys.argv[1]))["targets"]}
may_reach, command_packages = set(sys.argv[2].split()), set(sys.argv[3].split())
problems = []


def reached(name, seen):
    """The packages that a target needs, itself or through others, each with the way there."""
    if name in seen or name not in targets:
        return {}
    seen.add(name)
    packages = {}
    for dependency in targets[name]["dependencies"]:
        if "product" in dependency:
            product, package, _, condition = dependency["product"]
            if package in command_packages:
                continue
            packages.setdefault(package, f"{name} -> {product}")
            if (condition or {}).get("traits") != ["Providers"]:
                problems.append(f"{name} depends on {product} of {package} without the trait Providers")
        else:
            for package, way in reached(next(iter(dependency.values()))[0], seen).items():
                packages.setdefault(package, f"{name} -> {way}")
    return packages


for name in targets:
    packages = reached(name, set())
    if name not in may_reach:
        problems += [f"{name} reaches {package}: {way}" for package, way in packages.items()]
for problem in sorted(set(problems)):
    print(f"networking: {problem}", file=sys.stderr)
sys.exit(bool(problems))
PYTHON

for traits in Command ""; do
    options=(--traits "$traits")
    [ -n "$traits" ] || options=(--disable-default-traits)
    swift package --package-path "$tree" --scratch-path "$scratch" "${options[@]}" \
        show-dependencies --format json >"$scratch/graph.json" 2>"$scratch/log" \
        || { cat "$scratch/log" >&2; die "networking: the dependencies cannot be resolved"; }
    python3 - "$scratch/graph.json" "$command_packages" "${traits:-none}" <<'PYTHON'
import json
import sys


def identities(node):
    for dependency in node["dependencies"]:
        yield dependency["identity"]
        yield from identities(dependency)


graph = json.load(open(sys.argv[1]))
extra = sorted(set(identities(graph)) - set(sys.argv[2].split()))
if extra:
    sys.exit(f"networking: with the traits {sys.argv[3]} the graph holds {', '.join(extra)}")
PYTHON
done
