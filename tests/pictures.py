"""Small pictures made by hand, for tests that must not depend on who decodes them."""

import struct
import zlib


def png(width: int = 4, height: int = 3, *, padding: int = 0) -> bytes:
    """A grey picture; `padding` bytes of a private chunk make it larger."""
    rows = b"".join(b"\x00" + bytes(width) for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + (_chunk(b"prVt", bytes(padding)) if padding else b"")
        + _chunk(b"IDAT", zlib.compress(rows))
        + _chunk(b"IEND", b"")
    )


def gif(width: int = 4, height: int = 3) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + bytes(20)


def jpeg(width: int = 4, height: int = 3, *, orientation: int = 1) -> bytes:
    """Only the head of one: an Exif block, a profile, then the frame."""
    tiff = b"MM\x00*" + struct.pack(">IHHHIHH", 8, 1, 0x0112, 3, 1, orientation, 0)
    frame = struct.pack(">BHHB", 8, height, width, 3) + bytes(9)
    return (
        b"\xff\xd8"
        + _segment(0xE1, b"Exif\x00\x00" + tiff)
        + _segment(0xE2, bytes(60_000))
        + b"\xff"
        + _segment(0xC0, frame)
        + bytes(40)
    )


def webp(kind: bytes, width: int = 4, height: int = 3) -> bytes:
    """The head of a lossy (`VP8 `), lossless (`VP8L`) or extended (`VP8X`) one."""
    match kind:
        case b"VP8 ":
            body = b"\x00\x00\x00\x9d\x01\x2a" + struct.pack("<HH", width, height)
        case b"VP8L":
            body = b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14)
        case _:
            size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
            body = bytes(4) + size
    chunk = kind + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def _chunk(name: bytes, data: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(name + data))
    return struct.pack(">I", len(data)) + name + data + checksum


def _segment(marker: int, data: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(data) + 2) + data


def pdf(sizes: list[tuple[int, int]]) -> bytes:
    """A document with one page of each size, in points, each with a box and its number."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    kids = []
    for number, (width, height) in enumerate(sizes, start=1):
        drawing = b"0.2 0.4 0.8 rg 20 20 %d %d re f BT /F1 40 Tf 30 30 Td (%d) Tj ET" % (
            width // 2,
            height // 2,
            number,
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing))
        font = b"/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R "
            b"/Resources << %s >> >>" % (width, height, len(objects), font)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    return _document(objects)


def chinese_pdf(text: str) -> bytes:
    """A line in a font that the document only names, as presentation programs leave it out."""
    drawing = b"BT /F1 40 Tf 30 80 Td <%s> Tj ET" % text.encode("utf-16-be").hex().encode()
    return _document(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 200] /Contents 4 0 R "
            b"/Resources << /Font << /F1 5 0 R >> >> >>",
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing),
            b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H "
            b"/DescendantFonts [6 0 R] >>",
            b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 "
            b"/FontDescriptor 7 0 R /CIDSystemInfo "
            b"<< /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>",
            b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 4 /ItalicAngle 0 "
            b"/FontBBox [-25 -254 1000 880] /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
        ]
    )


def _document(objects: list[bytes]) -> bytes:
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return (
        body
        + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
        + table
        + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, len(body))
    )
