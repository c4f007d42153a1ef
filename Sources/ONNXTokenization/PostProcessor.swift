// SPDX-License-Identifier: Apache-2.0

/// The ids that go around an encoded text when special tokens are asked for.
struct PostProcessor: Sendable {
    var prefix: [Int] = []
    var suffix: [Int] = []
}
