//! Files that are nearly right: good ones with a few changes, of the kinds that break readers.

use fromzero::rng::Rng;

/// Numbers at which sizes and counts turn over.
const NUMBERS: [u64; 16] = [
    0,
    1,
    2,
    3,
    4,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0x8000,
    0xffff,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0x7fff_ffff_ffff_ffff,
    0xffff_ffff_ffff_ffff,
];
/// The most changes to one file.
const MOST_CHANGES: u64 = 4;
/// The longest run of bytes that is put in, taken out or repeated.
const LONGEST_RUN: u64 = 64;

/// A maker of files, the same for the same seed.
pub struct Mutator {
    rng: Rng,
    seeds: Vec<Vec<u8>>,
    /// What stands in headers of this format.
    words: &'static [&'static str],
}

impl Mutator {
    pub fn new(seeds: Vec<Vec<u8>>, words: &'static [&'static str], seed: u64) -> Self {
        assert!(!seeds.is_empty());
        Mutator {
            rng: Rng::new(seed),
            seeds,
            words,
        }
    }

    /// The next file, and whether its check sums and lengths should be made right again, so that readers go on behind them.
    pub fn next(&mut self) -> (Vec<u8>, bool) {
        let chosen = self.below(self.seeds.len());
        let mut file = self.seeds[chosen].clone();
        for _ in 0..=self.rng.below(MOST_CHANGES) {
            self.change(&mut file);
        }
        (file, self.rng.below(2) == 0)
    }

    fn change(&mut self, file: &mut Vec<u8>) {
        match self.rng.below(10) {
            0 if !file.is_empty() => {
                let at = self.place(file);
                file[at] ^= 1 << self.rng.below(8);
            }
            1 if !file.is_empty() => {
                let at = self.place(file);
                file[at] = self.byte();
            }
            2 => file.truncate(self.below(file.len() + 1)),
            3 => self.put_in(file),
            4 => self.take_out(file),
            5 => self.splice(file),
            6 | 7 => self.change_field(file),
            8 => self.change_digits(file),
            _ => self.put_word(file),
        }
    }

    fn below(&mut self, n: usize) -> usize {
        self.rng.below(n as u64) as usize
    }

    /// A byte of the file, more often one of the first hundred: headers are there.
    fn place(&mut self, file: &[u8]) -> usize {
        let reach = match self.rng.below(2) {
            0 => file.len().min(100),
            _ => file.len(),
        };
        self.below(reach)
    }

    fn byte(&mut self) -> u8 {
        match self.rng.below(2) {
            0 => NUMBERS[self.below(NUMBERS.len())] as u8,
            _ => self.rng.next_u64() as u8,
        }
    }

    /// Bytes of the file that follow each other.
    fn run(&mut self, file: &[u8]) -> std::ops::Range<usize> {
        let start = self.below(file.len() + 1);
        let length = self.rng.below(LONGEST_RUN) as usize;
        start..file.len().min(start + length)
    }

    /// Random bytes, or some that are there already.
    fn put_in(&mut self, file: &mut Vec<u8>) {
        let run = self.run(file);
        let again = match self.rng.below(2) {
            0 => file[run].to_vec(),
            _ => (0..self.rng.below(LONGEST_RUN))
                .map(|_| self.byte())
                .collect(),
        };
        let at = self.below(file.len() + 1);
        file.splice(at..at, again);
    }

    fn take_out(&mut self, file: &mut Vec<u8>) {
        let run = self.run(file);
        file.drain(run);
    }

    /// The end of another file behind the beginning of this one.
    fn splice(&mut self, file: &mut Vec<u8>) {
        let other = self.below(self.seeds.len());
        let from = self.below(self.seeds[other].len() + 1);
        file.truncate(self.below(file.len() + 1));
        file.extend(&self.seeds[other][from..]);
    }

    /// A number of 2, 4 or 8 bytes, in either order.
    fn change_field(&mut self, file: &mut [u8]) {
        let size = [2, 4, 8][self.below(3)];
        if file.len() < size {
            return;
        }
        let number = match self.rng.below(3) {
            0 => (file.len() as u64)
                .wrapping_add(self.rng.below(5))
                .wrapping_sub(2),
            1 => NUMBERS[self.below(NUMBERS.len())].wrapping_sub(self.rng.below(3)),
            _ => NUMBERS[self.below(NUMBERS.len())],
        };
        let at = self.place(&file[..=file.len() - size]);
        let low_first = &number.to_le_bytes()[..size];
        let field = &mut file[at..at + size];
        field.copy_from_slice(low_first);
        if self.rng.below(2) == 0 {
            field.reverse();
        }
    }

    /// A number in a text.
    fn change_digits(&mut self, file: &mut Vec<u8>) {
        let at = self.below(file.len() + 1);
        let Some(start) = file[at..]
            .iter()
            .position(u8::is_ascii_digit)
            .map(|i| at + i)
        else {
            return;
        };
        let length = file[start..]
            .iter()
            .take_while(|c| c.is_ascii_digit())
            .count();
        let number = match self.rng.below(2) {
            0 => NUMBERS[self.below(NUMBERS.len())].to_string(),
            _ => self.rng.below(20).to_string(),
        };
        file.splice(start..start + length, number.bytes());
    }

    /// A word of the format, in the place of another one or anywhere.
    fn put_word(&mut self, file: &mut Vec<u8>) {
        let Some(last) = self.words.len().checked_sub(1) else {
            return;
        };
        let (old, new) = (self.below(last + 1), self.below(last + 1));
        let (old, new) = (self.words[old].as_bytes(), self.words[new].as_bytes());
        let found = file.windows(old.len()).position(|part| part == old);
        match found {
            Some(at) => drop(file.splice(at..at + old.len(), new.iter().copied())),
            None => {
                let at = self.below(file.len() + 1);
                file.splice(at..at, new.iter().copied());
            }
        }
    }
}
