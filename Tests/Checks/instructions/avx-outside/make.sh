mkdir -p .build/release/ONNXSample.build
echo 'typedef float lanes __attribute__((vector_size(16))); lanes sum(lanes a, lanes b) { return a + b; }' \
    | clang -x c -O1 -mavx -c - -o .build/release/ONNXSample.build/Sum.swift.o
