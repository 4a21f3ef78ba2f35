//! Files of a volume whose paths overlap.
//!
//! Source: `pkg/api/pod/warnings.go`, `warningsForOverlappingVirtualPaths`.

use super::Warnings;
use crate::quoted;
use crate::validation::report::At;

/// Checks the volumes that are made of files.
pub(super) fn overlapping(volumes: &At<'_>, warnings: &mut Warnings) {
    for volume in volumes.items() {
        let name = volume.field("name");
        for (kind, label, named) in KINDS {
            let source = volume.field(kind);
            let described = described(&source, label, named);
            let mut files = Files::of(name.text(), &described);
            for file in items(&source, "") {
                files.add(file, warnings);
            }
        }
        projected(name.text(), &volume.field("projected"), warnings);
    }
}

/// Sources of files: the field, what it is called, and the field with its own name.
const KINDS: [(&str, &str, &str); 3] = [
    ("configMap", "ConfigMap", "name"),
    ("secret", "Secret", "secretName"),
    ("downwardAPI", "DownwardAPI", ""),
];

fn described(source: &At<'_>, label: &str, named: &str) -> String {
    if named.is_empty() {
        return label.to_owned();
    }
    let name = source.value().get(named).and_then(serde_json::Value::as_str);
    [label, " ", &quoted(name.unwrap_or_default())].concat()
}

fn items(source: &At<'_>, described: &str) -> Vec<File> {
    let items = source.field("items");
    let files = items.items().map(|item| File::of(&item, "path", described));
    files.collect()
}

fn projected(volume: &str, projected: &At<'_>, warnings: &mut Warnings) {
    let mut files = Files::of(volume, "Projected");
    let mut left: Vec<File> = Vec::new();
    for source in projected.field("sources").items() {
        if source.len() == 0 {
            warnings.say(["volume ", &quoted(volume), " (Projected) has no sources provided"].concat());
            continue;
        }
        // Until 1.33 a source without paths had those of the one before.
        if warnings.minor >= 34 {
            left.clear();
        }
        if let Some(found) = files_of(&source, warnings.minor) {
            left = found;
        }
        for file in &left {
            files.add(file.clone(), warnings);
        }
    }
}

fn files_of(source: &At<'_>, minor: u8) -> Option<Vec<File>> {
    for (kind, label, named) in KINDS {
        let found = source.field(kind);
        if found.field("items").is_present() {
            // Here a Secret's name is a reference's.
            let named = if named.is_empty() { "" } else { "name" };
            return Some(items(&found, &described(&found, label, named)));
        }
    }
    let token = source.field("serviceAccountToken");
    if token.is_present() {
        return Some(vec![File::of(&token, "path", "ServiceAccountToken")]);
    }
    let bundle = source.field("clusterTrustBundle");
    if bundle.is_present() {
        let named = if bundle.field("name").is_present() {
            "name"
        } else {
            "signerName"
        };
        let described = described(&bundle, "ClusterTrustBundle", named);
        return Some(vec![File::of(&bundle, "path", &described)]);
    }
    let certificate = source.field("podCertificate");
    if !certificate.is_present() || minor <= 33 {
        return None;
    }
    let files = CERTIFICATE
        .into_iter()
        .map(|(name, label)| File::of(&certificate, name, label));
    Some(files.filter(|file| !file.is_absent).collect())
}

const CERTIFICATE: [(&str, &str); 3] = [
    ("certificateChainPath", "PodCertificate chain"),
    ("keyPath", "PodCertificate key"),
    ("credentialBundlePath", "PodCertificate credential bundle"),
];

#[derive(Clone, PartialEq)]
struct File {
    path: String,
    source: String,
    is_absent: bool,
}

impl File {
    fn of(at: &At<'_>, name: &str, source: &str) -> Self {
        let path = at.value().get(name).and_then(serde_json::Value::as_str);
        let path = path.unwrap_or_default();
        Self {
            path: path.trim_end_matches('/').to_owned(),
            source: source.to_owned(),
            is_absent: path.is_empty(),
        }
    }

    fn shown(&self) -> String {
        if self.source.is_empty() {
            return quoted(&self.path);
        }
        [&quoted(&self.path), " (", &self.source, ")"].concat()
    }

    /// One is the other, or a folder that holds it.
    fn overlaps(&self, other: &Self) -> bool {
        let holds = |folder: &str, path: &str| {
            let rest = path.strip_prefix(folder);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let are_paths = !self.path.is_empty() && !other.path.is_empty();
        are_paths && (holds(&self.path, &other.path) || holds(&other.path, &self.path))
    }
}

/// The files of one volume so far.
struct Files<'a> {
    volume: &'a str,
    described: &'a str,
    known: Vec<File>,
}

impl<'a> Files<'a> {
    const fn of(volume: &'a str, described: &'a str) -> Self {
        Self {
            volume,
            described,
            known: Vec::new(),
        }
    }

    fn add(&mut self, file: File, warnings: &mut Warnings) {
        for other in self.known.iter().filter(|other| other.overlaps(&file)) {
            warnings.say(
                [
                    "volume ",
                    &quoted(self.volume),
                    " (",
                    self.described,
                    "): overlapping paths: ",
                    &file.shown(),
                    " with ",
                    &other.shown(),
                ]
                .concat(),
            );
        }
        self.known.push(file);
    }
}
