# A package that the manifest may name brings networking with it.
for name in swift-log swift-nio; do
    mkdir -p "Packages/$name/Sources/$name"
    echo '// SPDX-License-Identifier: Apache-2.0' >"Packages/$name/Sources/$name/Empty.swift"
done
cat >Packages/swift-nio/Package.swift <<'END'
// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "swift-nio", products: [.library(name: "NIOCore", targets: ["swift-nio"])],
    targets: [.target(name: "swift-nio")])
END
cat >Packages/swift-log/Package.swift <<'END'
// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "swift-log", products: [.library(name: "Logging", targets: ["swift-log"])],
    dependencies: [.package(path: "../swift-nio")],
    targets: [.target(name: "swift-log", dependencies: [.product(name: "NIOCore", package: "swift-nio")])])
END
