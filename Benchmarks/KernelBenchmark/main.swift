// SPDX-License-Identifier: Apache-2.0
// ONNXKernelBenchmark [FILTER] [THREADS] [--json]: kernels at the shapes of real models, best of several runs.
import ONNXKernels

let words = CommandLine.arguments.dropFirst().filter { $0 != "--json" }
let isJSON = CommandLine.arguments.contains("--json")
let threads = words.compactMap { Int($0) }.first ?? WorkerPool.defaultThreadCount
let benchmark = try Benchmark(
    threads: threads, filter: words.first { Int($0) == nil } ?? "", isQuiet: isJSON)
rowKernels(benchmark)
try SamplerBenchmark(benchmark).run()
try AttentionBenchmark(benchmark).run()
try quantisedProducts(benchmark)
try narrowProducts(benchmark)
try quantization(benchmark)
if isJSON { print(benchmark.json) }
