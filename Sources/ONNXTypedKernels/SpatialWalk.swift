// SPDX-License-Identifier: Apache-2.0

/// How a window walks over spatial dimensions: output position p of an axis covers the input positions
/// `p · stride − padBegin + k · dilation`.
package struct SpatialWalk: Sendable {
    package var input: [Int]
    package var kernel: [Int]
    package var strides: [Int]
    package var dilations: [Int]
    package var padBegin: [Int]
    package var padEnd: [Int]
    package var output: [Int]

    package init(
        input: [Int], kernel: [Int], strides: [Int], dilations: [Int], padBegin: [Int], padEnd: [Int],
        output: [Int]
    ) {
        self.input = input
        self.kernel = kernel
        self.strides = strides
        self.dilations = dilations
        self.padBegin = padBegin
        self.padEnd = padEnd
        self.output = output
    }

    var rank: Int { input.count }
    package var inputSize: Int { input.reduce(1, *) }
    package var outputSize: Int { output.reduce(1, *) }
    package var kernelSize: Int { kernel.reduce(1, *) }

    /// The index of a position in row-major order, by axis.
    static func position(_ index: Int, in dimensions: [Int]) -> [Int] {
        var rest = index
        var result = [Int](repeating: 0, count: dimensions.count)
        for axis in dimensions.indices.reversed() {
            result[axis] = rest % dimensions[axis]
            rest /= dimensions[axis]
        }
        return result
    }

    /// For each output position of a range: the input position of the window's first element on each axis.
    func origins(_ range: Range<Int>) -> [Int] {
        var result: [Int] = []
        result.reserveCapacity(range.count * rank)
        for index in range {
            let position = Self.position(index, in: output)
            for axis in 0..<rank { result.append(position[axis] * strides[axis] - padBegin[axis]) }
        }
        return result
    }

    /// The input's linear index for an element of the window, or −1 in the padding.
    @inline(__always)
    func index(_ origin: UnsafePointer<Int>, _ offset: UnsafePointer<Int>) -> Int {
        var result = 0
        for axis in 0..<rank {
            let position = origin[axis] + offset[axis]
            if position < 0 || position >= input[axis] { return -1 }
            result = result * input[axis] + position
        }
        return result
    }

    /// For each element of the window its distance from the first, by axis.
    var offsets: [Int] {
        var result: [Int] = []
        for index in 0..<kernelSize {
            let position = Self.position(index, in: kernel)
            for axis in 0..<rank { result.append(position[axis] * dilations[axis]) }
        }
        return result
    }
}
