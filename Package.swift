// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

/// The AVX2 kernels are written with x86 intrinsics and need these flags; on other hosts the reference kernels
/// serve. `ONNXLM_NO_AVX2=1` builds without them (a cross build, a compiler that has no such target).
#if arch(x86_64)
    let hostHasAVX2Compiler = true
#else
    let hostHasAVX2Compiler = false
#endif
let buildsAVX2 = hostHasAVX2Compiler && Context.environment["ONNXLM_NO_AVX2"] != "1"

let common: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
]
let avx2: [SwiftSetting] =
    buildsAVX2
    ? common + [
        .define("ONNXLM_AVX2"),
        .unsafeFlags(["-Xcc", "-mavx2", "-Xcc", "-mfma", "-Xcc", "-mf16c", "-Ounchecked"]),
    ]
    : common
let dispatch: [SwiftSetting] = buildsAVX2 ? common + [.define("ONNXLM_AVX2")] : common

let package = Package(
    name: "swift-onnx-lm",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "ONNXLM", targets: ["ONNXLM"]),
        .library(name: "ONNXInference", targets: ["ONNXInference"]),
        .executable(name: "onnxlm", targets: ["ONNXLMCommand"]),
    ],
    traits: [
        .trait(
            name: "Command", description: "Builds the `onnxlm` command, with the packages that only it needs."
        )
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CONNXProtobufC", pkgConfig: "libprotobuf-c", providers: [.apt(["libprotobuf-c-dev"])]),
        .systemLibrary(name: "CONNXOpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .target(name: "CONNXKernelABI"),
        .target(name: "CONNXSystem"),
        .target(name: "CONNXSchema", dependencies: ["CONNXProtobufC"]),

        .target(name: "ONNXErrors", swiftSettings: common),
        .target(name: "ONNXJSON", dependencies: ["ONNXErrors"], swiftSettings: common),
        .target(name: "ONNXTensors", dependencies: ["ONNXErrors", "CONNXSystem"], swiftSettings: common),
        .target(name: "ONNXGraph", dependencies: ["ONNXTensors"], swiftSettings: common),
        .target(
            name: "ONNXImport", dependencies: ["ONNXGraph", "CONNXSchema", "CONNXSystem"],
            swiftSettings: common),
        .target(name: "ONNXExport", dependencies: ["ONNXGraph", "ONNXJSON"], swiftSettings: common),
        .target(name: "ONNXKernelsReference", dependencies: ["CONNXKernelABI"], swiftSettings: common),
        .target(name: "ONNXKernelsAVX2", dependencies: ["CONNXKernelABI"], swiftSettings: avx2),
        .target(
            name: "ONNXKernels",
            dependencies: [
                "ONNXErrors", "CONNXKernelABI", "CONNXOpenBLAS", "ONNXKernelsReference", "ONNXKernelsAVX2",
            ],
            swiftSettings: dispatch),
        .target(
            name: "ONNXTypedKernels", dependencies: ["ONNXTensors", "ONNXKernels"], swiftSettings: common),
        .target(
            name: "ONNXOperators", dependencies: ["ONNXGraph", "ONNXKernels", "ONNXTypedKernels"],
            swiftSettings: common),
        .target(name: "ONNXOptimizer", dependencies: ["ONNXOperators"], swiftSettings: common),
        .target(name: "ONNXInference", dependencies: ["ONNXImport", "ONNXOptimizer"], swiftSettings: common),
        .target(name: "ONNXTokenization", dependencies: ["ONNXErrors", "ONNXJSON"], swiftSettings: common),
        .target(name: "ONNXChatTemplate", dependencies: ["ONNXErrors", "ONNXJSON"], swiftSettings: common),
        .target(
            name: "ONNXGeneration",
            dependencies: [
                "ONNXInference", "ONNXJSON", "ONNXKernels", "ONNXTokenization", "ONNXChatTemplate",
            ],
            swiftSettings: common),
        .target(name: "ONNXLM", dependencies: ["ONNXGeneration"], swiftSettings: common),
        .target(name: "ONNXGGUFImport", dependencies: ["ONNXExport", "ONNXKernels"], swiftSettings: common),
        .target(name: "ONNXConformance", dependencies: ["ONNXInference", "ONNXJSON"], swiftSettings: common),
        .executableTarget(
            name: "ONNXLMCommand",
            dependencies: [
                "ONNXLM", "ONNXGGUFImport", "ONNXConformance",
                .product(
                    name: "ArgumentParser", package: "swift-argument-parser",
                    condition: .when(traits: ["Command"])),
                .product(name: "Logging", package: "swift-log", condition: .when(traits: ["Command"])),
            ],
            swiftSettings: common),

        .target(
            name: "ONNXTestSupport", dependencies: ["ONNXJSON", "ONNXInference"],
            path: "Tests/ONNXTestSupport",
            swiftSettings: common),
    ]
        + [
            ("ONNXJSON", []), ("ONNXTensors", []), ("ONNXGraph", []), ("ONNXImport", ["ONNXExport"]),
            ("ONNXExport", ["ONNXImport"]), ("ONNXKernels", []), ("ONNXTypedKernels", []),
            ("ONNXOperators", []), ("ONNXOptimizer", []),
            ("ONNXInference", ["ONNXExport"]), ("ONNXTokenization", []), ("ONNXChatTemplate", []),
            ("ONNXGeneration", []), ("ONNXLM", []), ("ONNXGGUFImport", ["ONNXLM"]), ("ONNXConformance", []),
            ("ONNXLMCommand", []),
        ].map { (name: String, more: [String]) -> Target in
            .testTarget(
                name: name + "Tests",
                dependencies: ([name, "ONNXTestSupport"] + more).map { .init(stringLiteral: $0) },
                swiftSettings: dispatch)
        }
)
