//! A folder for one recording, with the keys and tokens made for it; it goes with the recording.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A folder of its own below the system's temporary one, removed when dropped.
pub struct Folder(PathBuf);

impl Folder {
    /// # Errors
    /// The folder cannot be created.
    pub fn create() -> Result<Self, String> {
        let path = std::env::temp_dir().join(format!("steadfast-record-{}", std::process::id()));
        fs::create_dir_all(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        Ok(Self(path))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Who may talk to the API server: user and group of each client. The controllers run with all rights, as one
/// user; the audit log tells them apart by user agent.
const CLIENTS: [(&str, &str, &str); 4] = [
    ("administrator", "administrator", "system:masters"),
    ("controllers", "system:kube-controller-manager", "system:masters"),
    ("scheduler", "system:kube-scheduler", "system:masters"),
    ("kwok", "kwok", "system:masters"),
];

/// The files that hold the keys.
pub struct Credentials {
    folder: PathBuf,
}

impl Credentials {
    /// Writes a signing key, a token for each client, and a kubeconfig for each.
    ///
    /// # Errors
    /// No random bytes, or a file that cannot be written.
    pub fn write(folder: &Path, secure_port: u16) -> Result<Self, String> {
        let credentials = Self {
            folder: folder.to_owned(),
        };
        put(&credentials.signing_key(), &signing_key(&random()?))?;
        let mut tokens = String::new();
        for (client, user, group) in CLIENTS {
            let token: String = random()?.iter().map(|byte| format!("{byte:02x}")).collect();
            tokens.push_str(&format!("{token},{user},{user},\"{group}\"\n"));
            let cluster = json!({
                "server": format!("https://127.0.0.1:{secure_port}"),
                "insecure-skip-tls-verify": true, // loopback, and a certificate that the server made itself
            });
            let kubeconfig = json!({
                "apiVersion": "v1", "kind": "Config", "current-context": "recording",
                "clusters": [{ "name": "recording", "cluster": cluster }],
                "users": [{ "name": client, "user": { "token": token } }],
                "contexts": [{ "name": "recording", "context": { "cluster": "recording", "user": client } }],
            });
            put(&credentials.kubeconfig(client), &kubeconfig.to_string())?;
        }
        put(&credentials.tokens(), &tokens)?;
        Ok(credentials)
    }

    /// The key that signs the tokens of service accounts.
    pub fn signing_key(&self) -> PathBuf {
        self.folder.join("signing-key.pem")
    }

    /// The API server's token file.
    pub fn tokens(&self) -> PathBuf {
        self.folder.join("tokens.csv")
    }

    /// The kubeconfig of one of `CLIENTS`.
    pub fn kubeconfig(&self, client: &str) -> PathBuf {
        self.folder.join(format!("{client}.kubeconfig"))
    }

    /// Where kubectl may keep what it learnt about the API.
    pub fn cache(&self) -> PathBuf {
        self.folder.join("kubectl")
    }
}

fn put(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|e| format!("{}: {e}", path.display()))
}

fn random() -> Result<[u8; 32], String> {
    let mut bytes = [0; 32];
    let source = "/dev/urandom";
    let read = fs::File::open(source).and_then(|mut file| file.read_exact(&mut bytes));
    read.map(|()| bytes).map_err(|e| format!("{source}: {e}"))
}

/// A P-256 key as RFC 5915 writes it: version 1, the number, the curve's identifier (1.2.840.10045.3.1.7).
fn signing_key(number: &[u8; 32]) -> String {
    let mut der = vec![0x30, 0x31, 0x02, 0x01, 0x01, 0x04, 0x20, 0x00];
    der.extend(number.get(1..).unwrap_or_default()); // with 0 in front it is below the curve's order
    der.extend([
        0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07,
    ]);
    format!(
        "-----BEGIN EC PRIVATE KEY-----\n{}\n-----END EC PRIVATE KEY-----\n",
        STANDARD.encode(&der)
    )
}
