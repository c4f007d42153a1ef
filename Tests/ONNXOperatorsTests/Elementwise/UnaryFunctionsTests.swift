// SPDX-License-Identifier: Apache-2.0
import ONNXTensors
import Testing

/// The functions of one tensor, element by element.
///
/// Operators: Abs, Acos, Acosh, Asin, Asinh, Atan, Atanh, Ceil, Celu, Cos, Cosh, Elu, Erf, Exp, Floor,
/// Gelu, HardSigmoid, HardSwish, LeakyRelu, Log, Mish, Neg, Reciprocal, Relu, Round, Selu, Shrink, Sigmoid,
/// Sign, Sin, Sinh, Softplus, Softsign, Sqrt, Swish, Tan, Tanh, ThresholdedRelu.
@Suite struct UnaryFunctionsTests {
    static let cases: [OperatorCase] = [
        .gives("magnitude of min stays", "Abs", [t([Int16.min, -3])], t([Int16.min, 3])),
        .gives(
            "numbers", "Abs", [f([-.infinity, -2, -0.5, -0.0, 0.75, 3, .infinity, .nan])],
            f([.infinity, 2, 0.5, 0, 0.75, 3, .infinity, .nan])),
        .gives("rank 0", "Abs", [scalar(Float(1.5))], scalar(Float(1.5))),
        .gives("no elements", "Abs", [f([], [0, 3])], f([], [0, 3])),
        .gives("integers", "Abs", [t([Int8(-128), -1, 5])], t([Int8(-128), 1, 5])),
        .near(
            "numbers", "Acos", [f([-1, -0.5, 0, 1, 2, .nan])],
            f([3.1415927, 2.0943952, 1.5707964, 0, .nan, .nan])),
        .near("rank 0", "Acos", [scalar(Float(0.5))], scalar(Float(1.0471976))),
        .near("no elements", "Acos", [f([], [0, 3])], f([], [0, 3])),
        .near(
            "numbers", "Acosh", [f([1, 1.5, 20, 0.5, .infinity, .nan])],
            f([0, 0.9624236, 3.6882539, .nan, .infinity, .nan])),
        .near("rank 0", "Acosh", [scalar(Float(1.5))], scalar(Float(0.9624236))),
        .near("no elements", "Acosh", [f([], [0, 3])], f([], [0, 3])),
        .near(
            "numbers", "Asin", [f([-1, -0.5, 0, 1, 2, .nan])],
            f([-1.5707964, -0.5235988, 0, 1.5707964, .nan, .nan])),
        .near("rank 0", "Asin", [scalar(Float(0.5))], scalar(Float(0.5235988))),
        .near("no elements", "Asin", [f([], [0, 3])], f([], [0, 3])),
        .near(
            "numbers", "Asinh", [f([-.infinity, -2, -0.5, -0.0, 0.75, 3, .infinity, .nan])],
            f([-.infinity, -1.4436355, -0.4812118, -0.0, 0.6931472, 1.8184465, .infinity, .nan])),
        .near("rank 0", "Asinh", [scalar(Float(1.5))], scalar(Float(1.1947632))),
        .near("no elements", "Asinh", [f([], [0, 3])], f([], [0, 3])),
        .near(
            "numbers", "Atan", [f([-.infinity, -2, -0.5, -0.0, 0.75, 3, .infinity, .nan])],
            f([-1.5707964, -1.1071488, -0.4636476, -0.0, 0.6435011, 1.2490457, 1.5707964, .nan])),
        .near("rank 0", "Atan", [scalar(Float(1.5))], scalar(Float(0.98279375))),
        .near("no elements", "Atan", [f([], [0, 3])], f([], [0, 3])),
        .near(
            "numbers", "Atanh", [f([-0.5, 0, 0.25, 1, 2, .nan])],
            f([-0.54930615, 0, 0.25541282, .infinity, .nan, .nan])),
        .near("rank 0", "Atanh", [scalar(Float(0.5))], scalar(Float(0.54930615))),
        .near("no elements", "Atanh", [f([], [0, 3])], f([], [0, 3])),
        .gives(
            "numbers", "Ceil", [f([-1.5, -0.5, -0.0, 0.5, 2.5, .infinity, .nan])],
            f([-1, -0.0, -0.0, 1, 3, .infinity, .nan])),
        .gives("rank 0", "Ceil", [scalar(Float(1.5))], scalar(Float(2))),
        .gives("no elements", "Ceil", [f([], [0, 3])], f([], [0, 3])),
        .near(
            "numbers", "Celu", [f([-3, -2, -0.5, -0.0, 0.75, 3, .nan])],
            f([-0.9502129, -0.86466473, -0.39346933, -0.0, 0.75, 3, .nan])),
        .near("rank 0", "Celu", [scalar(Float(1.5))], scalar(Float(1.5))),
        .near("no elements", "Celu", [f([], [0, 3])], f([], [0, 3])),
        .near("alpha", "Celu", ["alpha": .float(2)], [f([-1, 1])], f([-0.78693867, 1])),
        .near(
            "numbers", "Cos", [f([-2, -0.5, -0.0, 0.75, 3, .infinity, .nan])],
            f([-0.4161468, 0.87758255, 1, 0.73168886, -0.9899925, .nan, .nan])),
        .near("rank 0", "Cos", [scalar(Float(1.5))], scalar(Float(0.0707372))),
        .near("no elements", "Cos", [f([], [0, 3])], f([], [0, 3])),
        .near(
            "numbers", "Cosh", [f([-.infinity, -2, -0.5, -0.0, 0.75, 3, .infinity, .nan])],
            f([.infinity, 3.7621956, 1.1276261, 1, 1.2946833, 10.067661, .infinity, .nan])),
        .near("rank 0", "Cosh", [scalar(Float(1.5))], scalar(Float(2.3524096))),
        .near("no elements", "Cosh", [f([], [0, 3])], f([], [0, 3])),
        .near(
            "numbers", "Elu", [f([-3, -2, -0.5, -0.0, 0.75, 3, .nan])],
            f([-0.9502129, -0.86466473, -0.39346933, -0.0, 0.75, 3, .nan])),
        .near("rank 0", "Elu", [scalar(Float(1.5))], scalar(Float(1.5))),
        .near("no elements", "Elu", [f([], [0, 3])], f([], [0, 3])),
        .near("alpha", "Elu", ["alpha": .float(0.5)], [f([-1, 1])], f([-0.31606027, 1])),
        .near(
            "numbers", "Erf", [f([-.infinity, -2, -0.5, -0.0, 0.75, 3, .infinity, .nan])],
            f([-1, -0.9953223, -0.5204999, -0.0, 0.71115565, 0.9999779, 1, .nan])),
        .near("rank 0", "Erf", [scalar(Float(1.5))], scalar(Float(0.96610516))),
        .near("no elements", "Erf", [f([], [0, 3])], f([], [0, 3])),
        .near(
            "numbers", "Exp", [f([-.infinity, -2, -0.5, -0.0, 0.75, 3, .infinity, .nan])],
            f([0, 0.13533528, 0.60653067, 1, 2.117, 20.085537, .infinity, .nan])),
        .near("rank 0", "Exp", [scalar(Float(1.5))], scalar(Float(4.481689))),
        .near("no elements", "Exp", [f([], [0, 3])], f([], [0, 3])),
        .throwing("integers", "tensor.dtype_unsupported", "Exp", [i64([1])]),
        .gives(
            "numbers", "Floor", [f([-1.5, -0.5, -0.0, 0.5, 2.5, .infinity, .nan])],
            f([-2, -1, -0.0, 0, 2, .infinity, .nan])),
        .gives("rank 0", "Floor", [scalar(Float(1.5))], scalar(Float(1))),
        .gives("no elements", "Floor", [f([], [0, 3])], f([], [0, 3])),
        .near(
            "numbers", "Gelu", [f([-3, -2, -0.5, -0.0, 0.75, 3, .nan])],
            f([-0.0040496886, -0.04550028, -0.15426877, -0.0, 0.5800295, 2.9959502, .nan])),
        .near("rank 0", "Gelu", [scalar(Float(1.5))], scalar(Float(1.3997893))),
        .near("no elements", "Gelu", [f([], [0, 3])], f([], [0, 3])),
        .near(
            "by tanh", "Gelu", ["approximate": .string("tanh")], [f([-1, 0.5, 2])],
            f([-0.158808, 0.345714, 1.9545977])),
        .near(
            "numbers", "HardSigmoid", [f([-3, -2, -0.5, -0.0, 0.75, 3, .nan])],
            f([0, 0.099999994, 0.4, 0.5, 0.65, 1, .nan])),
        .near("rank 0", "HardSigmoid", [scalar(Float(1.5))], scalar(Float(0.8))),
        .near("no elements", "HardSigmoid", [f([], [0, 3])], f([], [0, 3])),
        .near(
            "alpha and beta", "HardSigmoid", ["alpha": .float(0.5), "beta": .float(0.25)], [f([-1, 0, 1])],
            f([0, 0.25, 0.75])),
        .near(
            "numbers", "HardSwish", [f([-3, -2, -0.5, -0.0, 0.75, 3, .nan])],
            f([-0.0, -0.3333333, -0.20833333, -0.0, 0.46875, 3, .nan])),
        .near("rank 0", "HardSwish", [scalar(Float(1.5))], scalar(Float(1.125))),
        .near("no elements", "HardSwish", [f([], [0, 3])], f([], [0, 3])),
        .gives(
            "numbers", "LeakyRelu", [f([-3, -2, -0.5, -0.0, 0.75, 3, .nan])],
            f([-0.03, -0.02, -0.005, -0.0, 0.75, 3, .nan])),
        .gives("rank 0", "LeakyRelu", [scalar(Float(1.5))], scalar(Float(1.5))),
        .gives("no elements", "LeakyRelu", [f([], [0, 3])], f([], [0, 3])),
        .gives("alpha", "LeakyRelu", ["alpha": .float(0.5)], [f([-2, 2])], f([-1, 2])),
        .near(
            "numbers", "Log", [f([0, 0.5, 1, 7, -1, .infinity, .nan])],
            f([-.infinity, -0.6931472, 0, 1.9459102, .nan, .infinity, .nan])),
        .near("rank 0", "Log", [scalar(Float(1.5))], scalar(Float(0.4054651))),
        .near("no elements", "Log", [f([], [0, 3])], f([], [0, 3])),
        .near(
            "numbers", "Mish", [f([-3, -2, -0.5, -0.0, 0.75, 3, .nan])],
            f([-0.14564747, -0.25250146, -0.22074378, -0.0, 0.6100183, 2.986535, .nan])),
        .near("rank 0", "Mish", [scalar(Float(1.5))], scalar(Float(1.4033782))),
        .near("no elements", "Mish", [f([], [0, 3])], f([], [0, 3])),
        .gives("negated min stays", "Neg", [t([Int32.min, 3])], t([Int32.min, -3])),
        .gives("negated zero", "Neg", [f([0])], f([-0.0])),
        .gives(
            "numbers", "Neg", [f([-.infinity, -2, -0.5, -0.0, 0.75, 3, .infinity, .nan])],
            f([.infinity, 2, 0.5, 0, -0.75, -3, -.infinity, .nan])),
        .gives("rank 0", "Neg", [scalar(Float(1.5))], scalar(Float(-1.5))),
        .gives("no elements", "Neg", [f([], [0, 3])], f([], [0, 3])),
        .near(
            "numbers", "Reciprocal", [f([-.infinity, -2, -0.5, -0.0, 0.75, 3, .infinity, .nan])],
            f([-0.0, -0.5, -2, -.infinity, 1.3333334, 0.33333334, 0, .nan])),
        .near("rank 0", "Reciprocal", [scalar(Float(1.5))], scalar(Float(0.6666667))),
        .near("no elements", "Reciprocal", [f([], [0, 3])], f([], [0, 3])),
        .gives("relu of NaN", "Relu", [f([-1, 2, .nan])], f([0, 2, .nan])),
        .gives(
            "numbers", "Relu", [f([-.infinity, -2, -0.5, -0.0, 0.75, 3, .infinity, .nan])],
            f([0, 0, 0, 0, 0.75, 3, .infinity, .nan])),
        .gives("rank 0", "Relu", [scalar(Float(1.5))], scalar(Float(1.5))),
        .gives("no elements", "Relu", [f([], [0, 3])], f([], [0, 3])),
        .gives("halves to even", "Round", [f([0.5, 1.5, -2.5])], f([0, 2, -2])),
        .gives(
            "numbers", "Round", [f([-1.5, -0.5, 0.5, 2.5, 0.49999997, .infinity, .nan])],
            f([-2, -0.0, 0, 2, 0, .infinity, .nan])),
        .gives("rank 0", "Round", [scalar(Float(1.5))], scalar(Float(2))),
        .gives("no elements", "Round", [f([], [0, 3])], f([], [0, 3])),
        .near(
            "numbers", "Selu", [f([-3, -2, -0.5, -0.0, 0.75, 3, .nan])],
            f([-1.6705687, -1.5201665, -0.6917582, -0.0, 0.78802574, 3.152103, .nan])),
        .near("rank 0", "Selu", [scalar(Float(1.5))], scalar(Float(1.5760515))),
        .near("no elements", "Selu", [f([], [0, 3])], f([], [0, 3])),
        .near(
            "alpha and gamma", "Selu", ["alpha": .float(1.5), "gamma": .float(0.5)], [f([-1, 2])],
            f([-0.4740904, 1])),
        .gives(
            "numbers", "Shrink", [f([-3, -2, -0.5, -0.0, 0.75, 3, .nan])], f([-3, -2, 0, 0, 0.75, 3, 0])),
        .gives("rank 0", "Shrink", [scalar(Float(1.5))], scalar(Float(1.5))),
        .gives("no elements", "Shrink", [f([], [0, 3])], f([], [0, 3])),
        .gives(
            "bias and lambd", "Shrink", ["bias": .float(1.5), "lambd": .float(2)], [f([-3, -1, 0, 1, 3])],
            f([-1.5, 0, 0, 0, 1.5])),
        .near(
            "numbers", "Sigmoid", [f([-3, -2, -0.5, -0.0, 0.75, 3, .nan])],
            f([0.047425874, 0.11920292, 0.37754068, 0.5, 0.6791787, 0.95257413, .nan])),
        .near("rank 0", "Sigmoid", [scalar(Float(1.5))], scalar(Float(0.8175745))),
        .near("no elements", "Sigmoid", [f([], [0, 3])], f([], [0, 3])),
        .throwing("integers", "tensor.dtype_unsupported", "Sigmoid", [i64([1])]),
        .gives("numbers", "Sign", [f([-3, -2, -0.5, -0.0, 0.75, 3, .nan])], f([-1, -1, -1, 0, 1, 1, .nan])),
        .gives("rank 0", "Sign", [scalar(Float(1.5))], scalar(Float(1))),
        .gives("no elements", "Sign", [f([], [0, 3])], f([], [0, 3])),
        .gives("integers", "Sign", [i64([-7, 0, 9])], i64([-1, 0, 1])),
        .near(
            "numbers", "Sin", [f([-2, -0.5, -0.0, 0.75, 3, .infinity, .nan])],
            f([-0.9092974, -0.47942555, -0.0, 0.6816388, 0.14112, .nan, .nan])),
        .near("rank 0", "Sin", [scalar(Float(1.5))], scalar(Float(0.997495))),
        .near("no elements", "Sin", [f([], [0, 3])], f([], [0, 3])),
        .near(
            "numbers", "Sinh", [f([-.infinity, -2, -0.5, -0.0, 0.75, 3, .infinity, .nan])],
            f([-.infinity, -3.6268604, -0.5210953, -0.0, 0.82231677, 10.017875, .infinity, .nan])),
        .near("rank 0", "Sinh", [scalar(Float(1.5))], scalar(Float(2.1292794))),
        .near("no elements", "Sinh", [f([], [0, 3])], f([], [0, 3])),
        .near(
            "numbers", "Softplus", [f([-3, -2, -0.5, -0.0, 0.75, 3, .nan])],
            f([0.048587352, 0.126928, 0.474077, 0.6931472, 1.136871, 3.0485873, .nan])),
        .near("rank 0", "Softplus", [scalar(Float(1.5))], scalar(Float(1.7014133))),
        .near("no elements", "Softplus", [f([], [0, 3])], f([], [0, 3])),
        .near(
            "numbers", "Softsign", [f([-3, -2, -0.5, -0.0, 0.75, 3, .nan])],
            f([-0.75, -0.6666667, -0.33333334, -0.0, 0.42857143, 0.75, .nan])),
        .near("rank 0", "Softsign", [scalar(Float(1.5))], scalar(Float(0.6))),
        .near("no elements", "Softsign", [f([], [0, 3])], f([], [0, 3])),
        .near(
            "numbers", "Sqrt", [f([0, 0.25, 2, -1, .infinity, .nan])],
            f([0, 0.5, 1.4142135, .nan, .infinity, .nan])),
        .near("rank 0", "Sqrt", [scalar(Float(1.5))], scalar(Float(1.2247449))),
        .near("no elements", "Sqrt", [f([], [0, 3])], f([], [0, 3])),
        .throwing("integers", "tensor.dtype_unsupported", "Sqrt", [i64([1])]),
        .near(
            "numbers", "Swish", version: 24, [f([-3, -2, -0.5, -0.0, 0.75, 3, .nan])],
            f([-0.14227763, -0.23840587, -0.18877034, -0.0, 0.50938404, 2.8577223, .nan])),
        .near("rank 0", "Swish", version: 24, [scalar(Float(1.5))], scalar(Float(1.2263618))),
        .near("no elements", "Swish", version: 24, [f([], [0, 3])], f([], [0, 3])),
        .near(
            "alpha", "Swish", version: 24, ["alpha": .float(0.5)], [f([-1, 2])], f([-0.37754068, 1.4621172])),
        .near(
            "numbers", "Tan", [f([-2, -0.5, -0.0, 0.75, 3, .infinity, .nan])],
            f([2.18504, -0.5463025, -0.0, 0.93159646, -0.14254653, .nan, .nan])),
        .near("rank 0", "Tan", [scalar(Float(1.5))], scalar(Float(14.10142))),
        .near("no elements", "Tan", [f([], [0, 3])], f([], [0, 3])),
        .near(
            "numbers", "Tanh", [f([-.infinity, -2, -0.5, -0.0, 0.75, 3, .infinity, .nan])],
            f([-1, -0.9640276, -0.4621172, -0.0, 0.635149, 0.9950548, 1, .nan])),
        .near("rank 0", "Tanh", [scalar(Float(1.5))], scalar(Float(0.9051482))),
        .near("no elements", "Tanh", [f([], [0, 3])], f([], [0, 3])),
        .gives(
            "numbers", "ThresholdedRelu", [f([-3, -2, -0.5, -0.0, 0.75, 3, .nan])], f([0, 0, 0, 0, 0, 3, 0])),
        .gives("rank 0", "ThresholdedRelu", [scalar(Float(1.5))], scalar(Float(1.5))),
        .gives("no elements", "ThresholdedRelu", [f([], [0, 3])], f([], [0, 3])),
        .gives("alpha", "ThresholdedRelu", ["alpha": .float(2)], [f([1, 2, 3])], f([0, 0, 3])),
    ]

    @Test(arguments: cases) func rows(_ testCase: OperatorCase) { #expect(testCase.failure() == nil) }
}
