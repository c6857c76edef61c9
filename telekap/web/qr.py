"""A QR code (ISO/IEC 18004, model 2) as dark squares or as one SVG path: for a link on paper, and a key for a code app.

Bytes only, error correction M (15 in 100), versions 1 to 20: up to 666 bytes, far more than any address of ours. The
secret in it never leaves for a service that draws pictures.
"""

from collections.abc import Iterator
from typing import Final

_BLOCKS: Final = (
    (10, 1, 16, 0), (16, 1, 28, 0), (26, 1, 44, 0), (18, 2, 32, 0), (24, 2, 43, 0),
    (16, 4, 27, 0), (18, 4, 31, 0), (22, 2, 38, 2), (22, 3, 36, 2), (26, 4, 43, 1),
    (30, 1, 50, 4), (22, 6, 36, 2), (22, 8, 37, 1), (24, 4, 40, 5), (24, 5, 41, 5),
    (28, 7, 45, 3), (28, 10, 46, 1), (26, 9, 43, 4), (26, 3, 44, 11), (26, 3, 41, 13),
)  # fmt: skip
"""Version (1 …) at level M → correction words a block, blocks, data words a block, blocks of one data word more."""
LEVEL_M: Final = 0b00
QUIET: Final = 4
"""Light squares around it, without which no reader finds it."""

Grid = list[list[bool]]


def _powers() -> tuple[list[int], list[int]]:
    exp, log, value = [0] * 512, [0] * 256, 1
    for n in range(255):
        exp[n] = exp[n + 255] = value
        log[value] = n
        value = value << 1 ^ (0x11D if value & 0x80 else 0)
    return exp, log


_EXP, _LOG = _powers()


def correction(data: bytes, count: int) -> bytes:
    """``count`` Reed-Solomon words for ``data`` over GF(256), polynomial 0x11D."""
    generator = [1]
    for n in range(count):
        product = [*generator, 0]
        for at, factor in enumerate(generator):
            product[at + 1] ^= _EXP[_LOG[factor] + n] if factor else 0
        generator = product
    rest = [*data, *([0] * count)]
    for at in range(len(data)):
        lead = rest[at]
        if lead:
            for n, factor in enumerate(generator):
                rest[at + n] ^= _EXP[_LOG[factor] + _LOG[lead]]
    return bytes(rest[len(data) :])


def _version(length: int) -> int:
    for version, (_, blocks, words, longer) in enumerate(_BLOCKS, 1):
        room = blocks * words + longer * (words + 1)
        if length + (2 if version < 10 else 3) <= room:
            return version
    raise ValueError(f"{length} bytes are too long for a QR code of ours")


def _words(data: bytes, version: int) -> bytes:
    """Data and correction words in the order in which they are drawn."""
    each, blocks, words, longer = _BLOCKS[version - 1]
    room = blocks * words + longer * (words + 1)
    wide = 8 if version < 10 else 16
    bits = f"{0b0100:04b}{len(data):0{wide}b}" + "".join(f"{byte:08b}" for byte in data)
    bits += "0" * min(4, room * 8 - len(bits))
    bits += "0" * (-len(bits) % 8)
    whole = [int(bits[at : at + 8], 2) for at in range(0, len(bits), 8)]
    whole += [0xEC if n % 2 == 0 else 0x11 for n in range(room - len(whole))]
    cut, at = [], 0
    for size in [words] * blocks + [words + 1] * longer:
        cut.append(bytes(whole[at : at + size]))
        at += size
    mended = [correction(block, each) for block in cut]
    told = [block[n] for n in range(words + 1) for block in cut if n < len(block)]
    return bytes(told + [block[n] for n in range(each) for block in mended])


def _centres(version: int) -> list[int]:
    """Rows and columns in which alignment marks have their centre."""
    if version == 1:
        return []
    count, size = version // 7 + 2, version * 4 + 17
    step = (version * 8 + count * 3 + 5) // (count * 4 - 4) * 2
    return [6, *sorted(size - 7 - n * step for n in range(count - 1))]


