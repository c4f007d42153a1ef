// SPDX-License-Identifier: Apache-2.0
package import ONNXKernels
package import ONNXTensors

/// The sizes of one call of a causal depthwise convolution.
package struct CausalConvolutionCall: Sendable {
    package var batches: Int
    package var channels: Int
    package var length: Int
    package var taps: Int
    package var dilation: Int
    /// Channels lie innermost.
    package var isChannelsLast: Bool
    package var appliesSilu: Bool
    /// States that are kept, of the last positions.
    package var window: Int

    package init(
        batches: Int, channels: Int, length: Int, taps: Int, dilation: Int, isChannelsLast: Bool,
        appliesSilu: Bool, window: Int
    ) {
        self.batches = batches
        self.channels = channels
        self.length = length
        self.taps = taps
        self.dilation = dilation
        self.isChannelsLast = isChannelsLast
        self.appliesSilu = appliesSilu
        self.window = window
    }

    /// Positions that a state holds.
    package var stateLength: Int { (taps - 1) * dilation }
}

extension TypedKernels {
    /// `y[t] = activation(bias + Σ weight[j] · x[t − (taps − 1 − j) · dilation])` for each channel, in float32, where
    /// positions before the first come from the past, or are zeros; `states` receives the last positions seen.
    package static func causalConvolution(
        _ input: Tensor, weight: Tensor, bias: Tensor?, past: Tensor?, _ call: CausalConvolutionCall,
        into output: Tensor, states: Tensor, workers: WorkerPool
    ) {
        let work = CausalConvolutionWork(
            call: call, input: input.pointer(to: Float.self), weight: weight.pointer(to: Float.self),
            bias: bias?.pointer(to: Float.self), past: past?.pointer(to: Float.self),
            output: output.mutablePointer(to: Float.self), states: states.mutablePointer(to: Float.self))
        let cost = max(1, call.length * call.taps + call.stateLength * call.window)
        inParallel(
            workers, count: call.batches * call.channels, grain: max(1, parallelGrain / cost)
        ) { range in
            for item in range { work.run(item / call.channels, item % call.channels) }
        }
        withExtendedLifetime((input, weight, bias, past, output, states)) {}
    }
}

/// One channel at a time; channels share nothing.
private struct CausalConvolutionWork {
    let call: CausalConvolutionCall
    let input: UnsafePointer<Float>
    let weight: UnsafePointer<Float>
    let bias: UnsafePointer<Float>?
    let past: UnsafePointer<Float>?
    let output: UnsafeMutablePointer<Float>
    let states: UnsafeMutablePointer<Float>

    func run(_ batch: Int, _ channel: Int) {
        let taps = weight + channel * call.taps
        for position in 0..<call.length {
            var sum = bias?[channel] ?? 0
            for tap in 0..<call.taps {
                let source = position - (call.taps - 1 - tap) * call.dilation
                sum += taps[tap] * value(batch, channel, source)
            }
            let result = call.appliesSilu ? sum / (1 + Float.exponential(-sum)) : sum
            output[offset(batch, channel, position, call.length)] = result
        }
        for slot in 0..<call.window {
            let end = call.length - (call.window - 1 - slot)
            for index in 0..<call.stateLength {
                let position = end - call.stateLength + index
                // Slots without a position of this call hold zeros, unless the call has no positions at all.
                let isSeen = end > 0 || slot == call.window - 1
                states[
                    slot * call.batches * call.channels * call.stateLength
                        + offset(batch, channel, index, call.stateLength)] =
                    isSeen ? value(batch, channel, position) : 0
            }
        }
    }

    private func value(_ batch: Int, _ channel: Int, _ position: Int) -> Float {
        if position >= 0 { return input[offset(batch, channel, position, call.length)] }
        guard let past else { return 0 }
        let first = (call.window - 1) * call.batches * call.channels * call.stateLength
        return past[first + offset(batch, channel, call.stateLength + position, call.stateLength)]
    }

    private func offset(_ batch: Int, _ channel: Int, _ position: Int, _ length: Int) -> Int {
        call.isChannelsLast
            ? (batch * length + position) * call.channels + channel
            : (batch * call.channels + channel) * length + position
    }
}
