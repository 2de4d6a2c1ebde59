//! Replies, as bytes.

/// An element.
pub(crate) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let head = match length {
        0..0x80 => vec![tag, length as u8],
        _ => [&[tag, 0x84], (length as u32).to_be_bytes().as_slice()].concat(),
    };
    [head, content.to_vec()].concat()
}

/// A message with the number of a request.
pub(crate) fn message(id: u32, operation: &[u8]) -> Vec<u8> {
    tlv(0x30, &[tlv(2, &id.to_be_bytes()), operation.to_vec()].concat())
}

/// A result with a code.
pub(crate) fn result(tag: u8, code: u8) -> Vec<u8> {
    tlv(tag, &[tlv(10, &[code]), tlv(4, b""), tlv(4, b"")].concat())
}

pub(crate) fn entry(dn: &[u8], attributes: &[(&[u8], &[&[u8]])]) -> Vec<u8> {
    let attribute = |(name, values): &(&[u8], &[&[u8]])| {
        let values: Vec<u8> = values.iter().flat_map(|value| tlv(4, value)).collect();
        tlv(0x30, &[tlv(4, name), tlv(0x31, &values)].concat())
    };
    let attributes: Vec<u8> = attributes.iter().flat_map(attribute).collect();
    tlv(0x64, &[tlv(4, dn), tlv(0x30, &attributes)].concat())
}

pub(crate) fn reference(uri: &str) -> Vec<u8> {
    tlv(0x73, &tlv(4, uri.as_bytes()))
}

/// Elements in elements, `depth` times.
pub(crate) fn nested(tag: u8, depth: usize) -> Vec<u8> {
    let mut backwards: Vec<u8> = Vec::new();
    for _ in 0..depth {
        let length = backwards.len() as u32;
        backwards.extend(length.to_be_bytes().iter().rev());
        backwards.extend([0x84, tag]);
    }
    backwards.reverse();
    backwards
}
