//! Whether a JSON value is of a type. Nothing more may be in it than the type says.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::syntax::{Declaration, Key, Member, Type};

/// Types by their names.
pub struct Names(BTreeMap<String, Type>);

impl Names {
    pub fn of(declarations: Vec<Declaration>) -> Self {
        Self(declarations.into_iter().map(|one| (one.name, one.of)).collect())
    }

    pub fn get(&self, name: &str) -> &Type {
        self.0
            .get(name)
            .unwrap_or_else(|| panic!("no type is called {name}"))
    }

    pub fn all(&self) -> impl Iterator<Item = (&String, &Type)> {
        self.0.iter()
    }

    pub fn is_known(&self, name: &str) -> bool {
        const BUILT_IN: [&str; 12] = [
            "string",
            "number",
            "boolean",
            "true",
            "null",
            "any",
            "unknown",
            "never",
            "Date",
            "Array",
            "ReadonlyArray",
            "ExactlyOne",
        ];
        BUILT_IN.contains(&name) || self.0.contains_key(name)
    }

    /// Whether `value` is of the type, and if not, where it is not.
    pub fn check(&self, of: &Type, value: &Value, path: &str) -> Result<(), String> {
        let is_it = |is_it: bool, what: &str| match is_it {
            true => Ok(()),
            false => Err(format!("{path}: {value} is not {what}")),
        };
        match of {
            Type::Text(text) => is_it(value == text.as_str(), &format!("\"{text}\"")),
            Type::Number(number) => is_it(value.as_u64() == Some(*number), &number.to_string()),
            Type::Indexed(..) => self.check(&self.indexed(of), value, path),
            Type::Union(all) => {
                let wrong: Vec<String> = all
                    .iter()
                    .map_while(|one| self.check(&one.of, value, path).err())
                    .collect();
                if wrong.len() < all.len() {
                    return Ok(());
                }
                let told = self
                    .objects(of)
                    .into_iter()
                    .find(|members| self.is_told(members, value));
                Err(told
                    .and_then(|members| self.object(&members, value.as_object()?, path).err())
                    .unwrap_or_else(|| wrong.join("; ")))
            }
            Type::Object(_) | Type::Intersection(_) => {
                let Value::Object(fields) = value else {
                    return is_it(false, "an object");
                };
                let objects = self.objects(of);
                let wrong: Vec<String> = objects
                    .iter()
                    .map_while(|members| self.object(members, fields, path).err())
                    .collect();
                if wrong.len() < objects.len() {
                    return Ok(());
                }
                let told = objects.iter().position(|members| self.is_told(members, value));
                Err(wrong[told.unwrap_or_default()].clone())
            }
            Type::Name(name, arguments) => match (name.as_str(), arguments.as_slice()) {
                ("any" | "unknown", _) => Ok(()),
                ("string", _) => is_it(value.is_string(), "a string"),
                ("number", _) => is_it(value.is_number(), "a number"),
                ("boolean", _) => is_it(value.is_boolean(), "a boolean"),
                ("true", _) => is_it(*value == true, "true"),
                ("null", _) => is_it(value.is_null(), "null"),
                ("never" | "Date", _) => is_it(false, name),
                ("Array" | "ReadonlyArray", [of]) => {
                    let Value::Array(items) = value else {
                        return is_it(false, "a list");
                    };
                    let mut items = items.iter().enumerate();
                    items.try_for_each(|(at, item)| self.check(of, item, &format!("{path}[{at}]")))
                }
                _ => self.check(self.get(name), value, path),
            },
        }
    }

    fn object(&self, members: &[Member], fields: &Map<String, Value>, path: &str) -> Result<(), String> {
        for member in members {
            let Key::Field(name) = &member.key else { continue };
            match fields.get(name) {
                Some(value) => self.check(&member.of, value, &format!("{path}.{name}"))?,
                None if member.is_optional => {}
                None => return Err(format!("{path}.{name} is not there")),
            }
        }
        for (name, value) in fields {
            let is_field = |member: &Member| matches!(&member.key, Key::Field(field) if field == name);
            if members.iter().any(is_field) {
                continue;
            }
            let place = format!("{path}.{name}");
            let index = members.iter().find_map(|member| match &member.key {
                Key::Index(..) => Some(Ok(&member.of)),
                Key::Each(_, of) => {
                    let is_key = self.check(of, &Value::from(name.as_str()), &place);
                    Some(is_key.map(|()| &member.of))
                }
                Key::Field(_) => None,
            });
            match index {
                Some(of) => self.check(of?, value, &place)?,
                None => return Err(format!("{place} is not in the type")),
            }
        }
        Ok(())
    }

    /// Whether the fields that tell which of a union it is say that it is this one.
    fn is_told(&self, members: &[Member], value: &Value) -> bool {
        let mut tags = members
            .iter()
            .filter_map(|member| match (&member.key, &member.of) {
                (Key::Field(name), Type::Text(text)) => Some((name, text)),
                _ => None,
            });
        tags.all(|(name, text)| value.get(name) == Some(&Value::from(text.as_str())))
    }

    /// Every form that an object of this type may have: intersections are put together, unions taken apart.
    pub fn objects(&self, of: &Type) -> Vec<Vec<Member>> {
        match of {
            Type::Object(members) => vec![members.clone()],
            Type::Union(all) => all.iter().flat_map(|one| self.objects(&one.of)).collect(),
            Type::Intersection(all) => all.iter().fold(vec![Vec::new()], |forms, part| {
                let parts = self.objects(part);
                let with = |form: &Vec<Member>| {
                    let form = form.clone();
                    parts
                        .iter()
                        .map(move |part| [form.as_slice(), part.as_slice()].concat())
                        .collect::<Vec<_>>()
                };
                forms.iter().flat_map(with).collect()
            }),
            Type::Name(name, arguments) if name == "ExactlyOne" => {
                let forms = self.objects(&arguments[0]).remove(0).into_iter();
                forms.map(|member| vec![member]).collect()
            }
            Type::Name(name, _) if self.0.contains_key(name) => self.objects(self.get(name)),
            _ => Vec::new(),
        }
    }

    /// The names of the fields of an object of this type, whatever form it has.
    pub fn fields(&self, of: &Type) -> std::collections::BTreeSet<String> {
        let members = self.objects(of).into_iter().flatten();
        members
            .filter_map(|member| match member.key {
                Key::Field(name) => Some(name),
                _ => None,
            })
            .collect()
    }

    /// `Operation["type"]` as the union that it is.
    pub fn indexed(&self, of: &Type) -> Type {
        let Type::Indexed(of, by) = of else {
            return of.clone();
        };
        let Type::Text(field) = &**by else {
            panic!("an index is a text")
        };
        let members = self.objects(of).into_iter().flatten();
        let found = members.filter(|member| matches!(&member.key, Key::Field(name) if name == field));
        Type::union(found.map(|member| member.of).collect())
    }
}
