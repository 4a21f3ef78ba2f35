//! YAML to values: one document, decoded as go-yaml v2 decodes it (`decode.go`).

use crate::sorted::{SortedMap, SortedSet};
use std::borrow::Cow;

use serde_json::map::Entry;
use serde_json::{Map, Value};

use super::MAX_DEPTH;
use super::alias::{Budget, Kept};
use super::document::{Notice, NoticeCode};
use super::error::{Position, ReadError};
use super::scalar::{Scalar, Tag};
use super::work::{self, Work};
use super::yaml::{Events, Node};
use super::{field, text};

/// The first document of a text. `root` is `None` where there is none, or nothing in it.
pub(super) struct Parsed {
    pub(super) root: Option<(Value, Position)>,
    pub(super) notices: Vec<Notice>,
}

/// Reads the first document of `text`, which starts at `start` in the input.
pub(super) fn parse(text: &str, start: Position, work: &mut Work) -> Result<Parsed, ReadError> {
    if !work.pay(work::DOCUMENT) {
        return Err(work::excess(start));
    }
    let mut builder = Builder::default();
    let mut events = Events::of(text, start);
    let mut read = || -> Result<(), ReadError> {
        while let Some((node, at)) = events.next_in_document().map_err(|refusal| *refusal)? {
            if !work.pay(cost_of(&node) + builder.cost_of_many()) {
                return Err(work::excess(at));
            }
            builder.take(node, at)?;
        }
        Ok(())
    };
    let read = read();
    // What is no text is the first thing to say of it, as far as go-yaml would have looked.
    let seen = if read.is_ok() {
        events.looked_at()
    } else {
        text.len()
    };
    text::check_characters(text, seen, start)?;
    read?;
    if let Some(fault) = builder.fault {
        return Err(*fault);
    }
    if builder.root.is_some()
        && let Some(at) = events.content_after_document()
    {
        let message = "only the first document counts: nothing is read from here to the next `---` line";
        builder.notices.push(Notice {
            code: NoticeCode::IgnoredContent,
            message: message.to_owned(),
            field: String::new(),
            position: at,
        });
    }
    Ok(Parsed {
        root: builder.root,
        notices: builder.notices,
    })
}

fn cost_of(node: &Node<'_>) -> u64 {
    let (cost, anchor) = match node {
        Node::Scalar { anchor, tag, .. } => (1 + tag.map_or(0, |_| work::TAG), *anchor),
        Node::Sequence { anchor } => (1, *anchor),
        Node::Mapping { anchor } => (work::OBJECT, *anchor),
        Node::Alias { .. } => (1, 0),
        Node::End => (0, 0),
    };
    cost + if anchor > 0 { work::ANCHOR } else { 0 }
}

/// How many keys that stand twice are told of in one document.
const MAX_NOTICES: usize = 1_000;

#[derive(Default)]
struct Builder {
    /// The collections that are open, the outermost first.
    frames: Vec<Frame>,
    anchors: Vec<Option<Anchor>>,
    budget: Budget,
    root: Option<(Value, Position)>,
    /// Why the root is nothing in JSON.
    fault: Option<Box<ReadError>>,
    notices: Vec<Notice>,
}

enum Anchor {
    Open,
    Closed(Kept),
}

struct Frame {
    collection: Collection,
    at: Position,
    anchor: usize,
    /// How many levels the collection has so far, itself among them.
    depth: usize,
    /// What had been decoded before it: nodes and bytes.
    before: (u64, u64),
    /// Why it is nothing in JSON: a key that cannot be one, or an item of a list.
    fault: Option<Box<ReadError>>,
}

enum Collection {
    Sequence(Vec<Value>),
    Mapping {
        map: Map<String, Value>,
        key: Key,
        /// The keys that only a merge has set so far: setting one again is no duplicate.
        merged: SortedSet<String>,
        /// Why the values of keys are nothing in JSON, until the key is set again: Go finds out at the end.
        faults: SortedMap<String, Box<ReadError>>,
    },
}

enum Key {
    Expected,
    Name(String, Position),
    /// One that is decoded, and can be none in JSON.
    Faulty,
    Merge,
}

/// A finished node on its way into the collection around it.
struct Finished {
    value: Value,
    /// Why it is nothing in JSON.
    fault: Option<Box<ReadError>>,
    /// Levels of nesting: 0 for a scalar.
    depth: usize,
    is_alias: bool,
    at: Position,
}

