//! Volumes and their sources. Made by `bin/canonical tables`; see the parent.

use super::Kind::{self, Bool, Int32, Int64, Quantity, Text};
use super::Shape::{List, Map, One};
use super::claim::PERSISTENT_VOLUME_CLAIM_TEMPLATE;
use super::metadata::{LABEL_SELECTOR, LOCAL_OBJECT_REFERENCE};
use super::{Default, Struct, field};
use crate::canonical::rules::Rule;

pub(in crate::canonical) static AWS_ELASTIC_BLOCK_STORE_VOLUME_SOURCE: Struct = Struct {
    rule: None,
    fields: &[
        field("fsType", One(Text)),
        field("partition", One(Int32)),
        field("readOnly", One(Bool)),
        field("volumeID", One(Text)).always(),
    ],
};

pub(in crate::canonical) static AZURE_DISK_VOLUME_SOURCE: Struct = Struct {
    rule: None,
    fields: &[
        field("cachingMode", One(Text))
            .pointer()
            .or(&Default::Text("ReadWrite")),
        field("diskName", One(Text)).always(),
        field("diskURI", One(Text)).always(),
        field("fsType", One(Text)).pointer().or(&Default::Text("ext4")),
        field("kind", One(Text)).pointer().or(&Default::Text("Shared")),
        field("readOnly", One(Bool)).pointer().or(&Default::False),
    ],
};

pub(in crate::canonical) static AZURE_FILE_VOLUME_SOURCE: Struct = Struct {
    rule: None,
    fields: &[
        field("readOnly", One(Bool)),
        field("secretName", One(Text)).always(),
        field("shareName", One(Text)).always(),
    ],
};

pub(in crate::canonical) static CSI_VOLUME_SOURCE: Struct = Struct {
    rule: None,
    fields: &[
        field("driver", One(Text)).always(),
        field("fsType", One(Text)).pointer(),
        field("nodePublishSecretRef", One(Kind::Struct(&LOCAL_OBJECT_REFERENCE))).pointer(),
        field("readOnly", One(Bool)).pointer(),
        field("volumeAttributes", Map(Text)),
    ],
};

pub(in crate::canonical) static CEPH_FS_VOLUME_SOURCE: Struct = Struct {
    rule: None,
    fields: &[
        field("monitors", List(Text)).always(),
        field("path", One(Text)),
        field("readOnly", One(Bool)),
        field("secretFile", One(Text)),
        field("secretRef", One(Kind::Struct(&LOCAL_OBJECT_REFERENCE))).pointer(),
        field("user", One(Text)),
    ],
};

pub(in crate::canonical) static CINDER_VOLUME_SOURCE: Struct = Struct {
    rule: None,
    fields: &[
        field("fsType", One(Text)),
        field("readOnly", One(Bool)),
        field("secretRef", One(Kind::Struct(&LOCAL_OBJECT_REFERENCE))).pointer(),
        field("volumeID", One(Text)).always(),
    ],
};

pub(in crate::canonical) static CLUSTER_TRUST_BUNDLE_PROJECTION: Struct = Struct {
    rule: None,
    fields: &[
        field("labelSelector", One(Kind::Struct(&LABEL_SELECTOR))).pointer(),
        field("name", One(Text)).pointer(),
        field("optional", One(Bool)).pointer(),
        field("path", One(Text)).always(),
        field("signerName", One(Text)).pointer(),
        field("user", One(Int64)).pointer().since(37),
    ],
};

pub(in crate::canonical) static CONFIG_MAP_PROJECTION: Struct = Struct {
    rule: None,
    fields: &[
        field("items", List(Kind::Struct(&KEY_TO_PATH))),
        field("name", One(Text)),
        field("optional", One(Bool)).pointer(),
    ],
};

pub(in crate::canonical) static CONFIG_MAP_VOLUME_SOURCE: Struct = Struct {
    rule: None,
    fields: &[
        field("defaultMode", One(Int32))
            .pointer()
            .or(&Default::Int(0o644)),
        field("defaultUser", One(Int64)).pointer().since(37),
        field("items", List(Kind::Struct(&KEY_TO_PATH))),
        field("name", One(Text)),
        field("optional", One(Bool)).pointer(),
    ],
};

