use serde_json::{Value, json};

use super::LABEL;
use super::refusals::{assert_rows, errors, set};

/// Rows of one volume called `v`.
#[track_caller]
fn assert_volumes(version: &str, rows: &[(Value, &[&'static str])]) {
    assert_rows(rows.iter().map(|(source, expected)| {
        let mut volume = source.clone();
        volume["name"] = json!("v");
        let found = errors(&set(&json!({"volumes": [volume]})), None, version);
        (found, expected.to_vec(), source.clone())
    }));
}

#[test]
fn every_source_says_what_it_needs() {
    assert_volumes(
        "1.37",
        &[
            (json!({"hostPath": {}}), &["volumes[0].hostPath.path Required"]),
            (
                json!({"gitRepo": {}}),
                &["volumes[0].gitRepo.repository Required"],
            ),
            (
                json!({"gcePersistentDisk": {}}),
                &["volumes[0].persistentDisk.pdName Required"],
            ),
            (
                json!({"awsElasticBlockStore": {}}),
                &["volumes[0].awsElasticBlockStore.volumeID Required"],
            ),
            (json!({"secret": {}}), &["volumes[0].secret.secretName Required"]),
            (
                json!({"nfs": {}}),
                &[
                    "volumes[0].nfs.server Required",
                    "volumes[0].nfs.path Required",
                    "volumes[0].nfs.path Invalid must be an absolute path",
                ],
            ),
            (
                json!({"iscsi": {}}),
                &[
                    "volumes[0].iscsi.targetPortal Required",
                    "volumes[0].iscsi.iqn Required",
                ],
            ),
            (
                json!({"glusterfs": {}}),
                &[
                    "volumes[0].glusterfs.endpoints Required",
                    "volumes[0].glusterfs.path Required",
                ],
            ),
            (
                json!({"flocker": {}}),
                &["volumes[0].flocker Required one of datasetName and datasetUUID is required"],
            ),
            (
                json!({"persistentVolumeClaim": {}}),
                &["volumes[0].persistentVolumeClaim.claimName Required"],
            ),
            (
                json!({"rbd": {}}),
                &[
                    "volumes[0].rbd.monitors Required",
                    "volumes[0].rbd.image Required",
                ],
            ),
            (
                json!({"cinder": {"secretRef": {}}}),
                &[
                    "volumes[0].cinder.volumeID Required",
                    "volumes[0].cinder.secretRef.name Required",
                ],
            ),
            (json!({"cephfs": {}}), &["volumes[0].cephfs.monitors Required"]),
            (
                json!({"quobyte": {}}),
                &[
                    "volumes[0].quobyte.registry Required must be a host:port pair or multiple pairs separated by commas",
                    "volumes[0].quobyte.volume Required",
                ],
            ),
            (
                json!({"fc": {}}),
                &["volumes[0].fc.targetWWNs Required must specify either targetWWNs or wwids, but not both"],
            ),
            (
                json!({"flexVolume": {}}),
                &["volumes[0].flexVolume.driver Required"],
            ),
            (json!({"configMap": {}}), &["volumes[0].configMap.name Required"]),
            (
                json!({"azureFile": {}}),
                &[
                    "volumes[0].azureFile.secretName Required",
                    "volumes[0].azureFile.shareName Required",
                ],
            ),
            (
                json!({"vsphereVolume": {}}),
                &["volumes[0].vsphereVolume.volumePath Required"],
            ),
            (
                json!({"photonPersistentDisk": {}}),
                &["volumes[0].photonPersistentDisk.pdID Required"],
            ),
            (
                json!({"portworxVolume": {}}),
                &["volumes[0].portworxVolume.volumeID Required"],
            ),
            (
                json!({"storageos": {}}),
                &["volumes[0].storageos.volumeName Required"],
            ),
            (
                json!({"scaleIO": {}}),
                &[
                    "volumes[0].scaleIO.gateway Required",
                    "volumes[0].scaleIO.system Required",
                    "volumes[0].scaleIO.volumeName Required",
                ],
            ),
            (json!({"csi": {}}), &["volumes[0].csi.driver Required"]),
            (
                json!({"ephemeral": {}}),
                &["volumes[0].ephemeral.volumeClaimTemplate Required"],
            ),
            (json!({"image": {}}), &["volumes[0].image.reference Required"]),
            (json!({"emptyDir": {}}), &[]),
            (json!({"downwardAPI": {}}), &[]),
            (json!({"projected": {}}), &[]),
        ],
    );
}

#[test]
fn values_are_held_to_their_forms() {
    assert_volumes(
        "1.37",
        &[
            (
                json!({"emptyDir": {"sizeLimit": "-1"}}),
                &[
                    "volumes[0].emptyDir.sizeLimit Forbidden SizeLimit field must be a valid resource quantity",
                ],
            ),
            (
                json!({"hostPath": {"path": "/a/../b", "type": "Folder"}}),
                &[
                    "volumes[0].hostPath.path Invalid must not contain '..'",
                    "volumes[0].hostPath.type NotSupported supported values: \"\", \"BlockDevice\", \"CharDevice\", \
                     \"Directory\", \"DirectoryOrCreate\", \"File\", \"FileOrCreate\", \"Socket\"",
                ],
            ),
            (
                json!({"gcePersistentDisk": {"pdName": "d", "partition": 256}}),
                &["volumes[0].persistentDisk.partition Invalid must be between 1 and 255, inclusive"],
            ),
            (
                json!({"configMap": {"name": "c", "defaultMode": 512, "items": [{"key": "k", "path": "..a", "mode": -1}]}}),
                &[
                    "volumes[0].configMap.defaultMode Invalid must be a number between 0 and 0777 (octal), both inclusive",
                    "volumes[0].configMap.items[0].path Invalid must not start with '..'",
                    "volumes[0].configMap.items[0].mode Invalid must be a number between 0 and 0777 (octal), both inclusive",
                ],
            ),
            (
                json!({"iscsi": {"targetPortal": "p", "iqn": "iqn.2001-4.a:b", "lun": 256, "initiatorName": "x",
                    "chapAuthSession": true}}),
                &[
                    "volumes[0].iscsi.iqn Invalid must be valid format",
                    "volumes[0].iscsi.lun Invalid must be between 0 and 255, inclusive",
                    "volumes[0].iscsi.secretRef Required",
                    "volumes[0].iscsi.initiatorname Invalid must be valid format starting with iqn, eui, or naa",
                ],
            ),
            (
                json!({"quobyte": {"volume": "v", "registry": "h:1,[::1]:2,h"}}),
                &[
                    "volumes[0].quobyte.registry Invalid must be a host:port pair or multiple pairs separated by commas",
                ],
            ),
            (
                json!({"flexVolume": {"driver": "d", "options": {"a.K8s.io/b": "c", "kubernetes.io.x": ""}}}),
                &[
                    "volumes[0].flexVolume.options[a.K8s.io/b] Invalid kubernetes.io and k8s.io namespaces are reserved",
                ],
            ),
            (
                json!({"azureDisk": {"diskName": "d", "diskURI": "/x", "kind": "Shared"}}),
                &["volumes[0].azureDisk.diskURI NotSupported supported values: \
                   \"https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd\""],
            ),
            (
                json!({"image": {"reference": "r", "pullPolicy": "Sometimes"}}),
                &[
                    "volumes[0].image.pullPolicy NotSupported supported values: \"Always\", \"IfNotPresent\", \"Never\"",
                ],
            ),
        ],
    );
}

#[test]
fn a_volume_is_one_thing_and_upstreams_typing_errors_are_kept() {
    assert_volumes(
        "1.36",
        &[
            (json!({"hostPath": null}), &[]),
            (
                json!({"emptyDir": {}, "hostPath": {}, "cephfs": {}, "downwardAPI": {}}),
                &[
                    "volumes[0].hostPath Forbidden may not specify more than 1 volume type",
                    "volumes[0].cephFS Forbidden may not specify more than 1 volume type",
                    "volumes[0].downwarAPI Forbidden may not specify more than 1 volume type",
                ],
            ),
        ],
    );
}

#[test]
fn files_about_the_pod_are_reported_at_their_volume() {
    assert_volumes(
        "1.37",
        &[(
            json!({"downwardAPI": {"items": [
                {"path": "a", "fieldRef": {"fieldPath": "spec.nodeName"}},
                {"path": "b", "fieldRef": {"fieldPath": "metadata.labels['-']"}},
                {"path": "c", "resourceFieldRef": {"resource": "limits.cpu", "divisor": "2"}},
                {"path": "/d"}]}}),
            &[
                "volumes[0].downwardAPI.fieldRef.fieldPath NotSupported supported values: \"metadata.annotations\", \
                 \"metadata.labels\", \"metadata.name\", \"metadata.namespace\", \"metadata.uid\"",
                "volumes[0].downwardAPI.fieldRef Invalid name part must consist of alphanumeric characters, '-', '_' or \
                 '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or \
                 '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
                "volumes[0].downwardAPI.resourceFieldRef.containerName Required",
                "volumes[0].downwardAPI.resourceFieldRef.divisor Invalid only divisor's values 1m and 1 are supported \
                 with the cpu resource",
                "volumes[0].downwardAPI.path Invalid must be a relative path",
                "volumes[0].downwardAPI Required one of fieldRef and resourceFieldRef is required",
            ],
        )],
    );
}

#[test]
fn projected_sources_share_their_paths() {
    let projected = |sources: Value| json!({"projected": {"sources": sources}});
    assert_volumes(
        "1.37",
        &[
            (
                projected(json!([
                    {"secret": {"name": "s", "items": [{"key": "k", "path": "p"}]}},
                    {"configMap": {"items": [{"key": "k", "path": "p"}]}},
                    {"serviceAccountToken": {"path": "../t", "expirationSeconds": 599}}])),
                &[
                    "volumes[0].projected.sources[1].configMap.name Required",
                    "volumes[0].projected Invalid conflicting duplicate paths",
                    "volumes[0].projected.sources[2].serviceAccountToken.expirationSeconds Invalid may not specify a \
                     duration less than 10 minutes",
                    "volumes[0].projected.path Invalid must not contain '..'",
                ],
            ),
            (
                projected(json!([{"secret": {"name": "s"}, "configMap": {"name": "c"}}])),
                &[
                    "volumes[0].projected.sources[0] Forbidden may not specify more than 1 volume type per source",
                ],
            ),
            (
                projected(json!([
                    {"clusterTrustBundle": {"path": "a"}},
                    {"clusterTrustBundle": {"path": "b", "name": "example.com:s:b"}},
                    {"clusterTrustBundle": {"path": "c", "signerName": "signer"}}])),
                &[
                    "volumes[0].projected.sources[0].clusterTrustBundle Required either name or signerName must be specified",
                    "volumes[0].projected.sources[2].clusterTrustBundle.signerName Invalid must be a fully qualified \
                     domain and path of the form 'example.com/signer-name'",
                ],
            ),
            (
                projected(json!([{"podCertificate":
                    {"signerName": "kubernetes.io/x", "keyType": "RSA1024", "maxExpirationSeconds": 86401}}])),
                &[
                    "volumes[0].projected.sources[0].podCertificate.keyType NotSupported supported values: \"RSA3072\", \
                     \"RSA4096\", \"ECDSAP256\", \"ECDSAP384\", \"ECDSAP521\", \"ED25519\"",
                    "volumes[0].projected.sources[0].podCertificate.maxExpirationSeconds Invalid if provided, \
                     maxExpirationSeconds must be <= 86400",
                    "volumes[0].projected.sources[0].podCertificate Required specify at least one of \
                     credentialBundlePath, keyPath, and certificateChainPath",
                ],
            ),
        ],
    );
}

#[test]
fn a_claim_of_its_own_is_checked_like_a_claim_template() {
    assert_volumes(
        "1.37",
        &[(
            json!({"ephemeral": {"volumeClaimTemplate": {"metadata": {"name": "n", "uid": "u"}, "spec": {}}}}),
            &[
                "volumes[0].ephemeral.volumeClaimTemplate.metadata.name Forbidden cannot be set",
                "volumes[0].ephemeral.volumeClaimTemplate.metadata.uID Forbidden cannot be set",
                "volumes[0].ephemeral.volumeClaimTemplate.spec.accessModes Required at least 1 access mode is required",
                "volumes[0].ephemeral.volumeClaimTemplate.spec.resources[storage] Required",
            ],
        )],
    );
}

#[test]
fn claim_templates_come_first_and_win_over_volumes_of_their_name() {
    let mut set = set(&json!({
        "volumes": [{"name": "own", "emptyDir": {}}, {"name": "data", "hostPath": {}}, {"name": "own", "emptyDir": {}}],
        "containers": [{"name": "a", "image": "a:1", "volumeMounts": [
            {"name": "data", "mountPath": "/data"}, {"name": "own", "mountPath": "/own"}, {"name": "x", "mountPath": "/x"}]}]}));
    let claim = |name: &str| {
        json!({"metadata": {"name": name}, "spec":
            {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}})
    };
    set["spec"]["volumeClaimTemplates"] = json!([claim("data"), claim("Logs"), claim("data")]);
    let expected = [
        format!("volumes[1].name Invalid {LABEL}"),
        "volumes[3].name Duplicate".to_owned(),
        "containers[0].volumeMounts[2].name NotFound".to_owned(),
    ];
    assert_eq!(errors(&set, None, "1.34"), expected);
    assert_eq!(errors(&set, None, "1.33"), Vec::<String>::new());
}

#[test]
fn versions_differ() {
    let image = json!({"image": {}});
    assert_volumes("1.36", &[(image.clone(), &[])]);
    let csi = json!({"csi": {}});
    let subdomain = "volumes[0].csi.driver Invalid a lowercase RFC 1123 subdomain must consist of lower case alphanumeric \
        characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used \
        for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    assert_volumes(
        "1.34",
        &[(csi.clone(), &["volumes[0].csi.driver Required", subdomain])],
    );
    assert_volumes("1.35", &[(csi, &["volumes[0].csi.driver Required"])]);
}

#[test]
fn what_the_stored_set_gets_away_with_may_stay() {
    let volume = |source: Value| {
        let mut volume = source;
        volume["name"] = json!("v");
        set(&json!({"volumes": [volume]}))
    };
    let token =
        |path: &str| volume(json!({"projected": {"sources": [{"serviceAccountToken": {"path": path}}]}}));
    assert_eq!(
        errors(&token("../b"), Some(&token("../a")), "1.37"),
        Vec::<String>::new()
    );
    assert_eq!(
        errors(&token("../b"), Some(&token("a")), "1.37"),
        ["volumes[0].projected.path Invalid must not contain '..'"]
    );
    let image = |reference: &str| volume(json!({"image": {"reference": reference}}));
    assert_eq!(errors(&image(""), Some(&image("")), "1.37"), Vec::<String>::new());
    assert_eq!(
        errors(&image(""), Some(&image("r")), "1.37"),
        ["volumes[0].image.reference Required"]
    );
}
