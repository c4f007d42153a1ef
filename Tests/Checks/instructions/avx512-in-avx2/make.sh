mkdir -p .build/release/ONNXKernelsAVX2.build
echo 'typedef int lanes __attribute__((vector_size(32))); lanes sum(lanes a, int *b) { return a + *b; }' \
    | clang -x c -O1 -mavx512vl -c - -o .build/release/ONNXKernelsAVX2.build/Wide.swift.o
