//! Files of a wanted size with nothing in them, valid for whoever opens them.
//!
//! Kinds are known by how they begin. An image is one black pixel (PNG: RFC 2083 and
//! ISO/IEC 15948; JPEG: ITU-T T.81; GIF89a), a PDF one empty page (ISO 32000-1), a
//! gzip file holds filling (RFC 1952). What is wanting of the size goes where each
//! format has room for remarks; a file that is larger by itself stays as it is.

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Png,
    Jpeg,
    Gif,
    Pdf,
    Gzip,
}

impl Kind {
    /// The kind of a file that begins like this; eight bytes are enough.
    pub(super) fn of(start: &[u8]) -> Option<Self> {
        let begins: [(&[u8], Self); 6] = [
            (b"\x89PNG\r\n\x1a\n", Self::Png),
            (b"\xff\xd8\xff", Self::Jpeg),
            (b"GIF87a", Self::Gif),
            (b"GIF89a", Self::Gif),
            (b"%PDF-", Self::Pdf),
            (b"\x1f\x8b\x08", Self::Gzip),
        ];
        begins.into_iter().find(|(begin, _)| start.starts_with(begin)).map(|(_, kind)| kind)
    }

    /// Gives the bytes of such a file of `size` to `push`, filled from `filling`.
    pub(super) fn write(self, size: usize, filling: &mut dyn FnMut() -> u8, push: &mut dyn FnMut(u8)) {
        match self {
            Self::Png => png(size, filling, push),
            Self::Jpeg => jpeg(size, filling, push),
            Self::Gif => gif(size, filling, push),
            Self::Pdf => pdf(size, filling, push),
            Self::Gzip => gzip(size, filling, push),
        }
    }
}

const CRC: [u32; 256] = {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        // The index is below 256.
        let mut value = at as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { value >> 1 ^ 0xedb8_8320 } else { value >> 1 };
            bit += 1;
        }
        table[at] = value;
        at += 1;
    }
    table
};

/// CRC-32 as PNG and gzip have it, before its last inversion.
fn crc(state: u32, byte: u8) -> u32 {
    let place = usize::from(state.to_le_bytes()[0] ^ byte);
    CRC.get(place).copied().unwrap_or(0) ^ state >> 8
}

fn send(bytes: &[u8], push: &mut dyn FnMut(u8)) {
    bytes.iter().copied().for_each(push);
}

fn chunk(name: [u8; 4], length: usize, data: &mut dyn FnMut() -> u8, push: &mut dyn FnMut(u8)) {
    send(&u32::try_from(length).unwrap_or(0).to_be_bytes(), push);
    let mut state = u32::MAX;
    let mut count = |byte: u8| {
        state = crc(state, byte);
        push(byte);
    };
    send(&name, &mut count);
    for _ in 0..length {
        count(data());
    }
    send(&(!state).to_be_bytes(), push);
}

fn png(size: usize, filling: &mut dyn FnMut() -> u8, push: &mut dyn FnMut(u8)) {
    const HEADER: &[u8; 13] = b"\0\0\0\x01\0\0\0\x01\x08\0\0\0\0";
    // One row of one grey byte in a stored block of zlib.
    const ROW: &[u8; 13] = b"\x78\x01\x01\x02\0\xfd\xff\0\0\0\x02\0\x01";
    let listed = |name, data: &[u8], push: &mut dyn FnMut(u8)| {
        let mut next = data.iter().copied();
        chunk(name, data.len(), &mut || next.next().unwrap_or(0), push);
    };
    send(b"\x89PNG\r\n\x1a\n", push);
    listed(*b"IHDR", HEADER, push);
    // Lower case says: not needed, private, safe to copy.
    if let Some(room) = size.checked_sub(70 + 12) {
        chunk(*b"maSk", room, filling, push);
    }
    listed(*b"IDAT", ROW, push);
    listed(*b"IEND", &[], push);
}

