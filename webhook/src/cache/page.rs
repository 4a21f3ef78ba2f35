//! A page of a list, whose items are taken one by one: the whole of it never is in memory but as text.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::{Keep, Listing};

/// Reads `items` into a listing; what comes of it is the page's `metadata`.
pub(crate) struct Page<'l>(pub(crate) &'l mut Listing);

impl<'de> DeserializeSeed<'de> for Page<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Page<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of objects")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let (mut metadata, mut is_list) = (Value::Null, false);
        while let Some(name) = access.next_key::<Cow<'_, str>>()? {
            match &*name {
                "metadata" => metadata = access.next_value()?,
                "items" => {
                    access.next_value_seed(Items(self.0))?;
                    is_list = true;
                }
                _ => {
                    access.next_value::<IgnoredAny>()?;
                }
            }
        }
        match is_list {
            true => Ok(metadata),
            false => Err(A::Error::custom("it has no items")),
        }
    }
}

struct Items<'l>(&'l mut Listing);

impl<'de> DeserializeSeed<'de> for Items<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for Items<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("items")
    }

    /// Go writes an empty list as `null`.
    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        while let Some(object) = access.next_element_seed(ITEM)? {
            self.0.add(&object);
        }
        Ok(())
    }
}

/// What no kind keeps is not even built.
const ITEM: Keep<'_> = Keep::But(&[("metadata", Keep::But(&[("managedFields", Keep::Nothing)]))]);
