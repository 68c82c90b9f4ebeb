"""The bytes of every token: single tokens are often no UTF-8, so a text is only text once they are joined."""

from __future__ import annotations

import json
from typing import Any, Optional


def token_bytes(tokenizer: Any, size: int) -> Optional[list[bytes]]:
    """Bytes of the tokens 0…size − 1, empty for ids that the tokenizer does not know; None without a tokenizer."""
    tokenizer = getattr(tokenizer, "tokenizer", tokenizer)
    if not hasattr(tokenizer, "convert_ids_to_tokens"):
        return None
    known = min(size, len(tokenizer))
    tokens = tokenizer.convert_ids_to_tokens(list(range(known)))
    added = {
        int(number): str(getattr(token, "content", token))
        for number, token in getattr(tokenizer, "added_tokens_decoder", {}).items()
    }
    spelling = _spelling(tokenizer)
    texts = [added[number].encode() if number in added else _bytes(token, spelling) for number, token in enumerate(tokens)]
    return texts + [b""] * (size - known)


def _spelling(tokenizer: Any) -> str:
    """How the tokenizer spells bytes: `bytes` (one character a byte), `spaces` (▁ and <0xAB>) or `plain`."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is not None:
        parts = json.loads(backend.to_str())
        text = json.dumps([parts.get("decoder"), parts.get("pre_tokenizer")])
        if "ByteLevel" in text:
            return "bytes"
        if "Metaspace" in text or "\\u2581" in json.dumps(parts.get("normalizer")) or "ByteFallback" in text:
            return "spaces"
        return "plain"
    if hasattr(tokenizer, "byte_decoder"):
        return "bytes"
    return "spaces" if hasattr(tokenizer, "sp_model") else "plain"


def _bytes(token: Optional[str], spelling: str) -> bytes:
    if token is None:
        return b""
    if spelling == "bytes":
        if all(character in _BYTES for character in token):
            return bytes(_BYTES[character] for character in token)
        return token.encode()
    if spelling == "spaces":
        if len(token) == 6 and token.startswith("<0x") and token.endswith(">"):
            return bytes([int(token[3:5], 16)])
        return token.replace("▁", " ").encode()
    return token.encode(errors="replace")


def _byte_characters() -> dict[str, int]:
    """The characters that byte-level vocabularies (since GPT-2) write for bytes: printable ones stand for themselves,
    the others for 256, 257, … in order."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    characters = {chr(byte): byte for byte in printable}
    others = [byte for byte in range(256) if byte not in set(printable)]
    characters.update({chr(256 + number): byte for number, byte in enumerate(others)})
    return characters


_BYTES = _byte_characters()
