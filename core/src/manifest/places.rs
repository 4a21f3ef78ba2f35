//! Where the nodes of a document stand: an index that is built when the first position is asked for.

use super::error::{Position, Span};
use super::field::{self, Step};
use super::scalar::Scalar;
use super::yaml::{Events, Node};

/// The places of all nodes of one document. Index 0 is the root.
#[derive(Debug, Default)]
pub(super) struct Places {
    nodes: Vec<Place>,
}

#[derive(Debug)]
struct Place {
    at: Position,
    /// Where it ends; of a collection, where its last node does or its bracket.
    end: Position,
    inside: Inside,
}

#[derive(Debug)]
enum Inside {
    Scalar,
    Alias(usize),
    Sequence(Vec<usize>),
    Mapping(Vec<Entry>),
}

#[derive(Debug)]
struct Entry {
    /// `None` for a merge.
    name: Option<Box<str>>,
    key: Span,
    value: usize,
}

/// What a path leads to.
pub(super) struct Found {
    pub(super) key: Option<Span>,
    pub(super) value: Span,
    /// The value is no collection, and stands here and not behind an alias.
    pub(super) is_scalar: bool,
    /// Whether the path was followed to its end.
    pub(super) is_whole: bool,
}

impl Place {
    fn span(&self) -> Span {
        Span {
            start: self.at,
            end: self.end,
        }
    }
}

impl Places {
    /// Follows a path from the root as far as it goes.
    pub(super) fn find(&self, path: &str) -> Option<Found> {
        let mut found = Found {
            key: None,
            value: self.nodes.first()?.span(),
            is_scalar: false,
            is_whole: true,
        };
        let mut node = 0;
        for step in field::steps(path) {
            let Some((key, next)) = self.child(node, step) else {
                found.is_whole = false;
                break;
            };
            node = next;
            let place = self.nodes.get(node)?;
            found.key = key;
            found.value = place.span();
            found.is_scalar = matches!(place.inside, Inside::Scalar);
        }
        Some(found)
    }

    /// The keys that stand more than once in their object: path and position of every one but the first.
    pub(super) fn duplicates(&self) -> Vec<(String, Position)> {
        let mut found = Vec::new();
        let mut open = vec![(0, String::new())];
        while let Some((node, path)) = open.pop() {
            match self.nodes.get(node).map(|place| &place.inside) {
                Some(Inside::Sequence(items)) => {
                    for (index, item) in items.iter().enumerate() {
                        let mut path = path.clone();
                        field::push_index(&mut path, index);
                        open.push((*item, path));
                    }
                }
                Some(Inside::Mapping(entries)) => {
                    let mut seen = crate::sorted::SortedSet::new();
                    for entry in entries {
                        let Some(name) = entry.name.as_deref() else {
                            continue;
                        };
                        let mut path = path.clone();
                        field::push_name(&mut path, name);
                        if !seen.insert(name) {
                            found.push((path.clone(), entry.key.start));
                        }
                        open.push((entry.value, path));
                    }
                }
                _ => {}
            }
        }
        found.sort_by_key(|(_, at)| *at);
        found
    }

    fn child(&self, node: usize, step: Step<'_>) -> Option<(Option<Span>, usize)> {
        match &self.nodes.get(self.target(node)?)?.inside {
            Inside::Sequence(items) => match step {
                Step::Bracket(index) => Some((None, *items.get(index.parse::<usize>().ok()?)?)),
                Step::Name(_) => None,
            },
            Inside::Mapping(_) => match step {
                Step::Name(name) | Step::Bracket(name) => self
                    .entry(self.target(node)?, name, 0)
                    .map(|(key, value)| (Some(key), value)),
            },
            Inside::Scalar | Inside::Alias(_) => None,
        }
    }

    /// The entry of a mapping that counts: the last one, where merges stand for what they bring.
    fn entry(&self, mapping: usize, name: &str, merges: usize) -> Option<(Span, usize)> {
        let Inside::Mapping(entries) = &self.nodes.get(mapping)?.inside else {
            return None;
        };
        entries.iter().rev().find_map(|entry| match &entry.name {
            Some(own) => (**own == *name).then_some((entry.key, entry.value)),
            // Merges nest as deep as mappings do; the bound is for a merge of a mapping with itself.
            None if merges > super::MAX_DEPTH => None,
            None => {
                let source = self.target(entry.value)?;
                match &self.nodes.get(source)?.inside {
                    Inside::Sequence(sources) => sources
                        .iter()
                        .find_map(|s| self.entry(self.target(*s)?, name, merges + 1)),
                    _ => self.entry(source, name, merges + 1),
                }
            }
        })
    }

    fn target(&self, node: usize) -> Option<usize> {
        match self.nodes.get(node)?.inside {
            Inside::Alias(target) => Some(target),
            _ => Some(node),
        }
    }
}

/// A key that waits for its value; without a name it is a merge.
type Key = (Option<Box<str>>, Span);

/// Collects places while a document is walked from its start to its end.
pub(super) struct Builder {
    places: Places,
    /// The open collections, the outermost first, each with the key that waits for its value.
    open: Vec<(usize, Option<Key>)>,
    last_end: Position,
}

impl Builder {
    pub(super) fn starting(at: Position) -> Self {
        Self {
            places: Places::default(),
            open: Vec::new(),
            last_end: at,
        }
    }

