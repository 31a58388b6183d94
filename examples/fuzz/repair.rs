//! Check sums and lengths made right again, so that a changed file is read beyond them. What is not found stays as it is.

// One type for all, since the format's table holds them; a file may become shorter.
#![allow(clippy::ptr_arg)]

use fromzero::io::{crc32, inflate};

/// The most that is unpacked to find a check sum.
const LIMIT: usize = 1 << 20;

/// The header's length, up to the last brace or line break within its reach.
pub fn repair_npy(file: &mut Vec<u8>) {
    let reach = file.len().min(256);
    let header = file[..reach]
        .iter()
        .rposition(|c| matches!(c, b'}' | b'\n'));
    if let Some(length) = header.and_then(|end| (end + 1).checked_sub(10))
        && file.get(6) == Some(&1)
    {
        file[8..10].copy_from_slice(&(length as u16).to_le_bytes());
    }
}

/// The header's length, up to where its braces are closed.
pub fn repair_safetensors(file: &mut Vec<u8>) {
    let mut depth = 0;
    for at in 8..file.len() {
        match file[at] {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            file[..8].copy_from_slice(&(at as u64 - 7).to_le_bytes());
            return;
        }
    }
}

/// CRC-32 and length of a file of one member without further fields.
pub fn repair_gzip(file: &mut Vec<u8>) {
    let mut unpacked = Vec::new();
    if file.len() > 18
        && file[3] == 0
        && let Ok(end) = inflate(file, 10, &mut unpacked, LIMIT)
    {
        file.truncate(end);
        file.extend(crc32(&unpacked).to_le_bytes());
        file.extend((unpacked.len() as u32).to_le_bytes());
    }
}

/// The CRC-32 of each chunk, and the Adler-32 of data that are in one.
pub fn repair_png(file: &mut Vec<u8>) {
    let mut at = 8;
    while let Some(length) = number(file, at, u32::from_be_bytes) {
        let (content, end) = (at + 8, (at + 8).saturating_add(length));
        if end.saturating_add(4) > file.len() {
            return;
        }
        let mut rows = Vec::new();
        if file[at + 4..content] == *b"IDAT"
            && let Ok(stop) = inflate(&file[..end], content + 2, &mut rows, LIMIT)
            && stop + 4 == end
        {
            let sum = adler32(&rows).to_be_bytes();
            file[stop..end].copy_from_slice(&sum);
        }
        let crc = crc32(&file[at + 4..end]).to_be_bytes();
        file[end..end + 4].copy_from_slice(&crc);
        at = end + 4;
    }
}

fn adler32(bytes: &[u8]) -> u32 {
    let (a, b) = bytes.iter().fold((1, 0), |(a, b), &byte| {
        let a = (a + u32::from(byte)) % 65521;
        (a, (b + a) % 65521)
    });
    b << 16 | a
}

/// The CRC-32 and the sizes of each entry that the directory knows, there and in its own header.
pub fn repair_zip(file: &mut Vec<u8>) {
    let headers = file
        .windows(4)
        .enumerate()
        .filter(|(_, part)| *part == b"PK\x01\x02");
    let headers: Vec<usize> = headers.map(|(at, _)| at).collect();
    for at in headers {
        if repair_entry(file, at).is_none() {
            return;
        }
    }
}

fn repair_entry(file: &mut [u8], at: usize) -> Option<()> {
    let packed = number(file, at + 20, u32::from_le_bytes)?;
    let start = number(file, at + 42, u32::from_le_bytes)?;
    let short =
        |at: usize| Some(usize::from(*file.get(at)?) + 256 * usize::from(*file.get(at + 1)?));
    let data = start.checked_add(30 + short(start + 26)? + short(start + 28)?)?;
    let end = data.checked_add(packed).filter(|&end| end <= file.len())?;
    let mut content = Vec::new();
    match file.get(at + 10)? {
        0 => content.extend(&file[data..end]),
        _ => drop(inflate(&file[..end], data, &mut content, LIMIT)),
    }
    let crc = crc32(&content).to_le_bytes();
    let size = (content.len() as u32).to_le_bytes();
    file.get_mut(at + 16..at + 20)?.copy_from_slice(&crc);
    file.get_mut(at + 24..at + 28)?.copy_from_slice(&size);
    file.get_mut(start + 14..start + 18)?.copy_from_slice(&crc);
    // NumPy's entries have their sizes in ZIP64 fields.
    let own = file.get_mut(start + 22..start + 26)?;
    if own != [255; 4] {
        own.copy_from_slice(&size);
    }
    Some(())
}

fn number(file: &[u8], at: usize, from: fn([u8; 4]) -> u32) -> Option<usize> {
    let bytes = file.get(at..)?.first_chunk()?;
    Some(from(*bytes) as usize)
}
