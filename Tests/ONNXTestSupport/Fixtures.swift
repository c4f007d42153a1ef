// SPDX-License-Identifier: Apache-2.0

/// Where the files that tests read lie.
package enum Fixtures {
    /// The package's root folder.
    package static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }

    /// The folder `Tests/Fixtures`.
    package static let folder = root + "/Tests/Fixtures"

    /// The folder of tiny models with oracles: the committed ones, or those that ONNXLM_TEST_MODELS names.
    package static let models = TestEnvironment.models ?? folder + "/models"
}
