mkdir -p .build/release/ONNXKernelsAVX2.build
echo '__attribute__((weak)) int shared(void) { return 1; }' \
    | clang -x c -c - -o .build/release/ONNXKernelsAVX2.build/Weak.swift.o
