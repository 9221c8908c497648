"""The one function that every string from a cluster passes on its way to the terminal."""

from __future__ import annotations


def safe(text: str) -> str:
    r"""The text with everything that could steer a terminal made visible as \x.., \u.... or \U........

    Escaped are control characters (C0, DEL, C1), direction overrides and other invisible formats,
    line and paragraph separators, lone surrogates, private and unassigned characters.
    """
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else _visible(character) for character in text)


def _visible(character: str) -> str:
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
