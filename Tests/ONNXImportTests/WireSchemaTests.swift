// SPDX-License-Identifier: Apache-2.0
import ONNXImport
import Testing

struct WireSchemaTests {
    /// The scan decides by its own table what protobuf-c gets to see: the two must know the same fields.
    @Test func agreesWithTheGeneratedCode() {
        #expect(WireSchema.disagreements() == [])
    }
}
