// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXModelStore
import ONNXTestSupport
import Testing

/// The examples of FIPS 180-2, appendix B, and of NIST's list; Git's sum is what `git hash-object` prints.
struct SHA256SumTests {
    @Test(
        arguments: [
            ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
        ], [true, false])
    func knownSums(_ example: (text: String, times: Int, sum: String), usesInstructions: Bool) {
        let bytes = [UInt8](String(repeating: example.text, count: example.times).utf8)
        for step in [1, 55, 63, 64, 65, 4096, 1 << 20] where step > 1 || bytes.count < 100 {
            var sum = SHA256Sum(usesInstructions: usesInstructions)
            for start in stride(from: 0, to: bytes.count, by: step) {
                sum.add(Array(bytes[start..<min(bytes.count, start + step)]))
            }
            #expect(sum.text == example.sum, "in steps of \(step)")
        }
    }

    @Test func bothWaysAgreeAtEveryLength() {
        for length in 0..<200 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 31 + 7) }
            var fast = SHA256Sum()
            var plain = SHA256Sum(usesInstructions: false)
            fast.add(bytes)
            plain.add(bytes)
            #expect(fast.text == plain.text, "\(length) bytes")
        }
    }

    @Test func filesHaveTheSumsThatGitGivesThem() throws {
        let scratch = try ScratchFolder()
        let file = try DiskFile(reading: scratch.write("hello\n", "hello"))
        #expect(try GitBlobSum.of(file) == "ce013625030ba8dba906f756967f9e9ca394464a")
        #expect(
            try SHA256Sum.of(file) == "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03")
    }
}
