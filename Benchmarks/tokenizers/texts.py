# SPDX-License-Identifier: Apache-2.0
"""Texts to encode: prose that comes with Python, this tree's own code, and the translations of Django."""
from pathlib import Path


def prose():
    import pydoc_data.topics

    return "\n".join(pydoc_data.topics.topics.values())


def code(root):
    return "\n".join(path.read_text() for path in sorted((root / "Sources").rglob("*.swift")))


def languages():
    """Translated sentences of every language in turn."""
    import django

    folder = Path(django.__file__).parent
    files = sorted(folder.glob("conf/locale/*/LC_MESSAGES/django.po")) + sorted(
        folder.glob("contrib/*/locale/*/LC_MESSAGES/django.po"))
    texts = []
    for path in files:
        lines = [line for line in path.read_text().splitlines() if line.startswith(('"', "msgstr"))]
        texts.append("\n".join(line.split('"', 1)[1].rstrip('"') for line in lines if '"' in line))
    return "\n".join(texts)


def all_texts(root):
    return [("prose", prose()), ("code", code(root)), ("languages", languages())]
