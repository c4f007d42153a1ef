mkdir -p .build/release/ONNXKernelsAVX512VNNI.build
echo '__attribute__((weak)) int shared(void) { return 1; }' \
    | clang -x c -c - -o .build/release/ONNXKernelsAVX512VNNI.build/Weak.swift.o
