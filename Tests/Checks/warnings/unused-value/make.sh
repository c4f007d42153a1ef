# As the release build does: one file of diagnostics a module.
build=$PWD/.build/release/ONNXSample.build
source=$PWD/Sources/ONNXSample/Idle.swift
mkdir -p "$build"
printf '{"": {"diagnostics": "%s"}, "%s": {"object": "%s"}}' \
    "$build/ONNXSample.dia" "$source" "$build/Idle.swift.o" >"$build/output-file-map.json"
swiftc -c -wmo -parse-as-library -serialize-diagnostics -output-file-map "$build/output-file-map.json" "$source" \
    2>/dev/null
