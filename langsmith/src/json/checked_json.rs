//! Makes a `RawValue` of validated JSON without parsing it a second time.

use serde::de::value::{BorrowedStrDeserializer, Error};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;

/// A deserializer that yields validated JSON as a `&RawValue`. It hands the text over as `serde_json` does: as the only
/// entry of a map, keyed by the name of the requested type. Should `serde_json` change this protocol, the type returns
/// an error.
pub(crate) struct CheckedJson<'a>(pub(crate) &'a str);

impl<'de> Deserializer<'de> for CheckedJson<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_str(self.0)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_map(Entry { name: Some(name), json: self.0 })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

struct Entry<'a> {
    name: Option<&'static str>,
    json: &'a str,
}

impl<'a> MapAccess<'a> for Entry<'a> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        self.name.take().map(|name| seed.deserialize(BorrowedStrDeserializer::new(name))).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(BorrowedStrDeserializer::new(self.json))
    }
}