pub(in crate::canonical) static DOWNWARD_API_PROJECTION: Struct = Struct {
    rule: None,
    fields: &[field("items", List(Kind::Struct(&DOWNWARD_API_VOLUME_FILE)))],
};

pub(in crate::canonical) static DOWNWARD_API_VOLUME_FILE: Struct = Struct {
    rule: None,
    fields: &[
        field("fieldRef", One(Kind::Struct(&OBJECT_FIELD_SELECTOR))).pointer(),
        field("mode", One(Int32)).pointer(),
        field("path", One(Text)).always(),
        field("resourceFieldRef", One(Kind::Struct(&RESOURCE_FIELD_SELECTOR))).pointer(),
        field("user", One(Int64)).pointer().since(37),
    ],
};

pub(in crate::canonical) static DOWNWARD_API_VOLUME_SOURCE: Struct = Struct {
    rule: None,
    fields: &[
        field("defaultMode", One(Int32))
            .pointer()
            .or(&Default::Int(0o644)),
        field("defaultUser", One(Int64)).pointer().since(37),
        field("items", List(Kind::Struct(&DOWNWARD_API_VOLUME_FILE))),
    ],
};

pub(in crate::canonical) static EMPTY_DIR_VOLUME_SOURCE: Struct = Struct {
    rule: None,
    fields: &[
        field("medium", One(Text)),
        field("mode", One(Int32)).pointer().since(37),
        field("sizeLimit", One(Quantity)).pointer(),
    ],
};

pub(in crate::canonical) static EPHEMERAL_VOLUME_SOURCE: Struct = Struct {
    rule: None,
    fields: &[field(
        "volumeClaimTemplate",
        One(Kind::Struct(&PERSISTENT_VOLUME_CLAIM_TEMPLATE)),
    )
    .pointer()],
};

pub(in crate::canonical) static FC_VOLUME_SOURCE: Struct = Struct {
    rule: None,
    fields: &[
        field("fsType", One(Text)),
        field("lun", One(Int32)).pointer(),
        field("readOnly", One(Bool)),
        field("targetWWNs", List(Text)),
        field("wwids", List(Text)),
    ],
};

pub(in crate::canonical) static FLEX_VOLUME_SOURCE: Struct = Struct {
    rule: None,
    fields: &[
        field("driver", One(Text)).always(),
        field("fsType", One(Text)),
        field("options", Map(Text)),
        field("readOnly", One(Bool)),
        field("secretRef", One(Kind::Struct(&LOCAL_OBJECT_REFERENCE))).pointer(),
    ],
};

pub(in crate::canonical) static FLOCKER_VOLUME_SOURCE: Struct = Struct {
    rule: None,
    fields: &[field("datasetName", One(Text)), field("datasetUUID", One(Text))],
};

pub(in crate::canonical) static GCE_PERSISTENT_DISK_VOLUME_SOURCE: Struct = Struct {
    rule: None,
    fields: &[
        field("fsType", One(Text)),
        field("partition", One(Int32)),
        field("pdName", One(Text)).always(),
        field("readOnly", One(Bool)),
    ],
};

pub(in crate::canonical) static GIT_REPO_VOLUME_SOURCE: Struct = Struct {
    rule: None,
    fields: &[
        field("directory", One(Text)),
        field("repository", One(Text)).always(),
        field("revision", One(Text)),
    ],
};

pub(in crate::canonical) static GLUSTERFS_VOLUME_SOURCE: Struct = Struct {
    rule: None,
    fields: &[
        field("endpoints", One(Text)).always(),
        field("path", One(Text)).always(),
        field("readOnly", One(Bool)),
    ],
};

pub(in crate::canonical) static HOST_PATH_VOLUME_SOURCE: Struct = Struct {
    rule: None,
    fields: &[
        field("path", One(Text)).always(),
        field("type", One(Text)).pointer().or(&Default::Text("")),
    ],
};

