//! Archives: files that hold files. Data sets are not read out of them, but an archive is known when it is met, so that a person
//! can be told what to do with it.

use std::path::Path;

/// A kind of archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Archive {
    /// By PKWARE, as browsers and data sites like them.
    Zip,
    /// By tar (POSIX.1-1988), also where gzip has packed it.
    Tar,
}

impl Archive {
    /// The archive that begins with these bytes.
    ///
    /// ```
    /// use fromzero::io::Archive;
    /// assert_eq!(Archive::of(b"PK\x03\x04 and so on"), Some(Archive::Zip));
    /// assert_eq!(Archive::of(b"label,pixel0"), None);
    /// ```
    pub fn of(start: &[u8]) -> Option<Self> {
        /// Where the header of a tar archive's first file has its magic word.
        const USTAR: usize = 257;
        match start {
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Archive::Zip),
            _ if start
                .get(USTAR..)
                .is_some_and(|at| at.starts_with(b"ustar")) =>
            {
                Some(Archive::Tar)
            }
            _ => None,
        }
    }

    /// The archive that a file of this name is.
    pub fn called(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
        if ends(&[".zip"]) {
            Some(Archive::Zip)
        } else if ends(&[".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2"]) {
            Some(Archive::Tar)
        } else {
            None
        }
    }

    /// "a zip archive"
    pub fn name(self) -> &'static str {
        match self {
            Archive::Zip => "a zip archive",
            Archive::Tar => "a tar archive",
        }
    }

    /// What a person has to do with the archive in this file.
    pub fn how_to_unpack(self, path: &Path) -> String {
        let name = path.file_name().unwrap_or(path.as_os_str()).display();
        let command = match self {
            Archive::Zip => "unzip",
            Archive::Tar => "tar -xf",
        };
        format!(
            "unpack it where it lies (`{command} \"{name}\"`), and name the folder or the table that comes out"
        )
    }
}

/// The name of the first entry of a zip file that begins with these bytes.
pub(crate) fn first_in_zip(start: &[u8]) -> Option<&[u8]> {
    /// Where the length of the name and the name stand in an entry's header.
    const LENGTH: usize = 26;
    const NAME: usize = 30;
    let length = start.get(LENGTH..)?.first_chunk()?;
    let name = start.get(NAME..NAME + usize::from(u16::from_le_bytes(*length)))?;
    start.starts_with(b"PK\x03\x04").then_some(name)
}
