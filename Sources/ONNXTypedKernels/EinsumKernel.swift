// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXKernels
package import ONNXTensors

extension TypedKernels {
    /// A sum of products over labelled dimensions.
    ///
    /// - Parameters:
    ///   - lengths: the length of each label; the first `outputRank` are those of `output`, in order.
    ///   - strides: for each operand the stride in elements of each label, 0 where it does not have it.
    package static func einsum(
        _ operands: [Tensor], lengths: [Int], outputRank: Int, strides: [[Int]], into output: Tensor,
        workers: WorkerPool
    ) throws(ONNXError) {
        let work = EinsumWork(
            operands: operands, lengths: lengths, outputRank: outputRank, strides: strides, output: output,
            workers: workers)
        try dispatch(output.elementType, work, in: "Einsum")
    }
}

private struct EinsumWork: NumericWork {
    let operands: [Tensor]
    let lengths: [Int]
    let outputRank: Int
    let strides: [[Int]]
    let output: Tensor
    let workers: WorkerPool

    func callAsFunction<Element: NumericElement>(_ type: Element.Type) throws(ONNXError) {
        let count = output.shape.elementCount
        let to = output.mutablePointer(to: type)
        let sources = operands.map { $0.pointer(to: type) }
        let isEmpty = lengths[outputRank...].contains(0)
        TypedKernels.inParallel(workers, count: count, grain: 256) { range in
            var index = [Int](repeating: 0, count: lengths.count)
            var offsets = [Int](repeating: 0, count: operands.count)
            for element in range {
                var rest = element
                for operand in offsets.indices { offsets[operand] = 0 }
                for label in (0..<outputRank).reversed() {
                    let value = rest % lengths[label]
                    rest /= lengths[label]
                    for operand in offsets.indices { offsets[operand] += value * strides[operand][label] }
                }
                to[element] = isEmpty ? 0 : sum(sources, &index, &offsets)
            }
        }
    }

    /// Walks the labels that are summed over; leaves the offsets as they were.
    private func sum<Element: NumericElement>(
        _ sources: [UnsafePointer<Element>], _ index: inout [Int], _ offsets: inout [Int]
    ) -> Element {
        var total: Element = 0
        while true {
            var product: Element = 1
            for operand in sources.indices {
                product = product.multiplied(by: sources[operand][offsets[operand]])
            }
            total = total.adding(product)
            var label = lengths.count - 1
            while label >= outputRank {
                index[label] += 1
                for operand in offsets.indices { offsets[operand] += strides[operand][label] }
                if index[label] < lengths[label] { break }
                for operand in offsets.indices { offsets[operand] -= index[label] * strides[operand][label] }
                index[label] = 0
                label -= 1
            }
            if label < outputRank { return total }
        }
    }
}
