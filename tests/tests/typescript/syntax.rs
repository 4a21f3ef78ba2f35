//! As much of TypeScript's syntax as types are written in.

use std::iter::Peekable;
use std::vec::IntoIter;

/// A type.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// `string`, `Plan`, `Array<Action>`.
    Name(String, Vec<Type>),
    /// `"text"`.
    Text(String),
    /// `0`.
    Number(u64),
    /// `Operation["type"]`.
    Indexed(Box<Type>, Box<Type>),
    /// `{ ... }`.
    Object(Vec<Member>),
    /// `A | B`.
    Union(Vec<Alternative>),
    /// `A & B`.
    Intersection(Vec<Type>),
}

/// One of a union.
#[derive(Clone, Debug, PartialEq)]
pub struct Alternative {
    /// What is said of it, a paragraph each.
    pub docs: Vec<String>,
    pub of: Type,
}

/// A field of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// What is said of it, as it is written.
    pub docs: Vec<String>,
    pub key: Key,
    pub is_optional: bool,
    pub of: Type,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Key {
    /// `name`.
    Field(String),
    /// `[name: string]`.
    Index(String, Type),
    /// `[name in Gate]`.
    Each(String, Type),
}

/// `export type NAME = TYPE;`, or the same as an interface.
#[derive(Clone, Debug)]
pub struct Declaration {
    pub docs: Vec<String>,
    pub name: String,
    pub of: Type,
}

impl Type {
    pub fn name(name: &str) -> Self {
        Self::Name(name.to_owned(), Vec::new())
    }

    pub fn union(all: Vec<Self>) -> Self {
        let alternatives = all.into_iter().map(|of| Alternative { docs: Vec::new(), of });
        Self::Union(alternatives.collect())
    }

    /// The same without what is said of it.
    pub fn bare(&self) -> Self {
        let mut bare = self.clone();
        bare.visit(&mut |of| match of {
            Self::Object(members) => members.iter_mut().for_each(|member| member.docs.clear()),
            Self::Union(all) => all.iter_mut().for_each(|one| one.docs.clear()),
            _ => {}
        });
        bare
    }

    /// Calls `see` for this type and every type in it, from the inside out.
    pub fn visit(&mut self, see: &mut dyn FnMut(&mut Self)) {
        match self {
            Self::Name(_, all) | Self::Intersection(all) => all.iter_mut().for_each(|of| of.visit(see)),
            Self::Union(all) => all.iter_mut().for_each(|one| one.of.visit(see)),
            Self::Indexed(of, by) => {
                of.visit(see);
                by.visit(see);
            }
            Self::Object(members) => {
                for member in members {
                    if let Key::Index(_, of) | Key::Each(_, of) = &mut member.key {
                        of.visit(see);
                    }
                    member.of.visit(see);
                }
            }
            Self::Text(_) | Self::Number(_) => {}
        }
        see(self);
    }
}

/// All declarations of a file. What is not an exported type, or is of a kind that `Type` does not know, is left out.
pub fn declarations(text: &str) -> Vec<Declaration> {
    let starts = text.match_indices("\nexport ").map(|(at, _)| at + 1);
    starts
        .filter_map(|at| {
            let docs = text[..at]
                .trim_end()
                .ends_with("*/")
                .then(|| &text[text[..at].rfind("/**").unwrap()..at]);
            let rest = text[at..].strip_prefix("export ").unwrap();
            let (rest, is_interface) = match (rest.strip_prefix("type "), rest.strip_prefix("interface ")) {
                (Some(rest), _) => (rest, false),
                (_, Some(rest)) => (rest, true),
                _ => return None,
            };
            let (name, rest) = rest.split_once(' ')?;
            if name.contains('<') {
                return None;
            }
            let rest = if is_interface {
                rest
            } else {
                rest.strip_prefix("=")?
            };
            // An interface ends with its brace, and nothing marks that.
            let tokens = tokens(if is_interface {
                &rest[..rest.find("\n}").unwrap() + 2]
            } else {
                rest
            });
            Some(Declaration {
                docs: docs.map(lines_of_comment).unwrap_or_default(),
                name: name.to_owned(),
                of: Parser {
                    tokens: tokens.into_iter().peekable(),
                }
                .union(),
            })
        })
        .collect()
}

/// Reads the text of one type.
pub fn parse(text: &str) -> Type {
    Parser {
        tokens: tokens(text).into_iter().peekable(),
    }
    .union()
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Number(u64),
    Docs(Vec<String>),
    Mark(char),
}

/// The tokens up to the `;` that ends a declaration.
fn tokens(text: &str) -> Vec<Token> {
    let (mut tokens, mut depth, mut rest) = (Vec::new(), 0usize, text.trim_start());
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("/*") {
            let length = rest.find("*/").expect("a comment ends") + 2;
            tokens.push(Token::Docs(lines_of_comment(&rest[..length])));
            length
        } else if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if first == '"' {
            let length = rest[1..].find('"').expect("a text ends") + 2;
            tokens.push(Token::Text(rest[1..length - 1].to_owned()));
            length
        } else if first.is_alphanumeric() || first == '_' {
            let length = rest
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len());
            let word = &rest[..length];
            tokens.push(
                word.parse()
                    .map_or_else(|_| Token::Word(word.to_owned()), Token::Number),
            );
            length
        } else {
            match first {
                '{' | '(' | '[' => depth += 1,
                '}' | ')' | ']' => depth -= 1,
                ';' if depth == 0 => break,
                _ => {}
            }
            tokens.push(Token::Mark(first));
            first.len_utf8()
        };
        rest = rest[length..].trim_start();
    }
    tokens
}