fn jpeg(size: usize, filling: &mut dyn FnMut() -> u8, push: &mut dyn FnMut(u8)) {
    send(b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0", push);
    let mut room = size.saturating_sub(159);
    while room >= 4 {
        // A remark says its length in two bytes; nothing shorter than one may be left over.
        let part = room.min(65_537);
        let part = if (1..4).contains(&(room - part)) { part - 4 } else { part };
        send(b"\xff\xfe", push);
        send(&u16::try_from(part - 2).unwrap_or(2).to_be_bytes(), push);
        for _ in 4..part {
            push(filling());
        }
        room -= part;
    }
    send(b"\xff\xdb\0\x43\0", push);
    send(&[1; 64], push);
    send(b"\xff\xc0\0\x0b\x08\0\x01\0\x01\x01\x01\x11\0", push);
    // One code each, of one bit: no difference, and the end of the block.
    for table in [0, 0x10] {
        send(&[0xff, 0xc4, 0, 0x14, table, 1], push);
        send(&[0; 16], push);
    }
    send(b"\xff\xda\0\x08\x01\x01\0\0\x3f\0\x3f\xff\xd9", push);
}

fn gif(size: usize, filling: &mut dyn FnMut() -> u8, push: &mut dyn FnMut(u8)) {
    send(b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff", push);
    let mut room = size.saturating_sub(35 + 3);
    if room > 1 {
        send(b"\x21\xfe", push);
        while room > 1 {
            let part = room.min(256) - 1;
            push(u8::try_from(part).unwrap_or(0));
            for _ in 0..part {
                push(filling());
            }
            room -= part + 1;
        }
        push(0);
    }
    send(b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3b", push);
}

fn pdf(size: usize, filling: &mut dyn FnMut() -> u8, push: &mut dyn FnMut(u8)) {
    const BODY: &[u8] = b"%PDF-1.4\n\
        1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n\
        2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
        3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 3 3]/Resources<<>>>>endobj\n\
        xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \n\
        trailer<</Size 4/Root 1 0 R>>\n";
    const END: &[u8] = b"startxref\n174\n%%EOF\n";
    send(BODY, push);
    // Remarks of lines that no program finds too long.
    let mut room = size.saturating_sub(BODY.len() + END.len());
    while room > 1 {
        let line = room.min(72);
        push(b'%');
        for _ in 2..line {
            push(b'a' + (filling() & 15));
        }
        push(b'\n');
        room -= line;
    }
    send(END, push);
}

fn gzip(size: usize, filling: &mut dyn FnMut() -> u8, push: &mut dyn FnMut(u8)) {
    send(b"\x1f\x8b\x08\0\0\0\0\0\0\xff", push);
    let (mut state, mut length) = (u32::MAX, 0_usize);
    let mut room = size.saturating_sub(18).max(5);
    loop {
        // A stored block: whether it is the last, its length, and that inverted.
        let part = room.min(65_540).saturating_sub(5);
        let last = room - part - 5 < 5;
        let stored = u16::try_from(part).unwrap_or(0);
        push(u8::from(last));
        send(&stored.to_le_bytes(), push);
        send(&(!stored).to_le_bytes(), push);
        for _ in 0..part {
            let byte = filling();
            state = crc(state, byte);
            push(byte);
        }
        length += part;
        room -= part + 5;
        if last {
            break;
        }
    }
    send(&(!state).to_le_bytes(), push);
    send(&u32::try_from(length).unwrap_or(0).to_le_bytes(), push);
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::{GzDecoder, ZlibDecoder};
    use std::io::Read;

    fn file(kind: Kind, size: usize) -> Vec<u8> {
        let (mut out, mut next) = (Vec::new(), 0_u8);
        let mut filling = || {
            next = next.wrapping_mul(31).wrapping_add(7);
            next
        };
        kind.write(size, &mut filling, &mut |byte| out.push(byte));
        out
    }

    #[test]
    fn files_are_of_their_kind_and_size() {
        for kind in [Kind::Png, Kind::Jpeg, Kind::Gif, Kind::Pdf, Kind::Gzip] {
            for power in [0, 3, 7, 9, 12, 16, 17, 20] {
                let made = file(kind, 1 << power);
                assert_eq!(Kind::of(&made), Some(kind));
                let smallest = file(kind, 0).len();
                assert!(
                    made.len() == 1 << power || made.len() <= smallest + 12,
                    "{kind:?} {power} {}",
                    made.len()
                );
            }
        }
        assert_eq!(Kind::of(b"hello"), None);
    }

    #[test]
    fn a_png_has_right_sums_and_one_pixel() {
        let made = file(Kind::Png, 4096);
        let mut rest = &made[8..];
        let mut names = Vec::new();
        while !rest.is_empty() {
            let length = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
            let data = &rest[4..8 + length];
            let mut sum = flate2::Crc::new();
            sum.update(data);
            assert_eq!(rest[8 + length..12 + length], sum.sum().to_be_bytes());
            if data.starts_with(b"IDAT") {
                let mut row = Vec::new();
                ZlibDecoder::new(&data[4..]).read_to_end(&mut row).unwrap();
                assert_eq!(row, [0, 0]);
            }
            names.push(String::from_utf8(data[..4].to_vec()).unwrap());
            rest = &rest[12 + length..];
        }
        assert_eq!(names, ["IHDR", "maSk", "IDAT", "IEND"]);
    }

    #[test]
    fn a_gzip_file_unpacks_at_every_size() {
        for size in [0, 22, 64, 1 << 16, 65_563, 65_564, 1 << 18] {
            let made = file(Kind::Gzip, size);
            let mut content = Vec::new();
            GzDecoder::new(made.as_slice()).read_to_end(&mut content).unwrap();
            assert!(content.len() + 18 < made.len());
        }
    }

    #[test]
    fn the_table_of_a_pdf_points_at_its_objects() {
        let made = file(Kind::Pdf, 2048);
        let text = String::from_utf8(made).unwrap();
        for (object, entry) in
            ["1 0 obj", "2 0 obj", "3 0 obj"].iter().zip(["0000000009", "0000000052", "0000000101"])
        {
            assert_eq!(text.find(object), entry.parse().ok(), "{object}");
        }
        assert_eq!(text.find("xref"), Some(174));
        assert!(text.lines().all(|line| line.len() < 100) && text.ends_with("startxref\n174\n%%EOF\n"));
    }

    #[test]
    fn segments_of_a_jpeg_lead_from_one_to_the_next() {
        let made = file(Kind::Jpeg, 1 << 17);
        let (mut at, mut markers) = (2, Vec::new());
        while made[at + 1] != 0xda {
            assert_eq!(made[at], 0xff, "at {at}");
            markers.push(made[at + 1]);
            at += 2 + usize::from(u16::from_be_bytes([made[at + 2], made[at + 3]]));
        }
        assert_eq!(markers, [0xe0, 0xfe, 0xfe, 0xdb, 0xc0, 0xc4, 0xc4]);
        assert_eq!(made.len(), at + 13);
    }

    #[test]
    fn blocks_of_a_gif_lead_to_its_end() {
        let made = file(Kind::Gif, 1024);
        let mut at = 21;
        assert_eq!(made[19..21], [0x21, 0xfe]);
        while made[at] > 0 {
            at += usize::from(made[at]) + 1;
        }
        assert_eq!((made[at + 1], made.last(), made.len()), (0x2c, Some(&0x3b), at + 17));
    }
}
