// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

let library: [Target.Dependency] = [.product(name: "ONNXLM", package: "swift-onnx-lm")]

/// The examples of the documentation, and the programs of `Examples/`.
let examples: [Target] =
    Context.environment["ONNXLM_EXAMPLES"] != "1"
    ? []
    : [.target(name: "Documented", dependencies: library)]
        + ["FirstAnswer", "StreamingChat", "Sampling", "Scoring"].map {
            .executableTarget(name: $0, dependencies: library)
        }
        + [
            .executableTarget(
                name: "RunningGraphs",
                dependencies: [.product(name: "ONNXInference", package: "swift-onnx-lm")])
        ]

/// An app that names this package by version and has targets whose names a library might be tempted to take.
let package = Package(
    name: "dependent",
    platforms: [.macOS(.v15)],
    dependencies: [.package(url: Context.environment["ONNXLM_ORIGIN"] ?? "", from: "0.1.0")],
    targets: examples + [
        .target(name: "Graph"),
        .target(name: "Kernels"),
        .target(name: "Generation"),
        .executableTarget(
            name: "dependent",
            dependencies: [
                "Graph", "Kernels", "Generation",
                .product(name: "ONNXLM", package: "swift-onnx-lm"),
                .product(name: "ONNXInference", package: "swift-onnx-lm"),
            ]),
    ]
)
