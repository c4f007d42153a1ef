// SPDX-License-Identifier: Apache-2.0

/// The order in which a packed matrix has its inputs, padding included.
struct PackedInputOrder {
    /// Inputs of a row that is given.
    let inputs: Int
    /// Places of a packed row.
    let places: Int
    /// The input of each place, -1 for none; nil: in their order, then none.
    let permutation: UnsafePointer<Int32>?

    var isUnchanged: Bool { permutation == nil && inputs == places }

    /// Puts the inputs of a row into packed order, zeros for padding.
    func gather(_ x: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>) {
        if let permutation {
            for place in 0..<places {
                let input = Int(permutation[place])
                target[place] = input < 0 ? 0 : x[input]
            }
            return
        }
        target.update(from: x, count: inputs)
        (target + inputs).update(repeating: 0, count: places - inputs)
    }
}
