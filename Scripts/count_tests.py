# SPDX-License-Identifier: Apache-2.0
"""count_tests.py REPORT.xml…: prints how many tests passed, failed and were skipped in xUnit reports."""

import sys
import xml.etree.ElementTree


def main():
    passed = failed = skipped = 0
    for path in sys.argv[1:]:
        try:
            report = xml.etree.ElementTree.parse(path)
        except (OSError, xml.etree.ElementTree.ParseError) as error:
            print(f"{path}: {error}", file=sys.stderr)
            continue
        for case in report.iter("testcase"):
            kinds = {child.tag for child in case}
            if kinds & {"failure", "error"}:
                failed += 1
            elif "skipped" in kinds:
                skipped += 1
            else:
                passed += 1
    print(passed, failed, skipped)


main()
