// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

/// The AVX2 and AVX-512 kernels are written with x86 intrinsics and need these flags; on other hosts the reference
/// kernels serve. `ONNXLM_NO_AVX512=1` builds without the AVX-512 kernels, `ONNXLM_NO_AVX2=1` without any of them (a
/// cross build, a compiler that has no such target).
#if arch(x86_64)
    let hostIsX86 = true
#else
    let hostIsX86 = false
#endif
let buildsAVX2 = hostIsX86 && Context.environment["ONNXLM_NO_AVX2"] != "1"
let buildsAVX512 = buildsAVX2 && Context.environment["ONNXLM_NO_AVX512"] != "1"

let common: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
]
let avx2Flags = ["-Xcc", "-mavx2", "-Xcc", "-mfma", "-Xcc", "-mf16c", "-Ounchecked"]
let avx512Flags = ["f", "dq", "bw", "vl", "vnni"].flatMap { ["-Xcc", "-mavx512\($0)"] }
let dispatch: [SwiftSetting] =
    common + (buildsAVX2 ? [.define("ONNXLM_AVX2")] : [])
    + (buildsAVX512 ? [.define("ONNXLM_AVX512VNNI")] : [])
let avx2: [SwiftSetting] = dispatch + (buildsAVX2 ? [.unsafeFlags(avx2Flags)] : [])
let amxFlags = ["tile", "int8", "bf16"].flatMap { ["-Xcc", "-mamx-\($0)"] }
let avx512vnni: [SwiftSetting] =
    dispatch + (buildsAVX512 ? [.unsafeFlags(avx2Flags + avx512Flags + amxFlags)] : [])

