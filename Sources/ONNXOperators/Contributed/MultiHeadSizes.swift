// SPDX-License-Identifier: Apache-2.0

/// The lengths that one call of MultiHeadAttention or Attention is made of.
struct MultiHeadSizes {
    let batch: Int
    let heads: Int
    /// New queries of a row.
    let length: Int
    let headSize: Int
    /// Elements of a head of values.
    let valueSize: Int
    /// New keys of a row.
    let keyLength: Int
    /// Keys before the new ones.
    let pastLength: Int
    /// Rows that the tensors of the past have: more than ``pastLength`` where the caller keeps a buffer.
    let pastCapacity: Int

    /// Elements of all heads of queries or keys.
    var hidden: Int { heads * headSize }
    /// Elements of all heads of values.
    var valueHidden: Int { heads * valueSize }
    var total: Int { pastLength + keyLength }
    /// Rows that the tensors of the present have.
    var capacity: Int { max(total, pastCapacity) }
}