fn lines_of_comment(comment: &str) -> Vec<String> {
    let inner = comment.trim().trim_start_matches("/**").trim_end_matches("*/");
    let lines = inner.lines().map(|line| {
        let line = line.trim_start();
        line.strip_prefix("* ")
            .or(line.strip_prefix('*'))
            .unwrap_or(line)
            .trim_end()
            .to_owned()
    });
    let lines: Vec<String> = lines.collect();
    let is_text = |line: &String| !line.is_empty();
    match (lines.iter().position(is_text), lines.iter().rposition(is_text)) {
        (Some(first), Some(last)) => lines[first..=last].to_vec(),
        _ => Vec::new(),
    }
}

struct Parser {
    tokens: Peekable<IntoIter<Token>>,
}

impl Parser {
    fn takes(&mut self, mark: char) -> bool {
        self.tokens.next_if_eq(&Token::Mark(mark)).is_some()
    }

    fn expect(&mut self, mark: char) {
        let found = self.tokens.next();
        assert_eq!(
            found,
            Some(Token::Mark(mark)),
            "before {:?}",
            self.tokens.clone().take(9).collect::<Vec<_>>()
        );
    }

    fn docs(&mut self) -> Vec<String> {
        let mut docs = Vec::new();
        while let Some(Token::Docs(lines)) = self.tokens.next_if(|token| matches!(token, Token::Docs(_))) {
            docs = lines;
        }
        docs
    }

    /// Docs stand before the `|` of what they speak of.
    fn union(&mut self) -> Type {
        let mut all = Vec::new();
        loop {
            let docs = self.docs();
            self.takes('|');
            let of = self.intersection();
            all.push(Alternative { docs, of });
            if !matches!(self.tokens.peek(), Some(Token::Mark('|') | Token::Docs(_))) {
                break;
            }
        }
        if all.len() == 1 {
            all.remove(0).of
        } else {
            Type::Union(all)
        }
    }

    fn intersection(&mut self) -> Type {
        let mut all = vec![self.indexed()];
        while self.takes('&') {
            all.push(self.indexed());
        }
        if all.len() == 1 {
            all.remove(0)
        } else {
            Type::Intersection(all)
        }
    }

    fn indexed(&mut self) -> Type {
        let is_readonly = self
            .tokens
            .next_if_eq(&Token::Word("readonly".to_owned()))
            .is_some();
        let mut of = self.one();
        while self.takes('[') {
            if self.takes(']') {
                let list = if is_readonly { "ReadonlyArray" } else { "Array" };
                of = Type::Name(list.to_owned(), vec![of]);
            } else {
                of = Type::Indexed(Box::new(of), Box::new(self.union()));
                self.expect(']');
            }
        }
        of
    }

    fn one(&mut self) -> Type {
        match self.tokens.next() {
            Some(Token::Text(text)) => Type::Text(text),
            Some(Token::Number(number)) => Type::Number(number),
            Some(Token::Mark('(')) => {
                let of = self.union();
                self.expect(')');
                of
            }
            Some(Token::Mark('{')) => Type::Object(self.members()),
            Some(Token::Word(name)) => {
                let mut arguments = Vec::new();
                if self.takes('<') {
                    arguments.push(self.union());
                    while self.takes(',') {
                        arguments.push(self.union());
                    }
                    self.expect('>');
                }
                Type::Name(name, arguments)
            }
            other => panic!("{other:?} begins no type"),
        }
    }

    fn members(&mut self) -> Vec<Member> {
        let mut members = Vec::new();
        loop {
            let docs = self.docs();
            if self.takes('}') {
                return members;
            }
            let key = match self.tokens.next() {
                Some(Token::Word(name) | Token::Text(name)) => Key::Field(name),
                Some(Token::Mark('[')) => self.key(),
                other => panic!("{other:?} begins no field"),
            };
            let is_optional = self.takes('?');
            self.expect(':');
            let of = self.union();
            members.push(Member {
                docs,
                key,
                is_optional,
                of,
            });
            let _ = self.takes(',') || self.takes(';');
        }
    }

    /// `name: string]` and `name in Gate]`.
    fn key(&mut self) -> Key {
        let Some(Token::Word(name)) = self.tokens.next() else {
            panic!("a key has a name");
        };
        let is_each = self.tokens.next_if_eq(&Token::Word("in".to_owned())).is_some();
        if !is_each {
            self.expect(':');
        }
        let of = self.union();
        self.expect(']');
        if is_each {
            Key::Each(name, of)
        } else {
            Key::Index(name, of)
        }
    }
}