/// Apple's documentation plugin, for who sets `ONNXLM_DOCS=1`; nobody who depends on this package fetches it.
let documentation: [Package.Dependency] =
    Context.environment["ONNXLM_DOCS"] == "1"
    ? [.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0")] : []

/// What only the trait `Providers` brings in. No target of the engine may name these: Scripts/check-networking.sh.
func networking(_ name: String, _ package: String) -> Target.Dependency {
    .product(name: name, package: package, condition: .when(traits: ["Providers"]))
}
let httpClient = [
    networking("AsyncHTTPClient", "async-http-client"), networking("NIOCore", "swift-nio"),
    networking("NIOHTTP1", "swift-nio"), networking("NIOPosix", "swift-nio"),
    networking("NIOSSL", "swift-nio-ssl"),
]

let package = Package(
    name: "swift-onnx-lm",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "ONNXLM", targets: ["ONNXLM"]),
        .library(name: "ONNXInference", targets: ["ONNXInference"]),
        .library(name: "ONNXLMProviders", targets: ["ONNXLMProviders"]),
        .executable(name: "onnxlm", targets: ["ONNXLMCommand"]),
    ],
    traits: [
        .trait(
            name: "Command", description: "Builds the `onnxlm` command, with the packages that only it needs."
        ),
        .trait(
            name: "Providers",
            description:
                "Builds what speaks HTTP: remote chat providers and downloads. Needs async-http-client."),
    ],
    dependencies: documentation + [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        // Used, and therefore fetched and built, with the trait `Providers` only.
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.100.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.30.0"),
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
        .target(
            name: "ONNXExport", dependencies: ["ONNXGraph", "ONNXJSON", "CONNXSystem"], swiftSettings: common),
        .target(name: "ONNXKernelsReference", dependencies: ["CONNXKernelABI"], swiftSettings: common),
        .target(name: "ONNXKernelsAVX2", dependencies: ["CONNXKernelABI"], swiftSettings: avx2),
        .target(name: "ONNXKernelsAVX512VNNI", dependencies: ["CONNXKernelABI"], swiftSettings: avx512vnni),
        .target(
            name: "ONNXKernels",
            dependencies: [
                "ONNXErrors", "CONNXKernelABI", "CONNXOpenBLAS", "ONNXKernelsReference", "ONNXKernelsAVX2",
                "ONNXKernelsAVX512VNNI",
            ],
            swiftSettings: dispatch),
        .target(
            name: "ONNXTypedKernels", dependencies: ["ONNXTensors", "ONNXKernels"], swiftSettings: common),
        .target(
            name: "ONNXOperators", dependencies: ["ONNXGraph", "ONNXKernels", "ONNXTypedKernels"],
            swiftSettings: common),
        .target(name: "ONNXOptimizer", dependencies: ["ONNXOperators"], swiftSettings: common),
        .target(
            name: "ONNXPackCache", dependencies: ["ONNXErrors", "CONNXSystem"], swiftSettings: common),
        .target(
            name: "ONNXInference", dependencies: ["ONNXImport", "ONNXOptimizer", "ONNXPackCache"],
            swiftSettings: common),
        .target(name: "ONNXTokenization", dependencies: ["ONNXErrors", "ONNXJSON"], swiftSettings: common),
        .target(name: "ONNXChatTemplate", dependencies: ["ONNXErrors", "ONNXJSON"], swiftSettings: common),
        .target(
            name: "ONNXGeneration",
            dependencies: [
                "ONNXInference", "ONNXJSON", "ONNXKernels", "ONNXTokenization", "ONNXChatTemplate",
            ],
            swiftSettings: common),
        .target(
            name: "ONNXModelStore", dependencies: ["ONNXJSON", "ONNXImport", "CONNXSystem"],
            swiftSettings: common),
        .target(
            name: "ONNXDiagnosis", dependencies: ["ONNXGeneration", "ONNXModelStore"], swiftSettings: common),
        .target(name: "ONNXLM", dependencies: ["ONNXGeneration", "ONNXDiagnosis"], swiftSettings: common),
        .target(name: "ONNXHTTP", dependencies: ["ONNXErrors"] + httpClient, swiftSettings: common),
        .target(
            name: "ONNXModelHub", dependencies: ["ONNXHTTP", "ONNXDiagnosis", "ONNXModelStore"],
            swiftSettings: common),
        .target(
            name: "ONNXLMProviders", dependencies: ["ONNXLM", "ONNXJSON", "ONNXHTTP", "ONNXModelStore"],
            swiftSettings: common),
        .target(name: "ONNXGGUFImport", dependencies: ["ONNXExport", "ONNXKernels"], swiftSettings: common),
        .target(name: "ONNXConformance", dependencies: ["ONNXInference", "ONNXJSON"], swiftSettings: common),
        .executableTarget(
            name: "ONNXLMCommand",
            dependencies: [
                "ONNXLM", "ONNXGGUFImport", "ONNXConformance", "ONNXLMProviders", "ONNXModelHub",
                .product(
                    name: "ArgumentParser", package: "swift-argument-parser",
                    condition: .when(traits: ["Command"])),
                .product(name: "Logging", package: "swift-log", condition: .when(traits: ["Command"])),
            ],
            swiftSettings: common),
        .executableTarget(
            name: "ONNXKernelBenchmark", dependencies: ["ONNXErrors", "ONNXKernels", "ONNXGeneration"],
            path: "Benchmarks/KernelBenchmark", swiftSettings: common),
        .executableTarget(
            name: "ONNXTokenizerBenchmark", dependencies: ["ONNXErrors", "ONNXTokenization"],
            path: "Benchmarks/TokenizerBenchmark", swiftSettings: common),

        .target(
            name: "ONNXTestSupport", dependencies: ["ONNXJSON", "ONNXInference"],
            path: "Tests/ONNXTestSupport",
            swiftSettings: common),
        .target(
            name: "ONNXHTTPTestSupport",
            dependencies: ["ONNXHTTP", "ONNXJSON", "ONNXTestSupport"] + httpClient,
            path: "Tests/ONNXHTTPTestSupport",
            swiftSettings: common),
    ]
        + [
            ("ONNXJSON", []), ("ONNXTensors", []), ("ONNXGraph", []), ("ONNXImport", ["ONNXExport"]),
            ("ONNXExport", ["ONNXImport"]), ("ONNXKernels", []), ("ONNXTypedKernels", []),
            ("ONNXOperators", []), ("ONNXOptimizer", []),
            ("ONNXPackCache", []), ("ONNXInference", ["ONNXExport"]),
            ("ONNXTokenization", []), ("ONNXChatTemplate", ["ONNXTokenization"]),
            ("ONNXGeneration", []), ("ONNXModelStore", ["ONNXExport"]), ("ONNXDiagnosis", ["ONNXExport"]),
            ("ONNXLM", []), ("ONNXGGUFImport", ["ONNXLM"]), ("ONNXConformance", []),
            ("ONNXHTTP", ["ONNXHTTPTestSupport"]), ("ONNXLMProviders", ["ONNXHTTPTestSupport"]),
            ("ONNXModelHub", ["ONNXHTTPTestSupport", "ONNXExport"]),
            ("ONNXLMCommand", ["ONNXHTTP", "ONNXHTTPTestSupport"]),
        ].map { (name: String, more: [String]) -> Target in
            .testTarget(
                name: name + "Tests",
                dependencies: ([name, "ONNXTestSupport"] + more).map { .init(stringLiteral: $0) },
                swiftSettings: dispatch)
        }
)