    pub(super) fn expects_key(&self) -> bool {
        match self.open.last() {
            Some((node, None)) => {
                matches!(
                    self.places.nodes.get(*node).map(|p| &p.inside),
                    Some(Inside::Mapping(_))
                )
            }
            _ => false,
        }
    }

    /// A key of the innermost mapping; `None` is a merge.
    pub(super) fn key(&mut self, name: Option<Box<str>>, span: Span) {
        if let Some((_, key)) = self.open.last_mut() {
            *key = Some((name, span));
        }
    }

    pub(super) fn scalar(&mut self, span: Span) -> usize {
        self.add(span, Inside::Scalar)
    }

    pub(super) fn alias(&mut self, target: usize, span: Span) -> usize {
        self.add(span, Inside::Alias(target))
    }

    pub(super) fn open_sequence(&mut self, at: Position) -> usize {
        let node = self.add(Span { start: at, end: at }, Inside::Sequence(Vec::new()));
        self.open.push((node, None));
        node
    }

    pub(super) fn open_mapping(&mut self, at: Position) -> usize {
        let node = self.add(Span { start: at, end: at }, Inside::Mapping(Vec::new()));
        self.open.push((node, None));
        node
    }

    /// Ends the innermost collection, whose own mark of an end stands before `end`; a block's is where the next node
    /// starts, so what is nearer counts: the end of its last node.
    pub(super) fn close(&mut self, end: Position) {
        let Some((node, _)) = self.open.pop() else { return };
        let last = self.last_end;
        if let Some(place) = self.places.nodes.get_mut(node) {
            let is_flow = end.line == last.line && end.column > last.column;
            place.end = if is_flow || last < place.at { end } else { last };
            self.last_end = place.end;
        }
    }

    pub(super) fn finish(self) -> Places {
        self.places
    }

    fn add(&mut self, span: Span, inside: Inside) -> usize {
        let node = self.places.nodes.len();
        self.last_end = span.end;
        self.places.nodes.push(Place {
            at: span.start,
            end: span.end,
            inside,
        });
        if let Some((parent, key)) = self.open.last_mut() {
            match self.places.nodes.get_mut(*parent).map(|place| &mut place.inside) {
                Some(Inside::Sequence(items)) => items.push(node),
                Some(Inside::Mapping(entries)) => {
                    if let Some((name, key)) = key.take() {
                        entries.push(Entry {
                            name,
                            key,
                            value: node,
                        });
                    }
                }
                _ => {}
            }
        }
        node
    }
}

/// The places of the first YAML document of `text`, which starts at `start` in the input. The text has been read
/// before, so a fault ends it early and no more.
pub(super) fn of_yaml(text: &str, start: Position) -> Places {
    let mut builder = Builder::starting(start);
    let mut anchors: Vec<Anchored> = Vec::new();
    let mut events = Events::of(text, start);
    while let Ok(Some((node, at))) = events.next_in_document() {
        let span = Span {
            start: at,
            end: events.end(),
        };
        let (anchor, anchored) = match node {
            Node::Scalar {
                merges: true, anchor, ..
            } if builder.expects_key() => {
                builder.key(None, span);
                let name = Some(Box::from("<<"));
                (anchor, Anchored { node: None, name })
            }
            Node::Scalar {
                text,
                plain,
                tag,
                anchor,
                ..
            } => {
                let name = match tag {
                    Some(tag) => Scalar::of_tagged(&text, tag).ok(),
                    None if plain => Scalar::of_plain(&text),
                    None => None,
                };
                let name = name.and_then(|scalar| scalar.into_key().ok());
                let name: Box<str> = name.map_or_else(|| Box::from(&*text), String::into_boxed_str);
                if builder.expects_key() {
                    builder.key(Some(name.clone()), span);
                    (
                        anchor,
                        Anchored {
                            node: None,
                            name: Some(name),
                        },
                    )
                } else {
                    (
                        anchor,
                        Anchored {
                            node: Some(builder.scalar(span)),
                            name: Some(name),
                        },
                    )
                }
            }
            Node::Sequence { anchor } => (
                anchor,
                Anchored {
                    node: Some(builder.open_sequence(at)),
                    name: None,
                },
            ),
            Node::Mapping { anchor } => (
                anchor,
                Anchored {
                    node: Some(builder.open_mapping(at)),
                    name: None,
                },
            ),
            Node::Alias { anchor, .. } => {
                let anchored = anchors.get(anchor);
                match anchored.and_then(|anchored| anchored.name.clone()) {
                    name @ Some(_) if builder.expects_key() => builder.key(name, span),
                    _ => match anchored.and_then(|anchored| anchored.node) {
                        Some(target) => drop(builder.alias(target, span)),
                        None => drop(builder.scalar(span)),
                    },
                }
                continue;
            }
            Node::End => {
                builder.close(span.end);
                continue;
            }
        };
        if anchor != 0 {
            anchors.resize_with(anchors.len().max(anchor + 1), Anchored::default);
            if let Some(slot) = anchors.get_mut(anchor) {
                *slot = anchored;
            }
        }
    }
    builder.finish()
}

/// What an alias may lead to: a node, or a scalar's text where it serves as a key.
#[derive(Default)]
struct Anchored {
    node: Option<usize>,
    name: Option<Box<str>>,
}