impl Builder {
    fn take(&mut self, node: Node<'_>, at: Position) -> Result<(), ReadError> {
        match node {
            Node::Scalar {
                merges: true, anchor, ..
            } if self.expects_key() => {
                if anchor != 0 {
                    let kept = Kept::of_scalar(Scalar::Text("<<".to_owned()), 2);
                    self.keep(anchor, kept, at)?;
                }
                self.set_key(Key::Merge);
                Ok(())
            }
            Node::Scalar {
                text,
                plain,
                tag,
                anchor,
                ..
            } => {
                let scalar = resolve(text, plain, tag).map_err(|message| ReadError::at(at, message))?;
                let bytes = if let Scalar::Text(text) = &scalar {
                    text.len() as u64
                } else {
                    0
                };
                self.budget.decode(bytes);
                if anchor != 0 {
                    self.keep(anchor, Kept::of_scalar(scalar.clone(), bytes), at)?;
                }
                self.scalar(scalar, false, at)
            }
            Node::Sequence { anchor } => self.open(Collection::Sequence(Vec::new()), anchor, at),
            Node::Mapping { anchor } => {
                let mapping = Collection::Mapping {
                    map: Map::new(),
                    key: Key::Expected,
                    merged: SortedSet::new(),
                    faults: SortedMap::new(),
                };
                self.open(mapping, anchor, at)
            }
            Node::Alias { anchor, name } => self.alias(anchor, name, at),
            Node::End => self.close(),
        }
    }

    fn scalar(&mut self, scalar: Scalar, is_alias: bool, at: Position) -> Result<(), ReadError> {
        let fault = |message| Box::new(ReadError::at(at, message));
        if self.expects_key() {
            match scalar.into_key() {
                Ok(name) => self.set_key(Key::Name(name, at)),
                Err(message) => {
                    self.set_fault(fault(message));
                    self.set_key(Key::Faulty);
                }
            }
            return Ok(());
        }
        let (value, fault) = match scalar.into_json() {
            Ok(value) => (value, None),
            Err(message) => (Value::Null, Some(fault(message))),
        };
        self.place(Finished {
            value,
            fault,
            depth: 0,
            is_alias,
            at,
        })
    }

    fn alias(&mut self, anchor: usize, name: &str, at: Position) -> Result<(), ReadError> {
        let kept = match self.anchors.get(anchor) {
            Some(Some(Anchor::Closed(kept))) => kept,
            Some(Some(Anchor::Open)) => {
                return Err(ReadError::at(at, format!("anchor `{name}` contains itself")));
            }
            _ => return Err(ReadError::at(at, format!("unknown anchor `{name}` referenced"))),
        };
        self.budget.expand(kept, at)?;
        if self.frames.len() + kept.depth > MAX_DEPTH {
            return Err(ReadError::too_deep(at));
        }
        if let Some(scalar) = kept.scalar.clone() {
            return self.scalar(scalar, true, at);
        }
        let finished = Finished {
            value: kept.value.clone(),
            fault: kept.fault.clone(),
            depth: kept.depth,
            is_alias: true,
            at,
        };
        self.refuse_as_key(at)?;
        self.place(finished)
    }

    fn open(&mut self, collection: Collection, anchor: usize, at: Position) -> Result<(), ReadError> {
        self.refuse_as_key(at)?;
        if self.frames.len() >= MAX_DEPTH {
            return Err(ReadError::too_deep(at));
        }
        let before = self.budget.so_far();
        self.budget.decode(0);
        if anchor != 0 {
            self.set_anchor(anchor, Anchor::Open);
        }
        self.frames.push(Frame {
            collection,
            at,
            anchor,
            depth: 1,
            before,
            fault: None,
        });
        Ok(())
    }

    fn close(&mut self) -> Result<(), ReadError> {
        let Some(frame) = self.frames.pop() else {
            return Ok(());
        };
        let (value, faults) = match frame.collection {
            Collection::Sequence(items) => (Value::Array(items), SortedMap::new()),
            Collection::Mapping { map, faults, .. } => (Value::Object(map), faults),
        };
        let faults = faults.into_iter().map(|(_, fault)| fault).chain(frame.fault);
        let fault = faults.min_by_key(|fault| fault.position);
        if frame.anchor != 0 {
            let (nodes, bytes) = self.budget.so_far();
            let (nodes, bytes) = (nodes - frame.before.0, bytes - frame.before.1);
            let kept = Kept {
                value: value.clone(),
                scalar: None,
                fault: fault.clone(),
                nodes,
                bytes,
                depth: frame.depth,
            };
            self.keep(frame.anchor, kept, frame.at)?;
        }
        self.place(Finished {
            value,
            fault,
            depth: frame.depth,
            is_alias: false,
            at: frame.at,
        })
    }

