//! Suite `images`: what the Dockerfiles make, as far as it can be tried without one. The programs are static; each runs alone in an empty
//! folder that it takes for the whole system, as nobody, and does its work.

use super::controller::page;
use crate::record::binaries::ServerBinaries;
use crate::record::process::{Process, wait_for};
use crate::record::server::{Server, free_port};
use crate::{command, conformance, debian, wasm};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(60);

/// Builds, and tries.
///
/// # Errors
/// Something that cannot be built, a program that needs more than itself, or one that does not come to its work.
pub fn suite() -> Result<(), String> {
    let repository = command::repository();
    let target = format!("{}-unknown-linux-musl", std::env::consts::ARCH);
    wasm::add_target(&target)?;
    if !command::is_there("musl-gcc", "--version") {
        debian::install(
            "musl-tools",
            "musl-gcc is not there: install it (Debian: `apt-get install musl-tools`)",
        )?;
    }
    let programs = ["steadfast-webhook", "steadfast-controller"];
    let packages = programs.map(|program| ["-p", program]).concat();
    let line = [
        &["build", "--quiet", "--profile=image", "--target", &target],
        &packages[..],
    ]
    .concat();
    println!("building {} for {target} ...", programs.join(" and "));
    command::run(&mut command::cargo(&line))?;
    let built = conformance::target()?.join(&target).join("image");
    let server = Server::start(ServerBinaries::ready(repository, None)?, |_| Vec::new())?;

    let jail = Jail::of(&built.join(programs[0]), &server)?;
    let port = free_port()?;
    let flags = [
        "--kubeconfig=/kubeconfig".to_owned(),
        format!("--listen=127.0.0.1:{port}"),
        "--self-made=127.0.0.1".to_owned(),
    ];
    let mut webhook = jail.start(&flags)?;
    let address = format!("--server=https://127.0.0.1:{port}");
    let ask = ["--insecure-skip-tls-verify", &address, "get", "--raw", "/readyz"];
    wait_for("the webhook to be ready", LIMIT, || {
        webhook.check()?;
        Ok(server.kubectl(&ask, None).ok())
    })?;
    end(&mut webhook, &jail)?;

    let jail = Jail::of(&built.join(programs[1]), &server)?;
    let port = free_port()?;
    let flags = [
        "shadow".to_owned(),
        "--kubeconfig=/kubeconfig".to_owned(),
        format!("--listen=127.0.0.1:{port}"),
    ];
    let mut controller = jail.start(&flags)?;
    wait_for("the controller to be ready", LIMIT, || {
        controller.check()?;
        Ok(page(port, "/readyz").filter(|answer| answer == "ok\n"))
    })?;
    end(&mut controller, &jail)
}

/// A folder with a program, a kubeconfig, and nothing else.
struct Jail {
    folder: PathBuf,
    name: String,
}

impl Jail {
    fn of(program: &Path, server: &Server) -> Result<Self, String> {
        let name = program
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .ok_or("a program without a name")?;
        let folder = server.folder().join(format!("only-{name}"));
        let fails = |error: std::io::Error| format!("{}: {error}", folder.display());
        fs::create_dir(&folder).map_err(fails)?;
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).map_err(fails)?;
        fs::copy(program, folder.join(&name)).map_err(fails)?;
        // As in a cluster, the API server's certificate comes with the account: an empty folder has nobody else's.
        let file = server.credentials().kubeconfig("administrator");
        let text = fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
        let mut kubeconfig: Value =
            serde_json::from_str(&text).map_err(|e| format!("the kubeconfig: {e}"))?;
        let certificate = server.folder().join("certificates/apiserver.crt");
        let certificate = fs::read(&certificate).map_err(|e| format!("{}: {e}", certificate.display()))?;
        kubeconfig["clusters"][0]["cluster"] = json!({"server": kubeconfig["clusters"][0]["cluster"]["server"],
            "certificate-authority-data": STANDARD.encode(certificate)});
        let file = folder.join("kubeconfig");
        fs::write(&file, kubeconfig.to_string()).map_err(fails)?;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).map_err(fails)?;
        Ok(Self { folder, name })
    }

    /// Starts the program with this folder for its root, as the user of the Dockerfiles.
    fn start(&self, flags: &[String]) -> Result<Process, String> {
        let mut line = vec![
            "--userspec=65532:65532".to_owned(),
            self.folder.display().to_string(),
            format!("/{}", self.name),
        ];
        line.extend_from_slice(flags);
        let log = self.folder.with_extension("log");
        Process::start(&self.name, Path::new("chroot"), &line, &log)
    }
}

/// Asks it to end, and says what it was.
fn end(process: &mut Process, jail: &Jail) -> Result<(), String> {
    let code = process.end(LIMIT)?;
    if code != Some(0) {
        return Err(format!("asked to end, {} ended with {code:?}", jail.name));
    }
    let program = jail.folder.join(&jail.name);
    let bytes = fs::metadata(&program)
        .map_err(|e| format!("{}: {e}", program.display()))?
        .len();
    println!(
        "{}: {:.1} MB, alone in an empty folder, as user 65532: came to its work and ended when it was asked to",
        jail.name,
        bytes as f64 / 1e6
    );
    Ok(())
}