pub(in crate::canonical) static ISCSI_VOLUME_SOURCE: Struct = Struct {
    rule: None,
    fields: &[
        field("chapAuthDiscovery", One(Bool)),
        field("chapAuthSession", One(Bool)),
        field("fsType", One(Text)),
        field("initiatorName", One(Text)).pointer(),
        field("iqn", One(Text)).always(),
        field("iscsiInterface", One(Text)).or(&Default::Text("default")),
        field("lun", One(Int32)).always(),
        field("portals", List(Text)),
        field("readOnly", One(Bool)),
        field("secretRef", One(Kind::Struct(&LOCAL_OBJECT_REFERENCE))).pointer(),
        field("targetPortal", One(Text)).always(),
    ],
};

pub(in crate::canonical) static IMAGE_VOLUME_SOURCE: Struct = Struct {
    rule: None,
    fields: &[field("pullPolicy", One(Text)), field("reference", One(Text))],
};

pub(in crate::canonical) static KEY_TO_PATH: Struct = Struct {
    rule: None,
    fields: &[
        field("key", One(Text)).always(),
        field("mode", One(Int32)).pointer(),
        field("path", One(Text)).always(),
        field("user", One(Int64)).pointer().since(37),
    ],
};

pub(in crate::canonical) static NFS_VOLUME_SOURCE: Struct = Struct {
    rule: None,
    fields: &[
        field("path", One(Text)).always(),
        field("readOnly", One(Bool)),
        field("server", One(Text)).always(),
    ],
};

pub(in crate::canonical) static OBJECT_FIELD_SELECTOR: Struct = Struct {
    rule: None,
    fields: &[
        field("apiVersion", One(Text)).or(&Default::Text("v1")),
        field("fieldPath", One(Text)).always(),
    ],
};

pub(in crate::canonical) static PERSISTENT_VOLUME_CLAIM_VOLUME_SOURCE: Struct = Struct {
    rule: None,
    fields: &[
        field("claimName", One(Text)).always(),
        field("readOnly", One(Bool)),
    ],
};

pub(in crate::canonical) static PHOTON_PERSISTENT_DISK_VOLUME_SOURCE: Struct = Struct {
    rule: None,
    fields: &[field("fsType", One(Text)), field("pdID", One(Text)).always()],
};

pub(in crate::canonical) static POD_CERTIFICATE_PROJECTION: Struct = Struct {
    rule: None,
    fields: &[
        field("certificateChainPath", One(Text)).since(34),
        field("credentialBundlePath", One(Text)).since(34),
        field("keyPath", One(Text)).since(34),
        field("keyType", One(Text)).since(34),
        field("maxExpirationSeconds", One(Int32)).pointer().since(34),
        field("signerName", One(Text)).since(34),
        field("user", One(Int64)).pointer().since(37),
        field("userAnnotations", Map(Text)).since(35),
    ],
};

pub(in crate::canonical) static PORTWORX_VOLUME_SOURCE: Struct = Struct {
    rule: None,
    fields: &[
        field("fsType", One(Text)),
        field("readOnly", One(Bool)),
        field("volumeID", One(Text)).always(),
    ],
};

pub(in crate::canonical) static PROJECTED_VOLUME_SOURCE: Struct = Struct {
    rule: None,
    fields: &[
        field("defaultMode", One(Int32))
            .pointer()
            .or(&Default::Int(0o644)),
        field("defaultUser", One(Int64)).pointer().since(37),
        field("sources", List(Kind::Struct(&VOLUME_PROJECTION))).always(),
    ],
};

pub(in crate::canonical) static QUOBYTE_VOLUME_SOURCE: Struct = Struct {
    rule: None,
    fields: &[
        field("group", One(Text)),
        field("readOnly", One(Bool)),
        field("registry", One(Text)).always(),
        field("tenant", One(Text)),
        field("user", One(Text)),
        field("volume", One(Text)).always(),
    ],
};

