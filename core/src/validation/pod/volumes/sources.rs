//! What a volume can be, in upstream's order, with the rules of each.
//!
//! Source: `validateVolumeSource` and the functions that it calls.

use serde_json::Value;

use super::super::paths::{absolute, descending, unreserved, without_backsteps};
use super::super::ratchet::has_old;
use super::super::rule::Rule::{self, Each, Form, In, Needs, OneOf, Other, Path, Within};
use super::super::rule::{FILE_MODE, choice, mode, named, owner};
use super::super::{Options, downward};
use super::{claim, projected};
use crate::canonical::quantity::Quantity;
use crate::validation::names::{is_dns1123_label, is_dns1123_subdomain, lower};
use crate::validation::report::{At, Report};

/// What a volume can be.
pub(super) struct Source {
    pub name: &'static str,
    /// The name in the paths of errors, where it is another.
    pub shown: Option<&'static str>,
    /// The name in the path of the error that there is another source already, where it is another still.
    pub repeated: Option<&'static str>,
    pub rules: &'static [Rule],
}

const fn source(name: &'static str, rules: &'static [Rule]) -> Source {
    Source {
        name,
        shown: None,
        repeated: None,
        rules,
    }
}

const fn repeated(name: &'static str, repeated: &'static str, rules: &'static [Rule]) -> Source {
    Source {
        repeated: Some(repeated),
        ..source(name, rules)
    }
}

pub(super) static SOURCES: [Source; 30] = [
    source("emptyDir", EMPTY_DIR),
    source("hostPath", &[Other(host_path)]),
    source("gitRepo", &[Needs("repository"), Path("directory", descending)]),
    Source {
        shown: Some("persistentDisk"),
        ..source("gcePersistentDisk", &[Needs("pdName"), PARTITION])
    },
    source("awsElasticBlockStore", &[Needs("volumeID"), PARTITION]),
    source(
        "secret",
        &[Needs("secretName"), DEFAULT_MODE, DEFAULT_USER, ITEMS],
    ),
    source("nfs", &[Needs("server"), Needs("path"), Path("path", absolute)]),
    source("iscsi", ISCSI),
    source("glusterfs", &[Needs("endpoints"), Needs("path")]),
    source("flocker", &[Other(flocker)]),
    source("persistentVolumeClaim", &[Needs("claimName")]),
    source("rbd", &[Needs("monitors"), Needs("image")]),
    source("cinder", &[Needs("volumeID"), SECRET_REF]),
    repeated("cephfs", "cephFS", &[Needs("monitors")]),
    source("quobyte", &[Other(quobyte), Needs("volume")]),
    repeated(
        "downwardAPI",
        "downwarAPI",
        &[DEFAULT_MODE, DEFAULT_USER, Other(downward::files)],
    ),
    source("fc", &[Other(fibre_channel)]),
    source("flexVolume", &[Needs("driver"), Other(flex_options)]),
    source("configMap", &[Needs("name"), DEFAULT_MODE, DEFAULT_USER, ITEMS]),
    source("azureFile", &[Needs("secretName"), Needs("shareName")]),
    source("vsphereVolume", &[Needs("volumePath")]),
    source("photonPersistentDisk", &[Needs("pdID")]),
    source("portworxVolume", &[Needs("volumeID")]),
    source("azureDisk", AZURE_DISK),
    source(
        "storageos",
        &[
            Needs("volumeName"),
            Form("volumeName", is_dns1123_label),
            Form("volumeNamespace", is_dns1123_label),
            SECRET_REF,
        ],
    ),
    source(
        "projected",
        &[DEFAULT_MODE, DEFAULT_USER, Other(projected::sources)],
    ),
    source(
        "scaleIO",
        &[Needs("gateway"), Needs("system"), Needs("volumeName")],
    ),
    source("csi", &[Other(csi)]),
    source("ephemeral", &[Other(claim::template)]),
    source("image", &[Other(image)]),
];

const DEFAULT_MODE: Rule = mode("defaultMode");
const DEFAULT_USER: Rule = owner("defaultUser");
/// Upstream's sentence denies the zero that its rule allows.
const PARTITION: Rule = Within("partition", 0, 255, "must be between 1 and 255, inclusive");
const LUN: Rule = Within("lun", 0, 255, "must be between 0 and 255, inclusive");
const SECRET_REF: Rule = In("secretRef", &[Needs("name")]);

/// Source: `validateKeyToPath`.
pub(super) const KEY_TO_PATH: &[Rule] = &[
    Needs("key"),
    Needs("path"),
    Path("path", unreserved),
    FILE_MODE,
    owner("user"),
];
const ITEMS: Rule = Each("items", KEY_TO_PATH);

