// SPDX-License-Identifier: Apache-2.0
package import ONNXErrors
package import ONNXKernels
package import ONNXTensors

extension TypedKernels {
    /// Convolution: `[batch, channels, …]` with weights `[outputs, channels ÷ groups, …]` to `[batch, outputs, …]`; float32
    /// or float64.
    ///
    /// Windows are laid out as columns, a bounded number at once, and multiplied with the weights.
    package static func convolution(
        _ input: Tensor, weights: Tensor, bias: Tensor?, groups: Int, _ walk: SpatialWalk,
        into output: Tensor,
        workers: WorkerPool
    ) throws(ONNXError) {
        guard output.shape.elementCount > 0 else { return }
        let work = ConvolutionWork(
            input: input, weights: weights, bias: bias, groups: groups, walk: walk, output: output,
            workers: workers)
        switch input.elementType {
        case .float32: try work.run(Float.self)
        case .float64: try work.run(Double.self)
        default: throw unsupported(input.elementType, in: "Conv")
        }
        withExtendedLifetime((input, weights, bias, output)) {}
    }
}

private struct ConvolutionWork {
    let input: Tensor
    let weights: Tensor
    let bias: Tensor?
    let groups: Int
    let walk: SpatialWalk
    let output: Tensor
    let workers: WorkerPool

    /// Elements of the columns that are laid out at once.
    private static let roomLimit = 1 << 20

    func run<Element: FloatElement & BLASElement>(_ type: Element.Type) throws(ONNXError) {
        let channels = weights.shape[1]
        let outputs = weights.shape[0] / groups
        let inner = channels * walk.kernelSize
        let positions = walk.outputSize
        let chunk = max(1, min(positions, Self.roomLimit / max(1, inner)))
        let room = try Tensor(allocating: Element.elementType, Shape([max(1, inner), chunk]))
        let columns = room.mutablePointer(to: type)
        let x = input.pointer(to: type)
        let w = weights.pointer(to: type)
        let y = output.mutablePointer(to: type)
        let offsets = walk.offsets
        for start in stride(from: 0, to: positions, by: chunk) {
            let count = min(chunk, positions - start)
            let origins = walk.origins(start..<start + count)
            for item in 0..<input.shape[0] * groups {
                let (batch, group) = (item / groups, item % groups)
                let source = x + (batch * input.shape[1] + group * channels) * walk.inputSize
                fill(columns, source, count, origins, offsets, channels)
                try Element.multiply(
                    MatrixProductShape(m: outputs, n: count, k: inner),
                    MatrixOperand(w + group * outputs * inner, rowStride: inner),
                    MatrixOperand(UnsafePointer(columns), rowStride: count),
                    y + (batch * groups + group) * outputs * positions + start, positions, workers)
            }
        }
        withExtendedLifetime(room) {}
        guard let addends = bias?.pointer(to: type) else { return }
        for row in 0..<input.shape[0] * weights.shape[0] {
            let line = y + row * positions
            let addend = addends[row % weights.shape[0]]
            for index in 0..<positions { line[index] += addend }
        }
    }

    /// Lays out the windows of one batch row and group: `[channels × kernel, count]`.
    private func fill<Element: FloatElement>(
        _ columns: UnsafeMutablePointer<Element>, _ source: UnsafePointer<Element>, _ count: Int,
        _ origins: [Int], _ offsets: [Int], _ channels: Int
    ) {
        let rank = walk.rank
        origins.withUnsafeBufferPointer { origins in
            offsets.withUnsafeBufferPointer { offsets in
                guard let origin = origins.baseAddress, let offset = offsets.baseAddress else { return }
                TypedKernels.inParallel(
                    workers, count: walk.kernelSize, grain: max(1, 16_384 / max(1, count * channels))
                ) { range in
                    for element in range {
                        for position in 0..<count {
                            let index = walk.index(origin + position * rank, offset + element * rank)
                            for channel in 0..<channels {
                                columns[(channel * walk.kernelSize + element) * count + position] =
                                    index < 0 ? 0 : source[channel * walk.inputSize + index]
                            }
                        }
                    }
                }
            }
        }
    }
}