pub(in crate::canonical) static RBD_VOLUME_SOURCE: Struct = Struct {
    rule: None,
    fields: &[
        field("fsType", One(Text)),
        field("image", One(Text)).always(),
        field("keyring", One(Text)).or(&Default::Text("/etc/ceph/keyring")),
        field("monitors", List(Text)).always(),
        field("pool", One(Text)).or(&Default::Text("rbd")),
        field("readOnly", One(Bool)),
        field("secretRef", One(Kind::Struct(&LOCAL_OBJECT_REFERENCE))).pointer(),
        field("user", One(Text)).or(&Default::Text("admin")),
    ],
};

pub(in crate::canonical) static RESOURCE_FIELD_SELECTOR: Struct = Struct {
    rule: None,
    fields: &[
        field("containerName", One(Text)),
        field("divisor", One(Quantity)).always(),
        field("resource", One(Text)).always(),
    ],
};

pub(in crate::canonical) static SCALE_IO_VOLUME_SOURCE: Struct = Struct {
    rule: None,
    fields: &[
        field("fsType", One(Text)).or(&Default::Text("xfs")),
        field("gateway", One(Text)).always(),
        field("protectionDomain", One(Text)),
        field("readOnly", One(Bool)),
        field("secretRef", One(Kind::Struct(&LOCAL_OBJECT_REFERENCE)))
            .pointer()
            .always(),
        field("sslEnabled", One(Bool)),
        field("storageMode", One(Text)).or(&Default::Text("ThinProvisioned")),
        field("storagePool", One(Text)),
        field("system", One(Text)).always(),
        field("volumeName", One(Text)),
    ],
};

pub(in crate::canonical) static SECRET_PROJECTION: Struct = Struct {
    rule: None,
    fields: &[
        field("items", List(Kind::Struct(&KEY_TO_PATH))),
        field("name", One(Text)),
        field("optional", One(Bool)).pointer(),
    ],
};

pub(in crate::canonical) static SECRET_VOLUME_SOURCE: Struct = Struct {
    rule: None,
    fields: &[
        field("defaultMode", One(Int32))
            .pointer()
            .or(&Default::Int(0o644)),
        field("defaultUser", One(Int64)).pointer().since(37),
        field("items", List(Kind::Struct(&KEY_TO_PATH))),
        field("optional", One(Bool)).pointer(),
        field("secretName", One(Text)),
    ],
};

pub(in crate::canonical) static SERVICE_ACCOUNT_TOKEN_PROJECTION: Struct = Struct {
    rule: None,
    fields: &[
        field("audience", One(Text)),
        field("expirationSeconds", One(Int64))
            .pointer()
            .or(&Default::Int(3600)),
        field("path", One(Text)).always(),
        field("user", One(Int64)).pointer().since(37),
    ],
};

pub(in crate::canonical) static STORAGE_OS_VOLUME_SOURCE: Struct = Struct {
    rule: None,
    fields: &[
        field("fsType", One(Text)),
        field("readOnly", One(Bool)),
        field("secretRef", One(Kind::Struct(&LOCAL_OBJECT_REFERENCE))).pointer(),
        field("volumeName", One(Text)),
        field("volumeNamespace", One(Text)),
    ],
};

