// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

/// Small programs to begin from: `swift run --package-path Examples -c release FirstAnswer`.
let examples = ["FirstAnswer", "StreamingChat", "Sampling", "Scoring", "RunningGraphs"]

let package = Package(
    name: "examples",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "swift-onnx-lm", path: "..")],
    targets: examples.map { name in
        .executableTarget(
            name: name,
            dependencies: [
                .product(name: name == "RunningGraphs" ? "ONNXInference" : "ONNXLM", package: "swift-onnx-lm")
            ])
    }
)
