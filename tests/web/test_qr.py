"""The QR code, read back by a reader that shares nothing with the writer but the standard."""

import hashlib

import pytest

from telekap.web.qr import LEVEL_M, QUIET, correction, drawing, in_a_terminal, squares

BLOCKS = {1: (10, [16]), 2: (16, [28]), 4: (18, [32, 32]), 6: (16, [27] * 4), 10: (26, [43] * 4 + [44])}
"""Version → correction words a block, data words of each block (ISO/IEC 18004, table 9, level M)."""

MASKS = (
    lambda i, j: (i + j) % 2,
    lambda i, j: i % 2,
    lambda i, j: j % 3,
    lambda i, j: (i + j) % 3,
    lambda i, j: (i // 2 + j // 3) % 2,
    lambda i, j: i * j % 2 + i * j % 3,
    lambda i, j: (i * j % 2 + i * j % 3) % 2,
    lambda i, j: ((i + j) % 2 + i * j % 3) % 2,
)


def reserved(size: int, version: int) -> set[tuple[int, int]]:
    """Squares that carry no data, from the standard's drawings."""
    found = {(6, n) for n in range(size)} | {(n, 6) for n in range(size)}
    found |= {(i, j) for i in range(9) for j in range(9)}
    found |= {(i, j) for i in range(9) for j in range(size - 8, size)}
    found |= {(i, j) for i in range(size - 8, size) for j in range(9)}
    centres = {1: [], 2: [6, 18], 4: [6, 26], 6: [6, 34], 10: [6, 28, 50]}[version]
    for row in centres:
        for column in centres:
            if (row, column) not in {(6, 6), (6, centres[-1]), (centres[-1], 6)}:
                found |= {(row + i, column + j) for i in range(-2, 3) for j in range(-2, 3)}
    if version >= 7:
        found |= {(i, j) for i in range(6) for j in range(size - 11, size - 8)}
        found |= {(j, i) for i in range(6) for j in range(size - 11, size - 8)}
    return found


def read(rows: list[list[bool]]) -> str:
    """What a phone reads. Raises ``AssertionError`` where the code is not what the standard says."""
    size = len(rows)
    version = (size - 17) // 4
    told = [rows[8][n] for n in (0, 1, 2, 3, 4, 5, 7, 8)] + [rows[n][8] for n in (7, 5, 4, 3, 2, 1, 0)]
    again = [rows[size - 1 - n][8] for n in range(7)] + [rows[8][size - 8 + n] for n in range(8)]
    assert told == again, "the format stands there twice"
    form = int("".join("1" if bit else "0" for bit in told), 2) ^ 0b101010000010010
    assert form >> 13 == LEVEL_M
    mask = MASKS[form >> 10 & 0b111]
    skip, bits, up = reserved(size, version), "", True
    for right in [j if j > 6 else j - 1 for j in range(size - 1, 0, -2)]:
        for i in range(size - 1, -1, -1) if up else range(size):
            for j in (right, right - 1):
                if (i, j) not in skip and j >= 0:
                    bits += "1" if rows[i][j] != (mask(i, j) == 0) else "0"
        up = not up
    words = [int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8)]
    each, sizes = BLOCKS[version]
    blocks: list[list[int]] = [[] for _ in sizes]
    order = [b for n in range(max(sizes)) for b, most in enumerate(sizes) if n < most] + list(range(len(sizes))) * each
    for block, word in zip(order, words, strict=False):
        blocks[block].append(word)
    data = b"".join(bytes(block[:most]) for block, most in zip(blocks, sizes, strict=True))
    for block, most in zip(blocks, sizes, strict=True):
        assert correction(bytes(block[:most]), each) == bytes(block[most:])
    wide = 8 if version < 10 else 16
    whole = "".join(f"{byte:08b}" for byte in data)
    assert whole[:4] == "0100", "bytes"
    length = int(whole[4 : 4 + wide], 2)
    return bytes(int(whole[4 + wide + 8 * n : 12 + wide + 8 * n], 2) for n in range(length)).decode()


@pytest.mark.parametrize("length", [1, 14, 26, 60, 103, 200])
def test_what_is_written_is_read_back(length: int) -> None:
    text = "".join("abcdefghijklmnopqrstuvwxyz?&=/:"[n * 7 % 31] for n in range(length))
    assert read(squares(text)) == text


def test_a_link_and_a_key_with_other_letters_are_read_back() -> None:
    for text in (
        "https://clinic.example.org/j/3vN_Zq-9qW2_xYzAbC",
        "otpauth://totp/telekap:zoë?secret=JBSWY3DPEHPK3PXP",
    ):
        assert read(squares(text)) == text


def test_the_correction_words_are_those_of_a_published_example() -> None:
    data = bytes([32, 91, 11, 120, 209, 114, 220, 77, 67, 64, 236, 17, 236, 17, 236, 17])
    assert list(correction(data, 10)) == [196, 35, 39, 119, 235, 215, 231, 226, 93, 23]


GOLDEN = {26: "84521f82828db52f", 213: "481886cefb8358bd", 666: "adda1eb2cf616010"}
"""Bytes → digest of the squares as another encoder (segno 1.6, level M, bytes) draws them too."""


@pytest.mark.parametrize("length", GOLDEN)
def test_another_encoder_draws_the_same_squares(length: int) -> None:
    text = "".join("abcdefghijklmnopqrstuvwxyz?&=/:"[n * 7 % 31] for n in range(length))
    flat = "".join("1" if one else "0" for row in squares(text) for one in row)
    assert hashlib.sha256(flat.encode()).hexdigest()[:16] == GOLDEN[length]


def test_what_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        squares("x" * 667)


def test_the_drawing_has_a_quiet_zone_and_every_dark_square() -> None:
    rows, told = squares("https://clinic.example/j/abc"), drawing("https://clinic.example/j/abc")
    assert told["size"] == len(rows) + 8
    runs = [part.split("h")[1].split("v")[0] for part in str(told["path"]).split("M")[1:]]
    assert sum(map(int, runs)) == sum(map(sum, rows))


def test_a_terminal_shows_the_same_squares_with_light_all_around() -> None:
    text = "otpauth://totp/telekap:mia?secret=JBSWY3DPEHPK3PXP"
    dark = squares(text)
    halves = {" ": (False, False), "▀": (True, False), "▄": (False, True), "█": (True, True)}
    rows: list[list[bool]] = []
    for line in in_a_terminal(text).splitlines():
        signs = line.removeprefix("\x1b[30;107m").removesuffix("\x1b[0m")
        rows += [[halves[sign][half] for sign in signs] for half in (0, 1)]
    inside = [row[QUIET:-QUIET] for row in rows[QUIET : QUIET + len(dark)]]
    assert inside == dark
    around = rows[:QUIET] + rows[QUIET + len(dark) :] + [row[:QUIET] + row[-QUIET:] for row in rows]
    assert len(rows) >= len(dark) + 2 * QUIET and not any(any(row) for row in around)
