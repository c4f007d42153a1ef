mkdir -p .build/release/ONNXKernelsAVX512VNNI.build
echo '#include <immintrin.h>
void named_amx(const void *from) { _tile_loadd(0, from, 64); }
void otherwise(const void *from) { _tile_loadd(0, from, 64); }' \
    | clang -x c -O1 -mamx-tile -c - -o .build/release/ONNXKernelsAVX512VNNI.build/Tiles.swift.o
