// SPDX-License-Identifier: Apache-2.0

/// How a model file is to be read.
package struct ImportOptions: Sendable {
    /// What becomes of tensors that stand in files beside the model file.
    package enum ExternalData: Sendable {
        /// They are opened and checked; one that is not there is an error.
        case required
        /// They are left out of the graph and listed in the report: enough to describe a model.
        case skipped
    }

    package var externalData: ExternalData
    package var limits = ImportLimits()
    /// Whether the SHA-1 sums that a file may give for its data files are computed and compared; this reads them
    /// whole.
    package var verifiesChecksums = false
    /// Whether files with more than one hard link are refused.
    package var refusesHardLinks = false

    package init(externalData: ExternalData = .required) { self.externalData = externalData }
}
