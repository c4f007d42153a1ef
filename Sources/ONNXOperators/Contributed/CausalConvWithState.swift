// SPDX-License-Identifier: Apache-2.0
import ONNXErrors
import ONNXTensors
import ONNXTypedKernels

/// CausalConvWithState: a convolution of each channel with its own kernel over the current and earlier positions.
///
/// Formula: `output[t] = activation(bias + Σ weight[j] · x[t − (k − 1 − j) · dilation])`; positions before the first come
/// from past_state, or are zeros, and present_state holds the last `(k − 1) · dilation` positions.
/// - Spec: <https://onnx.ai/onnx/operators/onnx__CausalConvWithState.html>, opsets 27;
///   <https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md>, version 1.
/// - Supports: float32, float16, bfloat16; the activations none, silu and swish; dilation, channels_last,
///   state_window 0 to 8.
/// - Deviations: more than one spatial dimension, the captures of state updates and the channel slices, which only
///   GPUs have, are refused; computed in float32 whatever the types.
struct CausalConvWithState: FloatOperator {
    private let appliesSilu: Bool
    private let dilation: Int
    private let isChannelsLast: Bool
    /// States that past and present hold; nil: one, without an axis of its own.
    private let window: Int?

    static func typeInputs(ofOutput index: Int) -> [Int] { index == 1 ? [3, 0] : [0] }

    init(_ node: OperatorNode) throws(ONNXError) {
        try node.checkArity(inputs: 2...4, outputs: 1...2)
        let activation = try node.string("activation", default: "none")
        let dimensions = try node.int("ndim", default: 1)
        dilation = try node.int("dilation", default: 1)
        isChannelsLast = try node.flag("channels_last")
        let window = try node.int("state_window", default: 0)
        guard ["none", "silu", "swish"].contains(activation) else {
            throw ONNXError("attr.value", "activation is \(activation); none, silu and swish are known.")
        }
        guard dimensions == 1 else {
            throw ONNXError("attr.unsupported", "ndim is \(dimensions); 1 is supported.")
        }
        guard dilation > 0, dilation <= 1 << 30, (0...8).contains(window) else {
            throw ONNXError(
                "attr.value", "dilation is \(dilation) and state_window \(window); from 1, and 0 to 8.")
        }
        let zeros = [
            try node.int("state_update_capacity", default: 0), try node.int("state_length", default: 0),
            try node.int("input_channel_offset", default: 0), try node.int("input_channels", default: 0),
        ]
        let stateLayout = try node.int("state_channels_last", default: -1)
        guard zeros == [0, 0, 0, 0], stateLayout == -1 || stateLayout == (isChannelsLast ? 1 : 0) else {
            throw ONNXError(
                "attr.unsupported", "State updates, state lengths and channel slices are not supported.")
        }
        appliesSilu = activation != "none"
        self.window = window == 0 ? nil : window
    }

    private func call(
        input: Shape, weight: Shape, bias: Shape?, past: Shape?
    ) throws(ONNXError) -> CausalConvolutionCall {
        guard input.rank == 3 || input.rank > 3 && isChannelsLast, weight.rank == 3, weight[1] == 1,
            weight[2] > 0, weight[0] > 0
        else {
            throw ONNXError(
                "op.shape",
                "input is \(input) and weight \(weight); three dimensions and [channels, 1, taps] are expected."
            )
        }
        let channels = isChannelsLast ? input.dimensions.dropFirst(2).reduce(1, *) : input[1]
        let length = isChannelsLast ? input[1] : input[2]
        guard channels == weight[0], bias.map({ $0.dimensions == [channels] }) ?? true else {
            throw ONNXError(
                "op.shape",
                "input is \(input), weight \(weight) and bias \(bias?.description ?? "left out"); the channels differ."
            )
        }
        let (reach, overflows) = (weight[2] - 1).multipliedReportingOverflow(by: dilation)
        guard !overflows, reach <= 1 << 40 else {
            throw ONNXError("op.range", "\(weight[2]) taps with dilation \(dilation) reach too far.")
        }
        let call = CausalConvolutionCall(
            batches: input[0], channels: channels, length: length, taps: weight[2], dilation: dilation,
            isChannelsLast: isChannelsLast, appliesSilu: appliesSilu, window: window ?? 1)
        let state = try stateShape(call, input)
        if let past, past != state {
            throw ONNXError("op.shape", "past_state is \(past); \(state) is expected.")
        }
        return call
    }

    private func stateShape(_ call: CausalConvolutionCall, _ input: Shape) throws(ONNXError) -> Shape {
        let slot =
            isChannelsLast
            ? [input[0], call.stateLength] + input.dimensions.dropFirst(2)
            : [input[0], input[1], call.stateLength]
        return try Shape((window.map { [$0] } ?? []) + slot)
    }

    func inferOutputs(_ context: InferenceContext) throws(ONNXError) -> [OutputPlan] {
        for index in 0..<4 where context.hasInput(index) { _ = try context.input(index, oneOf: [.float32]) }
        let input = try context.input(0).shape
        let call = try call(
            input: input, weight: context.input(1).shape, bias: context.optionalInput(2)?.shape,
            past: context.optionalInput(3)?.shape)
        return [OutputPlan(.float32, input), OutputPlan(.float32, try stateShape(call, input))]
    }

    func run(_ context: RunContext) throws(ONNXError) {
        let (input, weight) = (try context.input(0), try context.input(1))
        let bias = context.optionalInput(2)
        let past = context.optionalInput(3)
        let call = try call(input: input.shape, weight: weight.shape, bias: bias?.shape, past: past?.shape)
        TypedKernels.causalConvolution(
            input, weight: weight, bias: bias, past: past, call,
            into: try context.output(0, orAllocating: .float32, input.shape),
            states: try context.output(1, orAllocating: .float32, stateShape(call, input.shape)),
            workers: context.workers)
    }
}