pub(in crate::canonical) static VOLUME: Struct = Struct {
    rule: Some(Rule::Volume),
    fields: &[
        field(
            "awsElasticBlockStore",
            One(Kind::Struct(&AWS_ELASTIC_BLOCK_STORE_VOLUME_SOURCE)),
        )
        .pointer(),
        field("azureDisk", One(Kind::Struct(&AZURE_DISK_VOLUME_SOURCE))).pointer(),
        field("azureFile", One(Kind::Struct(&AZURE_FILE_VOLUME_SOURCE))).pointer(),
        field("cephfs", One(Kind::Struct(&CEPH_FS_VOLUME_SOURCE))).pointer(),
        field("cinder", One(Kind::Struct(&CINDER_VOLUME_SOURCE))).pointer(),
        field("configMap", One(Kind::Struct(&CONFIG_MAP_VOLUME_SOURCE))).pointer(),
        field("csi", One(Kind::Struct(&CSI_VOLUME_SOURCE))).pointer(),
        field("downwardAPI", One(Kind::Struct(&DOWNWARD_API_VOLUME_SOURCE))).pointer(),
        field("emptyDir", One(Kind::Struct(&EMPTY_DIR_VOLUME_SOURCE))).pointer(),
        field("ephemeral", One(Kind::Struct(&EPHEMERAL_VOLUME_SOURCE))).pointer(),
        field("fc", One(Kind::Struct(&FC_VOLUME_SOURCE))).pointer(),
        field("flexVolume", One(Kind::Struct(&FLEX_VOLUME_SOURCE))).pointer(),
        field("flocker", One(Kind::Struct(&FLOCKER_VOLUME_SOURCE))).pointer(),
        field(
            "gcePersistentDisk",
            One(Kind::Struct(&GCE_PERSISTENT_DISK_VOLUME_SOURCE)),
        )
        .pointer(),
        field("gitRepo", One(Kind::Struct(&GIT_REPO_VOLUME_SOURCE))).pointer(),
        field("glusterfs", One(Kind::Struct(&GLUSTERFS_VOLUME_SOURCE))).pointer(),
        field("hostPath", One(Kind::Struct(&HOST_PATH_VOLUME_SOURCE))).pointer(),
        field("image", One(Kind::Struct(&IMAGE_VOLUME_SOURCE))).pointer(),
        field("iscsi", One(Kind::Struct(&ISCSI_VOLUME_SOURCE))).pointer(),
        field("name", One(Text)).always(),
        field("nfs", One(Kind::Struct(&NFS_VOLUME_SOURCE))).pointer(),
        field(
            "persistentVolumeClaim",
            One(Kind::Struct(&PERSISTENT_VOLUME_CLAIM_VOLUME_SOURCE)),
        )
        .pointer(),
        field(
            "photonPersistentDisk",
            One(Kind::Struct(&PHOTON_PERSISTENT_DISK_VOLUME_SOURCE)),
        )
        .pointer(),
        field("portworxVolume", One(Kind::Struct(&PORTWORX_VOLUME_SOURCE))).pointer(),
        field("projected", One(Kind::Struct(&PROJECTED_VOLUME_SOURCE))).pointer(),
        field("quobyte", One(Kind::Struct(&QUOBYTE_VOLUME_SOURCE))).pointer(),
        field("rbd", One(Kind::Struct(&RBD_VOLUME_SOURCE))).pointer(),
        field("scaleIO", One(Kind::Struct(&SCALE_IO_VOLUME_SOURCE))).pointer(),
        field("secret", One(Kind::Struct(&SECRET_VOLUME_SOURCE))).pointer(),
        field("storageos", One(Kind::Struct(&STORAGE_OS_VOLUME_SOURCE))).pointer(),
        field(
            "vsphereVolume",
            One(Kind::Struct(&VSPHERE_VIRTUAL_DISK_VOLUME_SOURCE)),
        )
        .pointer(),
    ],
};

pub(in crate::canonical) static VOLUME_PROJECTION: Struct = Struct {
    rule: None,
    fields: &[
        field(
            "clusterTrustBundle",
            One(Kind::Struct(&CLUSTER_TRUST_BUNDLE_PROJECTION)),
        )
        .pointer(),
        field("configMap", One(Kind::Struct(&CONFIG_MAP_PROJECTION))).pointer(),
        field("downwardAPI", One(Kind::Struct(&DOWNWARD_API_PROJECTION))).pointer(),
        field("podCertificate", One(Kind::Struct(&POD_CERTIFICATE_PROJECTION)))
            .pointer()
            .since(34),
        field("secret", One(Kind::Struct(&SECRET_PROJECTION))).pointer(),
        field(
            "serviceAccountToken",
            One(Kind::Struct(&SERVICE_ACCOUNT_TOKEN_PROJECTION)),
        )
        .pointer(),
    ],
};

pub(in crate::canonical) static VSPHERE_VIRTUAL_DISK_VOLUME_SOURCE: Struct = Struct {
    rule: None,
    fields: &[
        field("fsType", One(Text)),
        field("storagePolicyID", One(Text)),
        field("storagePolicyName", One(Text)),
        field("volumePath", One(Text)).always(),
    ],
};

