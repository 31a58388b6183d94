//! Protocol Buffers, written: fields with a number and a value, nested by writing a message into another as bytes
//! (<https://protobuf.dev/programming-guides/encoding>).

/// How a value is written.
const VARINT: u64 = 0;
const LENGTH_FIRST: u64 = 2;
const FOUR_BYTES: u64 = 5;

/// A message that is being put together.
#[derive(Default)]
pub(super) struct Message {
    pub(super) bytes: Vec<u8>,
}

impl Message {
    /// Appends a whole number that is not negative.
    pub(super) fn number(mut self, field: u64, value: u64) -> Self {
        self.varint(field << 3 | VARINT);
        self.varint(value);
        self
    }

    /// Appends a floating-point number of 32 bits.
    pub(super) fn float(mut self, field: u64, value: f32) -> Self {
        self.varint(field << 3 | FOUR_BYTES);
        self.bytes.extend(value.to_le_bytes());
        self
    }

    /// Appends bytes.
    pub(super) fn raw(mut self, field: u64, value: &[u8]) -> Self {
        self.varint(field << 3 | LENGTH_FIRST);
        self.varint(value.len() as u64);
        self.bytes.extend(value);
        self
    }

    /// Appends a text.
    pub(super) fn text(self, field: u64, value: &str) -> Self {
        self.raw(field, value.as_bytes())
    }

    /// Appends another message.
    pub(super) fn message(self, field: u64, value: &Message) -> Self {
        self.raw(field, &value.bytes)
    }

    /// Appends several values of one field.
    pub(super) fn each<V>(
        self,
        values: impl IntoIterator<Item = V>,
        append: impl FnMut(Self, V) -> Self,
    ) -> Self {
        values.into_iter().fold(self, append)
    }

    /// Seven bits in a byte, the lowest first; the eighth says that more follow.
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the format's documentation.
    #[test]
    fn numbers_and_texts_are_written_as_documented() {
        assert_eq!(Message::default().number(1, 150).bytes, [0x08, 0x96, 0x01]);
        let text = Message::default().text(2, "testing");
        assert_eq!(text.bytes, *b"\x12\x07testing");
        let inner = Message::default().number(1, 150);
        let outer = Message::default().message(3, &inner);
        assert_eq!(outer.bytes, [0x1a, 0x03, 0x08, 0x96, 0x01]);
        let float = Message::default().float(2, 1.0);
        assert_eq!(float.bytes, [0x15, 0, 0, 0x80, 0x3f]);
    }
}