const EMPTY_DIR: &[Rule] = &[
    Other(|at, _, report| {
        let limit = at.field("sizeLimit");
        if Quantity::parse(limit.text()).is_ok_and(|limit| limit.is_negative()) {
            report.forbidden(&limit, "SizeLimit field must be a valid resource quantity");
        }
    }),
    Within(
        "mode",
        0,
        0o1777,
        "must be a number between 0 and 01777 (octal), both inclusive",
    ),
];

/// Source: `validateHostPathVolumeSource`.
fn host_path(at: &At<'_>, _: &Options<'_>, report: &mut Report) {
    let (path, kind) = (at.field("path"), at.field("type"));
    if path.text().is_empty() {
        return report.required(&path, "");
    }
    without_backsteps(&path, report);
    const KINDS: &[&str] = &[
        "",
        "BlockDevice",
        "CharDevice",
        "Directory",
        "DirectoryOrCreate",
        "File",
        "FileOrCreate",
        "Socket",
    ];
    if !KINDS.contains(&kind.text()) {
        report.not_supported(&kind, KINDS);
    }
}

const ISCSI: &[Rule] = &[
    Needs("targetPortal"),
    Needs("iqn"),
    Other(|at, _, report| {
        let name = at.field("iqn");
        if !name.text().is_empty() {
            iscsi_name(&name, report);
        }
    }),
    LUN,
    Other(|at, _, report| {
        let secret = at.field("secretRef");
        let is_needed = at.field("chapAuthDiscovery").flag() || at.field("chapAuthSession").flag();
        if is_needed && !secret.is_present() {
            report.required(&secret, "");
        }
    }),
    Other(|at, _, report| {
        let name = at.alias("initiatorname", &at.field("initiatorName"));
        if name.is_present() {
            iscsi_name(&name, report);
        }
    }),
];

/// A name of RFC 3720: `iqn.2001-04.com.example:disk`, `eui.` and 16 or `naa.` and 32 letters and digits.
/// Source: `iscsiInitiatorIqnRegex`, which may match anywhere in the text, and its siblings, whose dot is any character.
fn iscsi_name(at: &At<'_>, report: &mut Report) {
    let name = at.text();
    let numbered = |length: usize| {
        let mut rest = name.chars().skip(3);
        rest.next().is_some_and(|c| c != '\n')
            && rest.clone().count() == length
            && rest.all(|c| c.is_ascii_alphanumeric())
    };
    let is_valid = match name.get(..3) {
        Some("iqn") => name.match_indices("iqn.").any(|(at, _)| {
            let rest = name.get(at + 4..).unwrap_or_default();
            is_qualified(rest)
        }),
        Some("eui") => numbered(16),
        Some("naa") => numbered(32),
        _ => {
            let sentence = "must be valid format starting with iqn, eui, or naa";
            return report.invalid(at, sentence);
        }
    };
    if !is_valid {
        report.invalid(at, "must be valid format");
    }
}

/// `2001-04.com.example:disk`
fn is_qualified(name: &str) -> bool {
    let Some((date, rest)) = name.split_at_checked(8) else {
        return false;
    };
    let is_date = date.bytes().zip(*b"0000-00.").all(|(byte, form)| match form {
        b'0' => byte.is_ascii_digit(),
        _ => byte == form,
    });
    let Some((domain, own)) = rest.split_once(':') else {
        return false;
    };
    let in_domain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    let in_own = |c: char| !",;*&$| \t\n\x0c\r".contains(c);
    is_date
        && !domain.is_empty()
        && domain.chars().all(in_domain)
        && !own.is_empty()
        && own.chars().all(in_own)
}

/// Source: `validateFlockerVolumeSource`.
fn flocker(at: &At<'_>, _: &Options<'_>, report: &mut Report) {
    let (name, id) = (at.field("datasetName"), at.field("datasetUUID"));
    match (name.text().is_empty(), id.text().is_empty()) {
        (true, true) => report.required(at, "one of datasetName and datasetUUID is required"),
        (false, false) => report.invalid(
            &at.with(&Value::from("resource")),
            "datasetName and datasetUUID can not be specified simultaneously",
        ),
        _ => (),
    }
    if name.text().contains('/') {
        report.invalid(&name, "must not contain '/'");
    }
}

