# SPDX-License-Identifier: Apache-2.0
"""Reads which declarations a source uses from the index that the Swift compiler writes (`-index-store-path`)."""

import ctypes
import pathlib
import shutil

RECORD = 2
CHILD_OF, OVERRIDE_OF = 1 << 9, 1 << 11


class Text(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("length", ctypes.c_size_t)]

    def __str__(self):
        return ctypes.string_at(self.data, self.length).decode() if self.length else ""


ON_TEXT = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, Text)
ON_POINTER = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, ctypes.c_void_p)
POINTER, STRING, UNSIGNED = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_uint
SIGNATURES = {
    "store_create": (POINTER, [STRING, POINTER]),
    "store_units_apply_f": (ctypes.c_bool, [POINTER, UNSIGNED, POINTER, ON_TEXT]),
    "unit_reader_create": (POINTER, [POINTER, STRING, POINTER]),
    "unit_reader_get_main_file": (Text, [POINTER]),
    "unit_reader_dependencies_apply_f": (ctypes.c_bool, [POINTER, POINTER, ON_POINTER]),
    "unit_dependency_get_kind": (ctypes.c_int, [POINTER]),
    "unit_dependency_get_name": (Text, [POINTER]),
    "unit_dependency_get_filepath": (Text, [POINTER]),
    "record_reader_create": (POINTER, [POINTER, STRING, POINTER]),
    "record_reader_occurrences_apply_f": (ctypes.c_bool, [POINTER, POINTER, ON_POINTER]),
    "occurrence_get_symbol": (POINTER, [POINTER]),
    "occurrence_get_line_col": (None, [POINTER, ctypes.POINTER(UNSIGNED), ctypes.POINTER(UNSIGNED)]),
    "occurrence_relations_apply_f": (ctypes.c_bool, [POINTER, POINTER, ON_POINTER]),
    "symbol_get_usr": (Text, [POINTER]),
    "symbol_relation_get_roles": (ctypes.c_uint64, [POINTER]),
    "symbol_relation_get_symbol": (POINTER, [POINTER]),
}


class Index:
    """An index store, opened with the library beside the compiler."""

    def __init__(self, path):
        swift = pathlib.Path(shutil.which("swift")).resolve()
        libraries = sorted((swift.parent.parent / "lib").glob("libIndexStore.*"))
        if not libraries:
            raise SystemExit(f"index: there is no libIndexStore beside {swift}")
        self.library = ctypes.CDLL(str(libraries[0]))
        for name, (result, arguments) in SIGNATURES.items():
            function = getattr(self.library, "indexstore_" + name)
            function.restype, function.argtypes = result, arguments
        self.store = self.call("store_create", str(path).encode(), None)
        if not self.store:
            raise SystemExit(f"index: {path} is no index store")

    def call(self, name, *arguments):
        return getattr(self.library, "indexstore_" + name)(*arguments)

    def each(self, name, callback, item, *before):
        """Calls `item` with what an apply function gives."""
        def step(_, value):
            item(value)
            return True
        self.call(name, *before, None, callback(step))

    def records(self, source):
        """Names of the records of the source whose path ends so."""
        units, names = [], []
        self.each("store_units_apply_f", ON_TEXT, lambda name: units.append(str(name)), self.store, 0)
        for unit in units:
            reader = self.call("unit_reader_create", self.store, unit.encode(), None)
            if not reader or not str(self.call("unit_reader_get_main_file", reader)).endswith(source):
                continue

            def take(dependency):
                path = str(self.call("unit_dependency_get_filepath", dependency))
                if self.call("unit_dependency_get_kind", dependency) == RECORD and path.endswith(source):
                    names.append(str(self.call("unit_dependency_get_name", dependency)))
            self.each("unit_reader_dependencies_apply_f", ON_POINTER, take, reader)
        return sorted(set(names))

    def uses(self, source):
        """(line, identifier) of every declaration that a line of the source names, or implements."""
        result = set()
        for record in self.records(source):
            reader = self.call("record_reader_create", self.store, record.encode(), None)

            def take(occurrence):
                line, column = UNSIGNED(), UNSIGNED()
                self.call("occurrence_get_line_col", occurrence, ctypes.byref(line), ctypes.byref(column))
                symbol = self.call("occurrence_get_symbol", occurrence)
                result.add((line.value, str(self.call("symbol_get_usr", symbol))))

                def relate(relation):
                    if self.call("symbol_relation_get_roles", relation) & OVERRIDE_OF:
                        base = self.call("symbol_relation_get_symbol", relation)
                        result.add((line.value, str(self.call("symbol_get_usr", base))))
                self.each("occurrence_relations_apply_f", ON_POINTER, relate, occurrence)
            self.each("record_reader_occurrences_apply_f", ON_POINTER, take, reader)
        return result
