// SPDX-License-Identifier: Apache-2.0
import ONNXKernels
import ONNXTensors
import ONNXTypedKernels
import Testing

/// Every pattern of the types of 8 bits and fewer, there and back, and the edges of their ranges.
@Suite struct SmallFloatTests {
    private static let types: [ElementType] = [
        .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz, .float8e8m0,
    ]

    @Test(arguments: types) func everyPattern(_ type: ElementType) throws {
        let patterns = try Tensor(allocating: type, Shape([256]))
        for i in 0..<256 {
            patterns.mutableBaseAddress.storeBytes(of: UInt8(i), toByteOffset: i, as: UInt8.self)
        }
        let workers = try WorkerPool(threadCount: 2)
        let values = try TypedKernels.converted(patterns, to: .float64, workers: workers)
        let back = try TypedKernels.converted(values, to: type, workers: workers)
        let numbers = try values.values(as: Double.self)
        for i in 0..<256 where !numbers[i].isNaN && numbers[i].isFinite {
            #expect(back.baseAddress.load(fromByteOffset: i, as: UInt8.self) == UInt8(i), "\(numbers[i])")
        }
    }

    /// The greatest values, and what lies beyond: from ONNX's page on float8.
    @Test(arguments: [
        (ElementType.float8e4m3fn, 448.0), (.float8e4m3fnuz, 240.0), (.float8e5m2, 57344.0),
        (.float8e5m2fnuz, 57344.0),
    ])
    func beyondTheRange(_ type: ElementType, _ greatest: Double) throws {
        let workers = try WorkerPool(threadCount: 2)
        let source = try Tensor([greatest, 1e9, -.infinity, .nan], shape: [4])
        let saturated = try TypedKernels.converted(
            TypedKernels.converted(source, to: type, workers: workers), to: .float64, workers: workers
        ).values(as: Double.self)
        #expect(saturated[0...2] == [greatest, greatest, -greatest] && saturated[3].isNaN)
        let target = try Tensor(allocating: type, Shape([4]))
        try TypedKernels.convert(source, into: target, rounding: .init(saturates: false), workers: workers)
        let open = try TypedKernels.converted(target, to: .float64, workers: workers).values(as: Double.self)
        #expect(open[0] == greatest)
        #expect(
            type == .float8e5m2
                ? open[1] == .infinity && open[2] == -.infinity : open[1].isNaN && open[2].isNaN)
    }
}