    /// Puts a finished node where the innermost open collection wants it.
    fn place(&mut self, node: Finished) -> Result<(), ReadError> {
        let Some(frame) = self.frames.last_mut() else {
            self.root = Some((node.value, node.at));
            self.fault = node.fault;
            return Ok(());
        };
        frame.depth = frame.depth.max(node.depth + 1);
        match &mut frame.collection {
            Collection::Sequence(items) => {
                items.push(node.value);
                frame.fault = frame.fault.take().or(node.fault);
            }
            Collection::Mapping {
                map,
                key,
                merged,
                faults,
            } => match std::mem::replace(key, Key::Expected) {
                Key::Expected | Key::Faulty => {}
                Key::Merge => {
                    frame.fault = frame.fault.take().or(node.fault);
                    merge(map, merged, node.value, node.is_alias, node.at)?;
                    if !faults.is_empty() {
                        faults.retain(|name, _| !merged.contains(name));
                    }
                }
                Key::Name(name, key_at) => {
                    if let Some(fault) = node.fault {
                        faults.insert(name.clone(), fault);
                    } else if !faults.is_empty() {
                        faults.remove(&name);
                    }
                    match map.entry(name) {
                        Entry::Vacant(vacant) => drop(vacant.insert(node.value)),
                        Entry::Occupied(mut occupied) => {
                            occupied.insert(node.value);
                            if !merged.remove(occupied.key()) && self.notices.len() < MAX_NOTICES {
                                let name = occupied.key().clone();
                                let field = self.field_of(&name);
                                self.notices.push(Notice::duplicate(&field, key_at));
                            }
                        }
                    }
                }
            },
        }
        Ok(())
    }

    /// The path of `name` in the innermost mapping.
    fn field_of(&self, name: &str) -> String {
        let mut path = String::new();
        for frame in &self.frames {
            match &frame.collection {
                Collection::Sequence(items) => field::push_index(&mut path, items.len()),
                Collection::Mapping {
                    key: Key::Name(name, _),
                    ..
                } => field::push_name(&mut path, name),
                Collection::Mapping { .. } => {}
            }
        }
        field::push_name(&mut path, name);
        path
    }

    /// What the next node costs more, because what it belongs to is large.
    fn cost_of_many(&self) -> u64 {
        match self.frames.last().map(|frame| &frame.collection) {
            Some(Collection::Sequence(items)) if items.len() >= work::LARGE => work::ITEM_OF_MANY,
            Some(Collection::Mapping {
                map,
                key: Key::Expected,
                ..
            }) if map.len() >= work::LARGE => work::KEY_OF_MANY,
            _ => 0,
        }
    }

    fn expects_key(&self) -> bool {
        let collection = self.frames.last().map(|frame| &frame.collection);
        matches!(
            collection,
            Some(Collection::Mapping {
                key: Key::Expected,
                ..
            })
        )
    }

    fn set_key(&mut self, new: Key) {
        if let Some(Frame {
            collection: Collection::Mapping { key, .. },
            ..
        }) = self.frames.last_mut()
        {
            *key = new;
        }
    }

    /// The innermost mapping is nothing in JSON, whatever follows.
    fn set_fault(&mut self, fault: Box<ReadError>) {
        if let Some(frame) = self.frames.last_mut() {
            frame.fault.get_or_insert(fault);
        }
    }

    fn refuse_as_key(&self, at: Position) -> Result<(), ReadError> {
        if self.expects_key() {
            let message = "an object or a list cannot be a key: quote text in braces, render templates first";
            return Err(ReadError::at(at, message));
        }
        Ok(())
    }

    fn keep(&mut self, anchor: usize, kept: Kept, at: Position) -> Result<(), ReadError> {
        self.budget.keep(&kept, at)?;
        self.set_anchor(anchor, Anchor::Closed(kept));
        Ok(())
    }

    fn set_anchor(&mut self, anchor: usize, new: Anchor) {
        if self.anchors.len() <= anchor {
            self.anchors.resize_with(anchor + 1, || None);
        }
        if let Some(slot) = self.anchors.get_mut(anchor) {
            *slot = Some(new);
        }
    }
}

fn resolve(text: Cow<'_, str>, plain: bool, tag: Option<Tag>) -> Result<Scalar, String> {
    match tag {
        Some(tag) => Scalar::of_tagged(&text, tag),
        None if plain => Ok(Scalar::of_plain(&text).unwrap_or_else(|| Scalar::Text(text.into_owned()))),
        None => Ok(Scalar::Text(text.into_owned())),
    }
}

/// `<<`: the keys of one mapping, or of several where the first has the last word, go in as if they stood here.
/// So they win over what stands before the merge, and lose against what follows it.
fn merge(
    map: &mut Map<String, Value>,
    merged: &mut SortedSet<String>,
    value: Value,
    aliased: bool,
    at: Position,
) -> Result<(), ReadError> {
    let sources = match value {
        Value::Object(source) => vec![Value::Object(source)],
        Value::Array(sources) if !aliased => sources,
        _ => vec![Value::Null],
    };
    for source in sources.into_iter().rev() {
        let Value::Object(source) = source else {
            let message = "map merge requires map or sequence of maps as the value";
            return Err(ReadError::at(at, message));
        };
        for (name, value) in source {
            merged.insert(name.clone());
            map.insert(name, value);
        }
    }
    Ok(())
}