pub(in crate::canonical) static NAMES: &[(&Struct, &str)] = &[
    (
        &AWS_ELASTIC_BLOCK_STORE_VOLUME_SOURCE,
        "AWSElasticBlockStoreVolumeSource",
    ),
    (&AZURE_DISK_VOLUME_SOURCE, "AzureDiskVolumeSource"),
    (&AZURE_FILE_VOLUME_SOURCE, "AzureFileVolumeSource"),
    (&CSI_VOLUME_SOURCE, "CSIVolumeSource"),
    (&CEPH_FS_VOLUME_SOURCE, "CephFSVolumeSource"),
    (&CINDER_VOLUME_SOURCE, "CinderVolumeSource"),
    (&CLUSTER_TRUST_BUNDLE_PROJECTION, "ClusterTrustBundleProjection"),
    (&CONFIG_MAP_PROJECTION, "ConfigMapProjection"),
    (&CONFIG_MAP_VOLUME_SOURCE, "ConfigMapVolumeSource"),
    (&DOWNWARD_API_PROJECTION, "DownwardAPIProjection"),
    (&DOWNWARD_API_VOLUME_FILE, "DownwardAPIVolumeFile"),
    (&DOWNWARD_API_VOLUME_SOURCE, "DownwardAPIVolumeSource"),
    (&EMPTY_DIR_VOLUME_SOURCE, "EmptyDirVolumeSource"),
    (&EPHEMERAL_VOLUME_SOURCE, "EphemeralVolumeSource"),
    (&FC_VOLUME_SOURCE, "FCVolumeSource"),
    (&FLEX_VOLUME_SOURCE, "FlexVolumeSource"),
    (&FLOCKER_VOLUME_SOURCE, "FlockerVolumeSource"),
    (
        &GCE_PERSISTENT_DISK_VOLUME_SOURCE,
        "GCEPersistentDiskVolumeSource",
    ),
    (&GIT_REPO_VOLUME_SOURCE, "GitRepoVolumeSource"),
    (&GLUSTERFS_VOLUME_SOURCE, "GlusterfsVolumeSource"),
    (&HOST_PATH_VOLUME_SOURCE, "HostPathVolumeSource"),
    (&ISCSI_VOLUME_SOURCE, "ISCSIVolumeSource"),
    (&IMAGE_VOLUME_SOURCE, "ImageVolumeSource"),
    (&KEY_TO_PATH, "KeyToPath"),
    (&NFS_VOLUME_SOURCE, "NFSVolumeSource"),
    (&OBJECT_FIELD_SELECTOR, "ObjectFieldSelector"),
    (
        &PERSISTENT_VOLUME_CLAIM_VOLUME_SOURCE,
        "PersistentVolumeClaimVolumeSource",
    ),
    (
        &PHOTON_PERSISTENT_DISK_VOLUME_SOURCE,
        "PhotonPersistentDiskVolumeSource",
    ),
    (&POD_CERTIFICATE_PROJECTION, "PodCertificateProjection"),
    (&PORTWORX_VOLUME_SOURCE, "PortworxVolumeSource"),
    (&PROJECTED_VOLUME_SOURCE, "ProjectedVolumeSource"),
    (&QUOBYTE_VOLUME_SOURCE, "QuobyteVolumeSource"),
    (&RBD_VOLUME_SOURCE, "RBDVolumeSource"),
    (&RESOURCE_FIELD_SELECTOR, "ResourceFieldSelector"),
    (&SCALE_IO_VOLUME_SOURCE, "ScaleIOVolumeSource"),
    (&SECRET_PROJECTION, "SecretProjection"),
    (&SECRET_VOLUME_SOURCE, "SecretVolumeSource"),
    (&SERVICE_ACCOUNT_TOKEN_PROJECTION, "ServiceAccountTokenProjection"),
    (&STORAGE_OS_VOLUME_SOURCE, "StorageOSVolumeSource"),
    (&VOLUME, "Volume"),
    (&VOLUME_PROJECTION, "VolumeProjection"),
    (
        &VSPHERE_VIRTUAL_DISK_VOLUME_SOURCE,
        "VsphereVirtualDiskVolumeSource",
    ),
];
