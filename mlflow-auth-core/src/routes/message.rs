//! What a protobuf message may hold, as far as its JSON form is concerned.

/// A protobuf message, as MLflow reads it from JSON (`google.protobuf.json_format.ParseDict`).
#[derive(Debug)]
pub struct Message {
    /// Its name, without the package. For requests, the name by which MLflow's handlers call it.
    pub name: &'static str,
    /// Its fields.
    pub fields: &'static [Field],
}

/// A field of a message.
#[derive(Debug)]
pub struct Field {
    /// Its name in the protobuf definition, in `snake_case`. It goes by its [`Field::json_name`] as well.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it is a list of that.
    pub repeated: bool,
    /// The group of which only one field may be there.
    pub oneof: Option<&'static str>,
}

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A text.
    String,
    /// Bytes, in base64.
    Bytes,
    /// `true` or `false`.
    Bool,
    /// A signed number of 32 bits.
    Int32,
    /// An unsigned number of 32 bits.
    Uint32,
    /// A signed number of 64 bits.
    Int64,
    /// An unsigned number of 64 bits.
    Uint64,
    /// A floating point number of 32 bits.
    Float,
    /// A floating point number of 64 bits.
    Double,
    /// One of several names.
    Enum(&'static Enum),
    /// A message.
    Message(&'static Message),
    /// An object with any keys, and values of this kind.
    Map(&'static Kind),
    /// Any JSON (`google.protobuf.Value`).
    Value,
    /// A time in the form of RFC 3339 (`google.protobuf.Timestamp`).
    Timestamp,
    /// Seconds, with an `s` behind them (`google.protobuf.Duration`).
    Duration,
    /// Names of fields in `lowerCamelCase`, with commas between them (`google.protobuf.FieldMask`).
    FieldMask,
}

/// The names of an enum, each with its number.
#[derive(Debug)]
pub struct Enum {
    /// The names.
    pub values: &'static [(&'static str, i32)],
    /// Whether other numbers are refused.
    pub closed: bool,
}

impl Message {
    /// The field that goes by this name, in either spelling.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name || field.json_name().eq(name.chars()))
    }
}

impl Field {
    /// The other spelling of its name, in `lowerCamelCase`: an underscore is left out and the next letter is a capital.
    pub fn json_name(&self) -> impl Iterator<Item = char> + use<> {
        let mut capital = false;
        self.name.chars().filter_map(move |letter| match letter {
            '_' => {
                capital = true;
                None
            }
            letter if std::mem::take(&mut capital) => Some(letter.to_ascii_uppercase()),
            letter => Some(letter),
        })
    }
}

/// A field that may be there once.
pub(super) const fn one(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, repeated: false, oneof: None }
}

/// A list.
pub(super) const fn many(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, repeated: true, oneof: None }
}

/// One of the fields of `group`, of which only one may be there.
pub(super) const fn of(group: &'static str, name: &'static str, kind: Kind) -> Field {
    Field { name, kind, repeated: false, oneof: Some(group) }
}

impl Enum {
    /// The name that has this number.
    pub fn name(&self, number: i32) -> Option<&'static str> {
        self.values.iter().find(|(_, known)| *known == number).map(|(name, _)| *name)
    }

    /// Whether it has this name.
    pub fn has(&self, name: &str) -> bool {
        self.values.iter().any(|(known, _)| *known == name)
    }
}