class _Marks:
    """Everything but the data. ``dark``: squares drawn so far; ``taken``: squares that carry no data."""

    def __init__(self, version: int) -> None:
        self.size = version * 4 + 17
        self.dark, self.taken = ([[False] * self.size for _ in range(self.size)] for _ in range(2))
        for n in range(self.size):
            self.put(6, n, n % 2 == 0)
            self.put(n, 6, n % 2 == 0)
        for top, left in ((3, 3), (3, self.size - 4), (self.size - 4, 3)):
            self.rings(top, left, 4, light=(2, 4))
        centres = _centres(version)
        corners = {(6, 6), (6, self.size - 7), (self.size - 7, 6)}
        for row, column in ((row, column) for row in centres for column in centres):
            if (row, column) not in corners:
                self.rings(row, column, 2, light=(1,))
        self._room_for_format()
        if version >= 7:
            self._say_version(version)

    def put(self, row: int, column: int, value: bool) -> None:
        if 0 <= row < self.size and 0 <= column < self.size:
            self.dark[row][column], self.taken[row][column] = value, True

    def rings(self, row: int, column: int, reach: int, light: tuple[int, ...]) -> None:
        """A square of rings around (row, column); ``light``: rings that are not drawn."""
        for down in range(-reach, reach + 1):
            for across in range(-reach, reach + 1):
                self.put(row + down, column + across, max(abs(down), abs(across)) not in light)

    def _room_for_format(self) -> None:
        for n in range(9):
            self.put(8, n, self.dark[8][n])
            self.put(n, 8, self.dark[n][8])
        for n in range(8):
            self.put(8, self.size - 1 - n, False)
            self.put(self.size - 1 - n, 8, n == 7)

    def _say_version(self, version: int) -> None:
        told = _checked(version, 12, 0x1F25)
        for n in range(18):
            self.put(n // 3, self.size - 11 + n % 3, bool(told >> n & 1))
            self.put(self.size - 11 + n % 3, n // 3, bool(told >> n & 1))


def _checked(value: int, bits: int, generator: int) -> int:
    """``value`` with its ``bits`` check bits (BCH)."""
    rest = value << bits
    while rest.bit_length() > bits:
        rest ^= generator << rest.bit_length() - bits - 1
    return value << bits | rest


def _path(taken: Grid) -> Iterator[tuple[int, int]]:
    """The squares of the data in their order: two columns at a time, from the right, up and down by turns."""
    size = len(taken)
    up = True
    for right in [column if column > 6 else column - 1 for column in range(size - 1, 0, -2) if column != 0]:
        for row in range(size - 1, -1, -1) if up else range(size):
            for column in (right, right - 1):
                if column >= 0 and not taken[row][column]:
                    yield row, column
        up = not up


def _masks(mask: int, row: int, column: int) -> bool:
    return (
        (row + column) % 2 == 0,
        row % 2 == 0,
        column % 3 == 0,
        (row + column) % 3 == 0,
        (row // 2 + column // 3) % 2 == 0,
        row * column % 2 + row * column % 3 == 0,
        (row * column % 2 + row * column % 3) % 2 == 0,
        ((row + column) % 2 + row * column % 3) % 2 == 0,
    )[mask]


def _with_format(dark: Grid, mask: int) -> Grid:
    size = len(dark)
    told = _checked(LEVEL_M << 3 | mask, 10, 0x537) ^ 0x5412
    for n in range(15):
        bit = bool(told >> n & 1)
        dark[n if n < 6 else n + 1 if n < 8 else size - 15 + n][8] = bit
        dark[8][size - 1 - n if n < 8 else 15 - n if n == 8 else 14 - n] = bit
    dark[size - 8][8] = True
    return dark


def _penalty(dark: Grid) -> int:
    """How hard it is to read: long runs, blocks, what looks like a corner, too much of one colour."""
    size, found = len(dark), 0
    corner = ("10111010000", "00001011101")
    for lines in (dark, [list(column) for column in zip(*dark, strict=True)]):
        for line in lines:
            text = "".join("1" if one else "0" for one in line)
            found += sum(text.startswith(corner, at) * 40 for at in range(size - 10))
            run = 1
            for at in range(1, size + 1):
                if at < size and text[at] == text[at - 1]:
                    run += 1
                    continue
                found += run - 2 if run >= 5 else 0
                run = 1
    for row in range(size - 1):
        for column in range(size - 1):
            four = dark[row][column] + dark[row][column + 1] + dark[row + 1][column] + dark[row + 1][column + 1]
            found += 3 if four in (0, 4) else 0
    share = sum(map(sum, dark)) * 100 / size**2
    return found + int(abs(share - 50) // 5) * 10


def squares(text: str) -> Grid:
    """Rows of squares, True = dark, without the quiet zone. Raises ``ValueError`` for more than 666 bytes."""
    data = text.encode()
    version = _version(len(data))
    marks = _Marks(version)
    bits = "".join(f"{word:08b}" for word in _words(data, version))
    best: tuple[int, Grid] | None = None
    for mask in range(8):
        dark = [row[:] for row in marks.dark]
        for n, (row, column) in enumerate(_path(marks.taken)):
            bit = n < len(bits) and bits[n] == "1"
            dark[row][column] = bit != _masks(mask, row, column)
        tried = (_penalty(_with_format(dark, mask)), dark)
        best = tried if best is None or tried[0] < best[0] else best
    assert best is not None
    return best[1]


def drawing(text: str) -> dict[str, int | str]:
    """``{size, path}``: an SVG path of all dark squares in a view box of ``size`` squares, quiet zone included."""
    rows = squares(text)
    steps = []
    for y, row in enumerate(rows, QUIET):
        x = 0
        while x < len(row):
            run = 0
            while x + run < len(row) and row[x + run]:
                run += 1
            if run:
                steps.append(f"M{x + QUIET} {y}h{run}v1h-{run}z")
            x += max(run, 1)
    return {"size": len(rows) + 2 * QUIET, "path": "".join(steps)}


def in_a_terminal(text: str) -> str:
    """The code of ``text`` for a terminal: black on white whatever its colours are, two rows of squares a line."""
    dark = squares(text)
    side = len(dark) + 2 * QUIET
    blank = [False] * side
    rows = [[False] * QUIET + row + [False] * QUIET for row in dark]
    rows = [blank] * QUIET + rows + [blank] * (QUIET + side % 2)
    signs = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
    lines = zip(rows[::2], rows[1::2], strict=True)
    return "\n".join(f"\x1b[30;107m{''.join(signs[pair] for pair in zip(*two, strict=True))}\x1b[0m" for two in lines)
