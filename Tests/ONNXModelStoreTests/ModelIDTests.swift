// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXModelStore
import Testing

struct ModelIDTests {
    @Test(
        arguments: [
            ("acme/tiny", "acme/tiny", nil), ("acme/tiny@main", "acme/tiny", "main"),
            ("acme/tiny/cpu/int4", "acme/tiny/cpu/int4", nil), ("acme/tiny/", "acme/tiny", nil),
            ("acme/Phi-4_mini.v2@refs/pr/1", "acme/Phi-4_mini.v2", "refs/pr/1"),
        ] as [(String, String, String?)])
    func goodNames(text: String, id: String, revision: String?) throws {
        let reference = try ModelReference(text)
        #expect(reference.id.description == id)
        #expect(reference.revision == revision)
    }

    @Test(arguments: [
        "", "tiny", "/tiny", "acme/", "acme//tiny", "../tiny", "acme/..", "acme/tiny/..", "acme/tiny/../../x",
        "acme/tiny/.", "acme/ti ny", "acme/tiny\\x", "acme/tiny/a\\b", "acme/tiny/a\0b", "acme/-tiny",
        ".acme/tiny",
        "acme/a--b", "acme/tiny@", "acme/tiny@../x", "acme/tiny@a\nb",
        "acme/" + String(repeating: "x", count: 97), "acme/tiny/" + String(repeating: "x", count: 201),
    ])
    func badNames(text: String) {
        let error = #expect(throws: ONNXError.self) { try ModelReference(text) }
        #expect(error?.code == "store.name")
    }
}
