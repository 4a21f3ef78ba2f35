//! What the parts of an explanation must say.
