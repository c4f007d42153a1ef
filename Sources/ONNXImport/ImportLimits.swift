// SPDX-License-Identifier: Apache-2.0

/// Bounds on what a model file may make the reader do; each has an error of its own when it is passed.
package struct ImportLimits: Sendable {
    /// Size of a model file in bytes (`model.too_large`): protobuf's own ceiling.
    package var fileByteCount = Int(Int32.max)
    /// Messages inside messages (`proto.too_deep`); other readers of protobuf stop there too.
    package var messageDepth = 100
    /// One text or byte field other than tensor data (`proto.budget`).
    package var fieldByteCount = 64 << 20
    /// What the scan keeps of the file: everything but tensor payloads (`proto.budget`).
    package var keptByteCount = 512 << 20
    /// Memory of the unpacked messages (`proto.budget`): `arenaBaseByteCount` and `arenaFactor` times the kept
    /// bytes, but never more than `arenaMaximumByteCount`.
    package var arenaBaseByteCount = 64 << 20
    package var arenaFactor = 8
    package var arenaMaximumByteCount = 1 << 30
    /// Nodes in all graphs and functions (`graph.too_many_nodes`).
    package var nodes = 1_000_000
    /// Tensors in all graphs, initializers and attributes (`proto.too_many`).
    package var tensors = 1_000_000
    /// Inputs, outputs and declared inner values (`proto.too_many`).
    package var valueInfos = 1_000_000
    /// Functions that the file defines (`proto.too_many`).
    package var functions = 10_000
    /// Messages of any other one kind (`proto.too_many`).
    package var otherMessages = 8_000_000
    /// Graphs inside nodes of graphs (`graph.too_deep`).
    package var subgraphDepth = 32

    package init() {}

    /// Bytes that the unpacked form of `keptByteCount` bytes may take.
    package func arenaByteCount(forKept keptByteCount: Int) -> Int {
        let (scaled, overflow) = keptByteCount.multipliedReportingOverflow(by: arenaFactor)
        let (sum, carry) = scaled.addingReportingOverflow(arenaBaseByteCount)
        return overflow || carry ? arenaMaximumByteCount : min(sum, arenaMaximumByteCount)
    }
}
