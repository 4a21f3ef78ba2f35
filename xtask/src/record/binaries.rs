//! The control plane's programs, built once from their released Go modules into a cache outside the repository.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// Where each program stands.
pub struct Binaries {
    pub server: ServerBinaries,
    pub kube_controller_manager: PathBuf,
    pub kube_scheduler: PathBuf,
    pub kwok: PathBuf,
}

/// Those that an API server alone needs.
pub struct ServerBinaries {
    pub etcd: PathBuf,
    pub kube_apiserver: PathBuf,
    pub kubectl: PathBuf,
}

impl Binaries {
    /// Builds what the cache lacks and says so. The cache is `cluster/` in `$STEADFAST_CACHE`, else in `~/.cache/steadfast`;
    /// a folder a `go.mod`, named after what it pins, so that a new pin is a new build.
    ///
    /// # Errors
    /// No Go toolchain, no place for the cache, or a build that fails.
    pub fn ready(repository: &Path) -> Result<Self, String> {
        let server = ServerBinaries::ready(repository, None)?;
        let cache = cache()?;
        let kubernetes = Module::of(repository, "kubernetes", KUBERNETES)?;
        let kwok = Module::of(repository, "kwok", "sigs.k8s.io/kwok")?;
        Ok(Self {
            server,
            kube_controller_manager: kubernetes.component(&cache, "kube-controller-manager")?,
            kube_scheduler: kubernetes.component(&cache, "kube-scheduler")?,
            kwok: kwok.built(&cache, "kwok", "sigs.k8s.io/kwok/cmd/kwok")?,
        })
    }
}

impl ServerBinaries {
    /// As [`Binaries::ready`]; the API server is that of `release`, one of tests/upstream, where another than the pinned one is
    /// wanted.
    ///
    /// # Errors
    /// As [`Binaries::ready`].
    pub fn ready(repository: &Path, release: Option<&str>) -> Result<Self, String> {
        let cache = cache()?;
        let etcd = Module::of(repository, "etcd", ETCD)?;
        let kubernetes = match release {
            Some(release) => Module::of_release(repository, &cache, release)?,
            None => Module::of(repository, "kubernetes", KUBERNETES)?,
        };
        Ok(Self {
            etcd: etcd.built(&cache, "etcd", ETCD)?,
            kube_apiserver: kubernetes.component(&cache, "kube-apiserver")?,
            kubectl: match on_path("kubectl") {
                Some(found) => found,
                None => kubernetes.component(&cache, "kubectl")?,
            },
        })
    }
}

/// Helm, from `$PATH` or built from its module as the rest is.
///
/// # Errors
/// As [`Binaries::ready`].
pub fn helm(repository: &Path) -> Result<PathBuf, String> {
    if let Some(found) = on_path("helm") {
        return Ok(found);
    }
    const HELM: &str = "helm.sh/helm/v3";
    Module::of(repository, "helm", HELM)?.built(&cache()?, "helm", "helm.sh/helm/v3/cmd/helm")
}

const ETCD: &str = "go.etcd.io/etcd/server/v3";
const KUBERNETES: &str = "k8s.io/kubernetes";

/// The Kubernetes version that `tests/cluster/kubernetes/go.mod` pins, such as `1.37.1`.
///
/// # Errors
/// The file cannot be read or pins none.
pub fn kubernetes_version(repository: &Path) -> Result<String, String> {
    let module = Module::of(repository, "kubernetes", KUBERNETES)?;
    Ok(module.version.trim_start_matches('v').to_owned())
}

/// One `go.mod` below `tests/cluster/`, and the version of the module it is there for.
struct Module {
    folder: PathBuf,
    version: String,
    /// Whether Go may add to the `go.mod`, as a flag of its.
    mode: &'static str,
}

impl Module {
    fn of(repository: &Path, folder: &str, path: &str) -> Result<Self, String> {
        let folder = repository.join("tests/cluster").join(folder);
        let file = folder.join("go.mod");
        let text = std::fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
        let version = text.lines().find_map(|line| {
            let mut words = line.trim().trim_start_matches("require ").split_whitespace();
            (words.next() == Some(path))
                .then(|| words.next().map(str::to_owned))
                .flatten()
        });
        match version {
            Some(version) => Ok(Self {
                folder,
                version,
                mode: "-mod=readonly",
            }),
            None => Err(format!("{}: requires no `{path}`", file.display())),
        }
    }

    /// The release that a program of tests/upstream pins, as a module of its own in the cache. That program needs fewer
    /// modules: Go adds what is missing.
    fn of_release(repository: &Path, cache: &Path, release: &str) -> Result<Self, String> {
        let pinned = repository.join(format!("tests/upstream/v{release}"));
        let folder = cache.join(format!("kubernetes-v{release}"));
        let read = |name: &str| {
            let file = pinned.join(name);
            std::fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))
        };
        let lines = read("go.mod")?;
        let lines = lines.lines().filter(|line| !line.contains("upstream/harness"));
        std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        for (name, text) in [
            ("go.mod", lines.collect::<Vec<_>>().join("\n")),
            ("go.sum", read("go.sum")?),
        ] {
            let file = folder.join(name);
            std::fs::write(&file, text).map_err(|e| format!("{}: {e}", file.display()))?;
        }
        Ok(Self {
            folder,
            version: format!("v{release}"),
            mode: "-mod=mod",
        })
    }

    fn component(&self, cache: &Path, name: &str) -> Result<PathBuf, String> {
        self.built(cache, name, &format!("k8s.io/kubernetes/cmd/{name}"))
    }

    fn built(&self, cache: &Path, name: &str, package: &str) -> Result<PathBuf, String> {
        let program = cache.join(format!("{name}-{}", self.version));
        if program.exists() {
            return Ok(program);
        }
        println!("building {name} {} (once, up to some minutes) ...", self.version);
        let started = Instant::now();
        let stamp = format!(
            "-s -w -X k8s.io/component-base/version.gitVersion={}",
            self.version
        );
        let status = Command::new("go")
            .args(["build", self.mode, "-ldflags", &stamp, "-o"])
            .arg(&program)
            .arg(package)
            .current_dir(&self.folder)
            .status()
            .map_err(|e| format!("go: {e}; the control plane is built with the Go toolchain"))?;
        if !status.success() {
            return Err(format!("go build {package} failed: {status}"));
        }
        println!("built {name} in {} s", started.elapsed().as_secs());
        Ok(program)
    }
}

fn cache() -> Result<PathBuf, String> {
    let folder = crate::command::cache()?.join("cluster");
    std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    Ok(folder)
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}
