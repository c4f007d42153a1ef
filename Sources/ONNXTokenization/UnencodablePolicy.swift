// SPDX-License-Identifier: Apache-2.0

/// What happens to a character for which a vocabulary has no token, no byte fallback and no unknown token.
///
///     let tokenizer = try Tokenizer(folder: "models/smollm2-135m-instruct")
///     for policy in [UnencodablePolicy.leaveOut, .refuse] {
///         print(try tokenizer.encode("in", addSpecialTokens: false, unencodable: policy).count)  // 1
///     }
///
/// Only small vocabularies meet one: a byte-level vocabulary may lack bytes that its training texts never had.
public enum UnencodablePolicy: Sendable, Hashable {
    /// It is left out, as the reference does.
    case leaveOut
    /// Encoding fails with `tokenizer.unencodable`.
    case refuse
}
