# A package that every user would fetch, because no trait stands before it.
extra=$(mktemp -d)/extra-package
mkdir -p "$extra/Sources/Extra" Sources/ONNXLM
printf '%s\n' '// swift-tools-version: 6.2' 'import PackageDescription' \
    'let package = Package(name: "extra-package", products: [.library(name: "Extra", targets: ["Extra"])],' \
    '    targets: [.target(name: "Extra")])' >"$extra/Package.swift"
echo 'public let extra = 1' >"$extra/Sources/Extra/Extra.swift"
git -C "$extra" init --quiet
git -C "$extra" add .
git -C "$extra" -c user.name=check -c user.email=check@localhost commit --quiet --message extra
git -C "$extra" tag 1.0.0
printf '%s\n' '// swift-tools-version: 6.2' 'import PackageDescription' 'let package = Package(name: "swift-onnx-lm",' \
    '    products: [.library(name: "ONNXLM", targets: ["ONNXLM"]),' \
    '        .library(name: "ONNXInference", targets: ["ONNXInference"])],' \
    "    dependencies: [.package(url: \"file://$extra\", from: \"1.0.0\")]," \
    '    targets: [.target(name: "ONNXLM", dependencies: [.product(name: "Extra", package: "extra-package")]),' \
    '        .target(name: "ONNXInference")])' >Package.swift
mkdir -p Sources/ONNXInference
echo 'public import Extra' >Sources/ONNXLM/ONNXLM.swift
echo 'public struct InferenceModel {
    public static func load(from path: String) throws -> InferenceModel { InferenceModel() }
    public let inputs: [Int] = [], outputs: [Int] = []
}' >Sources/ONNXInference/InferenceModel.swift
