//! Where volumes appear in containers: as folders and as devices.
//!
//! Source: `ValidateVolumeMounts`, `ValidateVolumeDevices`.

use super::super::paths::{descending, has_backsteps};
use super::super::volumes::Volumes;
use crate::validation::report::{At, Report};

/// The mounts and devices of one container.
pub(super) fn of(container: &At<'_>, volumes: &Volumes, report: &mut Report) {
    let (mounts, devices) = (container.field("volumeMounts"), container.field("volumeDevices"));
    let security = container.field("securityContext");
    let is_privileged = security.field("privileged").flag();
    let taken = places(&devices, "devicePath");
    let mut paths = Vec::new();
    for mount in mounts.items() {
        folder(&mount, &taken, &mut paths, volumes, report);
        sub_paths(&mount, &mounts, report);
        propagation(&mount, &mounts, is_privileged, report);
        bind_options(&mount, volumes, report);
    }
    let taken = places(&mounts, "mountPath");
    let mut seen = Places::new();
    for device in devices.items() {
        block_device(&device, &taken, &mut seen, volumes, report);
    }
}

/// Names of volumes with their paths in the container.
type Places = Vec<(String, String)>;

/// Of a volume that stands there twice, the last path counts: upstream has a map.
fn places(list: &At<'_>, path: &str) -> Places {
    let mut places = Places::new();
    for item in list.items() {
        let name = item.field("name").text();
        places.retain(|(known, _)| known != name);
        places.push((name.to_owned(), item.field(path).text().to_owned()));
    }
    places
}

fn has_name(places: &Places, name: &str) -> bool {
    places.iter().any(|(known, _)| known == name)
}

fn has_path(places: &Places, path: &str) -> bool {
    places.iter().any(|(_, known)| known == path)
}

fn folder(mount: &At<'_>, devices: &Places, paths: &mut Vec<String>, volumes: &Volumes, report: &mut Report) {
    let (name, path) = (mount.field("name"), mount.field("mountPath"));
    if name.text().is_empty() {
        report.required(&name, "");
    }
    if volumes.source(name.text()).is_none() {
        report.not_found(&name);
    }
    if path.text().is_empty() {
        report.required(&path, "");
    }
    if paths.iter().any(|known| known == path.text()) {
        report.invalid(&path, "must be unique");
    }
    paths.push(path.text().to_owned());
    if has_name(devices, name.text()) {
        report.invalid(&name, "must not already exist in volumeDevices");
    }
    if has_path(devices, path.text()) {
        report.invalid(&path, "must not already exist as a path in volumeDevices");
    }
}

/// Upstream leaves out, here and with propagation, which mount it means.
fn sub_paths(mount: &At<'_>, mounts: &At<'_>, report: &mut Report) {
    let (path, expression) = (mount.field("subPath"), mount.field("subPathExpr"));
    descending(&mounts.alias("subPath", &path), report);
    if !path.text().is_empty() && !expression.text().is_empty() {
        report.invalid(&expression, "subPathExpr and subPath are mutually exclusive");
    }
    descending(&mounts.alias("subPathExpr", &expression), report);
}

/// Source: `validateMountPropagation`, `validateMountRecursiveReadOnly`.
fn propagation(mount: &At<'_>, mounts: &At<'_>, is_privileged: bool, report: &mut Report) {
    const WAYS: &[&str] = &["Bidirectional", "HostToContainer", "None"];
    let way = mount.field("mountPropagation");
    let place = mounts.alias("mountPropagation", &way);
    if way.is_present() && !WAYS.contains(&way.text()) {
        report.not_supported(&place, WAYS);
    }
    if way.text() == "Bidirectional" && !is_privileged {
        let sentence = "Bidirectional mount propagation is available only to privileged containers";
        report.forbidden(&place, sentence);
    }
    let recursive = mount.field("recursiveReadOnly");
    let place = mounts.alias("recursiveReadOnly", &recursive);
    match recursive.text() {
        "Disabled" => (),
        "Enabled" | "IfPossible" => {
            if !mount.field("readOnly").flag() {
                report.forbidden(&place, "may only be specified when readOnly is true");
            }
            if way.is_present() && way.text() != "None" {
                let sentence = "may only be specified when mountPropagation is None or not specified";
                report.forbidden(&place, sentence);
            }
        }
        _ if recursive.is_present() => report.not_supported(&place, &["Disabled", "Enabled", "IfPossible"]),
        _ => (),
    }
}

/// Source: `validateBindMountOptions`.
fn bind_options(mount: &At<'_>, volumes: &Volumes, report: &mut Report) {
    const OPTIONS: &[&str] = &["nodev", "noexec", "nosuid"];
    let options = mount.field("bindMountOptions");
    let mut seen = Vec::new();
    for option in options.items() {
        if !OPTIONS.contains(&option.text()) {
            report.not_supported(&option, OPTIONS);
        }
        if seen.contains(option.value()) {
            report.duplicate(&option);
        }
        seen.push(option.value().clone());
    }
    if options.len() > 0 && volumes.source(mount.field("name").text()) == Some("image") {
        report.invalid(&options, "bindMountOptions may not be used with image volumes");
    }
}

fn block_device(device: &At<'_>, mounts: &Places, seen: &mut Places, volumes: &Volumes, report: &mut Report) {
    let (name, path) = (device.field("name"), device.field("devicePath"));
    if name.text().is_empty() {
        report.required(&name, "");
    }
    if !name.text().is_empty() && has_name(seen, name.text()) {
        report.invalid(&name, "must be unique");
    }
    match volumes.source(name.text()) {
        Some("persistentVolumeClaim" | "ephemeral") => (),
        Some(_) => report.invalid(
            &name,
            "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode",
        ),
        None => report.not_found(&name),
    }
    if path.text().is_empty() {
        report.required(&path, "");
    }
    // Paths with `..` are never compared with others.
    let leads_up = has_backsteps(path.text());
    if !leads_up && has_path(seen, path.text()) {
        report.invalid(&path, "must be unique");
    }
    if leads_up {
        report.invalid(&path, "can not contain backsteps ('..')");
    }
    if has_name(mounts, name.text()) {
        report.invalid(&name, "must not already exist in volumeMounts");
    }
    if has_path(mounts, path.text()) {
        report.invalid(&path, "must not already exist as a path in volumeMounts");
    }
    seen.push((name.text().to_owned(), path.text().to_owned()));
}
