// SPDX-License-Identifier: Apache-2.0

/// The app's own module of this name.
public let appKernels = "Kernels"
