// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXExport

/// Estimates, from the weights alone, how large the inputs of each matrix are, channel by channel.
///
/// A normalised vector has elements of one size times the norm's weights, so their squares say how much an error
/// in a column counts. Through a matrix, independent inputs of those sizes give outputs whose variance is the
/// weighted sum of squares of a row.
struct InputImportance {
    let decoder: GGUFDecoder

    /// The expected square of each input of a matrix, up to a common factor; nil where nothing is known.
    ///
    /// - Throws: what reading the rows throws.
    func estimate(_ role: MatrixRole) throws(ONNXError) -> [Float]? {
        switch role {
        case .queryKeyValue(let layer): return try squares(.inputNorm(layer: layer))
        case .gate(let layer), .up(let layer): return try squares(.postAttentionNorm(layer: layer))
        case .head: return try squares(.finalNorm)
        case .attentionOutput(let layer):
            let configuration = decoder.configuration
            let keys = configuration.keyValueHeadCount * configuration.headSize
            let first = (configuration.headCount + configuration.keyValueHeadCount) * configuration.headSize
            let values = try variances(
                .queryKeyValue(layer: layer), rows: first..<first + keys,
                inputs: squares(.inputNorm(layer: layer)))
            let group = configuration.headCount / configuration.keyValueHeadCount
            return (0..<configuration.headCount).flatMap { head in
                let start = head / group * configuration.headSize
                return values[start..<start + configuration.headSize]
            }
        case .down(let layer):
            let inputs = try squares(.postAttentionNorm(layer: layer))
            let count = configuration.intermediateSize
            let up = try variances(.up(layer: layer), rows: 0..<count, inputs: inputs)
            let gate = try variances(.gate(layer: layer), rows: 0..<count, inputs: inputs)
            return zip(up, gate).map { $0 * $1 }
        }
    }

    private var configuration: DecoderConfiguration { decoder.configuration }

    private func squares(_ role: VectorRole) throws(ONNXError) -> [Float] {
        let rows = try decoder.rows(of: role)
        var result = [Float](repeating: 0, count: rows.count)
        for index in result.indices {
            guard let (type, start) = rows.row(index) else { continue }
            GGUFDequantizer.decode(type, start, count: 1, into: &result[index])
            result[index] *= result[index]
        }
        return result
    }

    private func variances(_ role: MatrixRole, rows range: Range<Int>, inputs: [Float])
        throws(ONNXError) -> [Float]
    {
        let rows = try decoder.rows(of: role)
        var values = [Float](repeating: 0, count: rows.columns)
        var result: [Float] = []
        for index in range {
            guard let (type, start) = rows.row(index) else { continue }
            values.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                GGUFDequantizer.decode(type, start, count: rows.columns, into: base)
            }
            var sum: Float = 0
            for column in 0..<min(values.count, inputs.count) {
                sum += values[column] * values[column] * inputs[column]
            }
            result.append(sum)
        }
        return result
    }
}
