//! Zip files (PKWARE's APPNOTE.TXT, version 6.3): as much as arrays need. Entries are stored or deflated; ZIP64 and data
//! descriptors are understood; encryption, several disks and everything ambiguous are refused.
//!
//! A file is read from its end, where the directory is. What the directory and the headers of the entries say must agree, and no
//! two entries may share a byte: then what is unpacked is bounded by what is there.

mod directory;
mod end;
mod entry;
mod write;

pub(super) use entry::ZipReader;
pub(super) use write::ZipWriter;
