// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXGraph
import ONNXKernels
import ONNXOperators
import ONNXTensors

/// Turns a graph into a ``GraphProgram``: makes operators, resolves names to slots, lets operators take in their
/// constants.
struct ProgramCompiler {
    let registry: OperatorRegistry
    let operatorSets: [String: Int]
    let workers: WorkerPool

    /// Compiles a graph whose nodes stand in a valid order and are all supported (see ``SupportReport``).
    ///
    /// - Throws: `graph.undefined_value` for names that nothing defines, and what operators say of their constants.
    func compile(_ graph: Graph) throws(ONNXError) -> GraphProgram {
        let program = try compile(graph, depth: 0)
        if let capture = program.captures.first {
            throw ONNXError(
                "graph.undefined_value", "The value \"\(capture.name)\" is read but nothing defines it.")
        }
        return program
    }

    private func compile(_ graph: Graph, depth: Int) throws(ONNXError) -> GraphProgram {
        guard depth <= 32 else {
            throw ONNXError("graph.too_deep", "Subgraphs are nested more than 32 deep.")
        }
        var program = GraphProgram()
        var slots: [String: Int] = [:]
        var constants: [Int: Tensor] = [:]

        func newSlot() -> Int {
            program.slotCount += 1
            return program.slotCount - 1
        }
        func define(_ name: String) throws(ONNXError) -> Int {
            guard slots[name] == nil else {
                throw ONNXError("graph.duplicate_output", "The value \"\(name)\" is defined more than once.")
            }
            let slot = newSlot()
            slots[name] = slot
            return slot
        }
        func resolve(_ name: String) -> Int {
            if name.isEmpty { return -1 }
            if let slot = slots[name] { return slot }
            let slot = newSlot()
            slots[name] = slot
            program.captures.append((name, slot))
            return slot
        }

        for (name, tensor) in graph.initializers.sorted(by: { $0.key < $1.key }) {
            let slot = try define(name)
            constants[slot] = tensor
        }
        for input in graph.inputs where graph.initializers[input.name] == nil {
            program.inputs.append((input, try define(input.name)))
        }
        for node in graph.nodes {
            let step = try makeStep(
                node, depth: depth, constants: constants, resolve: resolve, define: define)
            program.steps.append(step)
        }
        for output in graph.outputs {
            guard !output.name.isEmpty else {
                throw ONNXError("graph.empty_name", "An output of the graph has no name.")
            }
            program.outputs.append((output, resolve(output.name)))
        }
        finish(&program, constants: constants)
        return program
    }

    private func makeStep(
        _ node: Node, depth: Int, constants: [Int: Tensor], resolve: (String) -> Int,
        define: (String) throws(ONNXError) -> Int
    ) throws(ONNXError) -> GraphProgram.Step {
        do {
            let version = operatorSets[node.domain] ?? 1
            let operation = try registry.makeOperator(for: node, version: version)
            let inputs = node.inputs.map(resolve)
            let prepared = try operation.prepared(
                ConstantInputs(inputs.map { $0 < 0 ? nil : constants[$0] }, workers: workers))
            var subgraphs: [String: GraphProgram.Subprogram] = [:]
            for (name, attribute) in node.attributes.sorted(by: { $0.key < $1.key }) {
                guard case .graph(let graph) = attribute else { continue }
                let inner = try compile(graph, depth: depth + 1)
                let captures = inner.captures.map { (outer: resolve($0.name), inner: $0.slot) }
                subgraphs[name] = GraphProgram.Subprogram(program: inner, captures: captures)
            }
            var outputs: [Int] = []
            for name in node.outputs { outputs.append(name.isEmpty ? -1 : try define(name)) }
            return GraphProgram.Step(
                label: node.label, kind: node.qualifiedType, operation: prepared, inputs: inputs,
                outputs: outputs,
                requestedOutputs: node.outputs.map { !$0.isEmpty }, subgraphs: subgraphs)
        } catch {
            throw error.adding(node.label)
        }
    }

    /// Lists the constants, without the elements of those that every reader has taken in, and finds where each
    /// slot is read last.
    private func finish(_ program: inout GraphProgram, constants: [Int: Tensor]) {
        var needed = Set(program.outputs.map(\.slot))
        var lastUse: [Int: Int] = [:]
        for (index, step) in program.steps.enumerated() {
            let absorbed = Set(step.operation.absorbedInputs)
            for (position, slot) in step.inputs.enumerated() where slot >= 0 {
                if !absorbed.contains(position) { needed.insert(slot) }
                lastUse[slot] = index
            }
            for subgraph in step.subgraphs.values {
                for capture in subgraph.captures {
                    needed.insert(capture.outer)
                    lastUse[capture.outer] = index
                }
            }
            for slot in step.outputs where slot >= 0 && lastUse[slot] == nil { lastUse[slot] = index }
        }
        program.constants = constants.sorted(by: { $0.key < $1.key }).map { slot, tensor in
            GraphProgram.Constant(
                slot: slot, type: TensorType(tensor.elementType, tensor.shape),
                tensor: needed.contains(slot) ? tensor : nil)
        }
        for (slot, tensor) in constants where !needed.contains(slot) { releasePages(of: tensor) }
        let kept = Set(program.outputs.map(\.slot)).union(constants.keys)
        program.releases = Array(repeating: [], count: program.steps.count)
        for (slot, index) in lastUse where !kept.contains(slot) { program.releases[index].append(slot) }
    }

    private func releasePages(of tensor: Tensor) {
        guard let mapped = tensor.storage as? MappedStorage else { return }
        mapped.file.releasePages(offset: tensor.byteOffset, byteCount: tensor.byteCount)
    }
}
