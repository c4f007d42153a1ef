// SPDX-License-Identifier: Apache-2.0
import ONNXKernels

func rowKernels(_ benchmark: Benchmark) {
    let width = 3072
    let x = floats(width * 128, seed: 1)
    let y = floats(width * 128, seed: 2)
    let input = UnsafePointer(x.baseAddress!)
    for rows in [1, 128] {
        let count = rows * width
        benchmark.measure("rmsNorm rows \(rows)", Benchmark.Work(bytes: count * 8)) {
            RowKernels.rmsNorm(
                NormArguments(
                    x: input, scale: input, y: y.baseAddress!, rows: rows, width: width, epsilon: 1e-5),
                workers: benchmark.workers)
        }
        benchmark.measure("siluMultiply rows \(rows)", Benchmark.Work(bytes: count * 12)) {
            RowKernels.apply(
                .siluMultiply, input, input, into: y.baseAddress!, count: count, workers: benchmark.workers)
        }
        benchmark.measure("softmax rows \(rows)", Benchmark.Work(bytes: count * 8)) {
            RowKernels.softmax(
                input, into: y.baseAddress!, rows: rows, width: width, workers: benchmark.workers)
        }
    }
    benchmark.measure("empty job", Benchmark.Work()) { benchmark.workers.run(count: 2) { _ in } }
}
