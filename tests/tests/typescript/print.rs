//! Types as text, laid out for people.

use std::fmt::Write;

use super::syntax::{Declaration, Key, Member, Type};

/// No line is longer where that can be helped.
const WIDTH: usize = 100;

/// The declaration as it stands in a file.
pub fn declaration(declaration: &Declaration) -> String {
    let head = format!("export type {} =", declaration.name);
    let of = block(&declaration.of, 0, head.len() + 1);
    let space = if of.starts_with('\n') { "" } else { " " };
    format!("{}{head}{space}{of};\n", comment(&declaration.docs, 0))
}

/// The type on one line; none where something is said of its parts.
fn line(of: &Type) -> Option<String> {
    let joined = |all: &mut dyn Iterator<Item = Option<String>>, by: &str| {
        let parts: Option<Vec<String>> = all.collect();
        parts.map(|parts| parts.join(by))
    };
    Some(match of {
        Type::Name(name, arguments) => match (name.as_str(), arguments.as_slice()) {
            (_, []) => name.clone(),
            ("Array", [item @ Type::Name(..)]) => format!("{}[]", line(item)?),
            ("ReadonlyArray", [item @ Type::Name(..)]) => format!("readonly {}[]", line(item)?),
            _ => format!("{name}<{}>", joined(&mut arguments.iter().map(line), ", ")?),
        },
        Type::Text(text) => format!("\"{text}\""),
        Type::Number(number) => number.to_string(),
        Type::Indexed(of, by) => format!("{}[{}]", line(of)?, line(by)?),
        Type::Object(members) => {
            let mut fields = members.iter().map(|member| {
                let is_silent = member.docs.is_empty();
                is_silent.then(|| Some(format!("{}: {}", key(member), line(&member.of)?)))?
            });
            format!("{{ {} }}", joined(&mut fields, "; ")?)
        }
        Type::Union(all) => {
            let mut all = all.iter().map(|one| one.docs.is_empty().then(|| line(&one.of))?);
            joined(&mut all, " | ")?
        }
        Type::Intersection(all) => {
            let mut all = all.iter().map(|one| match one {
                Type::Union(_) => Some(format!("({})", line(one)?)),
                _ => line(one),
            });
            joined(&mut all, " & ")?
        }
    })
}

/// The type on as many lines as it needs, the first of which has `taken` characters before it.
fn block(of: &Type, indent: usize, taken: usize) -> String {
    if let Some(line) = line(of).filter(|line| taken + line.len() < WIDTH) {
        return line;
    }
    let margin = " ".repeat(indent);
    match of {
        Type::Object(members) => {
            let mut text = "{\n".to_owned();
            for member in members {
                text.push_str(&comment(&member.docs, indent + 2));
                let key = key(member);
                let of = block(&member.of, indent + 2, indent + key.len() + 4);
                let space = if of.starts_with('\n') { "" } else { " " };
                let _ = writeln!(text, "{margin}  {key}:{space}{of};");
            }
            text + &margin + "}"
        }
        Type::Union(all) => {
            let one = |one: &super::syntax::Alternative| {
                let docs = comment(&one.docs, indent + 2);
                format!("\n{docs}{margin}  | {}", block(&one.of, indent + 4, indent + 4))
            };
            all.iter().map(one).collect()
        }
        Type::Intersection(all) => {
            let parts = all.iter().map(|one| match one {
                Type::Union(_) => format!("({}\n{margin})", block(one, indent, WIDTH)),
                _ => block(one, indent, taken),
            });
            parts.collect::<Vec<_>>().join(" & ")
        }
        Type::Name(name, arguments) if !arguments.is_empty() => {
            let arguments = arguments.iter().map(|one| block(one, indent, taken));
            format!("{name}<{}>", arguments.collect::<Vec<_>>().join(", "))
        }
        other => line(other).unwrap_or_default(),
    }
}

fn key(member: &Member) -> String {
    let name = match &member.key {
        Key::Field(name) if name.chars().all(|c| c.is_alphanumeric() || c == '_') => name.clone(),
        Key::Field(name) => format!("\"{name}\""),
        Key::Index(name, of) => format!("[{name}: {}]", line(of).unwrap_or_default()),
        Key::Each(name, of) => format!("[{name} in {}]", line(of).unwrap_or_default()),
    };
    let mark = if member.is_optional { "?" } else { "" };
    format!("{name}{mark}")
}

/// The paragraphs as a comment, which ends with its line; nothing where there are none.
fn comment(paragraphs: &[String], indent: usize) -> String {
    let margin = " ".repeat(indent);
    if let [one] = paragraphs
        && margin.len() + one.len() + 7 <= WIDTH
    {
        return format!("{margin}/** {one} */\n");
    }
    if paragraphs.is_empty() {
        return String::new();
    }
    let wrapped = paragraphs.iter().map(|paragraph| wrap(paragraph, &margin));
    let body = wrapped.collect::<Vec<_>>().join(&format!("{margin} *\n"));
    format!("{margin}/**\n{body}{margin} */\n")
}

fn wrap(paragraph: &str, margin: &str) -> String {
    let mut text = String::new();
    let mut length = WIDTH;
    for word in paragraph.split(' ') {
        if length + 1 + word.chars().count() > WIDTH {
            let _ = write!(text, "{}{margin} *", if text.is_empty() { "" } else { "\n" });
            length = margin.len() + 2;
        }
        let _ = write!(text, " {word}");
        length += 1 + word.chars().count();
    }
    text + "\n"
}