/// Source: `validateQuobyteVolumeSource`.
fn quobyte(at: &At<'_>, _: &Options<'_>, report: &mut Report) {
    const PAIRS: &str = "must be a host:port pair or multiple pairs separated by commas";
    let (registry, tenant) = (at.field("registry"), at.field("tenant"));
    if registry.text().is_empty() {
        report.required(&registry, PAIRS);
    } else if tenant.text().len() >= 65 {
        let sentence = "must be a UUID and may not exceed a length of 64 characters";
        report.required(&tenant, sentence);
    } else {
        for _ in registry.text().split(',').filter(|pair| !is_host_and_port(pair)) {
            report.invalid(&registry, PAIRS);
        }
    }
}

/// Source: Go's `net.SplitHostPort`, which checks brackets and colons and nothing else.
fn is_host_and_port(pair: &str) -> bool {
    let Some((host, port)) = pair.rsplit_once(':') else {
        return false;
    };
    let inside = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_host = match inside {
        Some(inside) => !inside.contains(['[', ']']),
        None => !host.contains([':', '[', ']']),
    };
    is_host && !port.contains(['[', ']'])
}

/// Source: `validateFCVolumeSource`.
fn fibre_channel(at: &At<'_>, options: &Options<'_>, report: &mut Report) {
    let (names, lun) = (at.field("targetWWNs"), at.field("lun"));
    match (names.len(), at.field("wwids").len()) {
        (0, 0) => report.required(&names, "must specify either targetWWNs or wwids, but not both"),
        (0, _) | (_, 0) => (),
        _ => report.invalid(&names, "targetWWNs and wwids can not be specified simultaneously"),
    }
    if names.len() > 0 && !lun.is_present() {
        report.required(&lun, "lun is required if targetWWNs is specified");
    } else if names.len() > 0 {
        super::apply(&[LUN], at, options, report);
    }
}

/// Source: `validateFlexVolumeSource`.
fn flex_options(at: &At<'_>, _: &Options<'_>, report: &mut Report) {
    for (key, option) in at.field("options").entries() {
        let space = key.split_once('/').map_or(key, |(space, _)| space);
        let space = format!(".{}", lower(space));
        if space.ends_with(".kubernetes.io") || space.ends_with(".k8s.io") {
            report.invalid(
                &option.with(&Value::from(key)),
                "kubernetes.io and k8s.io namespaces are reserved",
            );
        }
    }
}

const AZURE_DISK: &[Rule] = &[
    Needs("diskName"),
    Needs("diskURI"),
    OneOf("cachingMode", &["None", "ReadOnly", "ReadWrite"]),
    OneOf("kind", &["Dedicated", "Managed", "Shared"]),
    Other(|at, _, report| {
        let (kind, uri) = (at.field("kind"), at.field("diskURI"));
        let (start, form) = if kind.text() == "Managed" {
            (
                "/subscriptions/",
                "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}",
            )
        } else {
            (
                "https://",
                "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd",
            )
        };
        if kind.is_present() && !uri.text().starts_with(start) {
            report.not_supported(&uri, &[form]);
        }
    }),
];

/// Source: `validateCSIVolumeSource`, `ValidateCSIDriverName`.
fn csi(at: &At<'_>, options: &Options<'_>, report: &mut Report) {
    let driver = at.field("driver");
    if driver.text().is_empty() {
        report.required(&driver, "");
    }
    if driver.text().len() > 63 {
        report.too_long(&driver, 63);
    }
    // Until 1.34 the empty name was also found to look wrong.
    if !driver.text().is_empty() || options.minor <= 34 {
        let found = is_dns1123_subdomain(&lower(driver.text()));
        report.invalid_for(&driver, found);
    }
    let secret = at.field("nodePublishSecretRef");
    if secret.is_present() {
        let name = secret.field("name");
        // Upstream leaves out the step in between where the name looks wrong.
        let shown = at.field("name");
        let place = if name.text().is_empty() {
            name
        } else {
            shown.with(name.value())
        };
        named(&place, is_dns1123_subdomain, report);
    }
}

/// Source: `validateImageVolumeSource`; templates need no reference before 1.37.
fn image(at: &At<'_>, options: &Options<'_>, report: &mut Report) {
    let reference = at.field("reference");
    let is_empty = reference.text().is_empty() && options.minor >= 37;
    if is_empty && !has_old(options, &["volumes"], is_image_without_reference) {
        report.required(&reference, "");
    }
    choice(
        &at.field("pullPolicy"),
        &["Always", "IfNotPresent", "Never"],
        report,
    );
}

fn is_image_without_reference(volume: &Value) -> bool {
    let image = volume.get("image").filter(|image| !image.is_null());
    let reference = |image: &Value| image.get("reference").is_some_and(|text| text != "");
    image.is_some_and(|image| !reference(image))
}
