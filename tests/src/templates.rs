//! Random StatefulSets over the whole schema, their comparison with upstream, and the tables of the schema.

mod compare;
mod random;
mod smaller;
pub mod tables;
mod upstream;
mod values;

pub use compare::difference;
pub(crate) use compare::unequal;
pub use random::Union;
pub use smaller::smallest;
pub use upstream::{Scheme, question, schema_dump};
