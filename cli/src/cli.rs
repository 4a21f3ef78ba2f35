//! What can be typed: commands, options and their help.

use clap::builder::styling::{AnsiColor, Effects, Styles};
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use steadfast_core::{Cause, Profile, Timestamp};
use steadfast_sim::faults::FaultRule;
use steadfast_sim::settings::Span;

use crate::Program;
use crate::failure::Failure;

mod examples;

/// See a StatefulSet rollout before it starts: every step, in order, and why.
#[derive(Debug, Parser)]
#[command(name = "steadfast", version, max_term_width = 100, after_help = examples::ROOT)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// When to use colour; NO_COLOR is honoured
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Foresee a rollout to its end: from a manifest, a change, or what a cluster holds
    #[command(visible_alias = "forecast", after_help = examples::PLAN, after_long_help = examples::PLAN)]
    Plan(Box<PlanArguments>),
    /// Ask the same under several versions of Kubernetes: where they part, at which step, and why
    #[command(after_help = examples::COMPARE)]
    Compare(Box<CompareArguments>),
    /// Compare two manifests as an API server does: what changes, whether it may, and whether Pods restart
    #[command(after_help = examples::DIFF)]
    Diff(DiffArguments),
    /// Say what comes of `kubectl delete --cascade=orphan` and a new apply: what is adopted, restarted or broken
    #[command(after_help = examples::RECREATE)]
    Recreate(Box<RecreateArguments>),
    /// Decide one step: what the controller does next with an observed StatefulSet
    #[command(after_help = examples::RECONCILE)]
    Reconcile(ReconcileArguments),
    /// Play a scenario: a story of applies, scalings and failures, in a simulated cluster
    #[command(after_help = examples::SIMULATE)]
    Simulate(SimulateArguments),
    /// Say why a StatefulSet is as it is: what holds it, what to do, and what that leads to
    #[command(after_help = examples::EXPLAIN)]
    Explain(ExplainArguments),
    /// Say which names a StatefulSet's Pods have in DNS, what they resolve to, and why not
    #[command(after_help = examples::DNS)]
    Dns(DnsArguments),
    /// Say what an API server would say of StatefulSets, with the lines at fault
    #[command(after_help = examples::LINT)]
    Lint(LintArguments),
    /// Judge a request or a change by the policies of admission, as the webhook does
    #[command(after_help = examples::ADMIT)]
    Admit(Box<AdmitArguments>),
    /// Print what an API server would store for a manifest: with all defaults
    #[command(after_help = examples::DEFAULT)]
    Default(DefaultArguments),
    /// Print a script that completes commands and options in a shell
    #[command(after_help = examples::COMPLETIONS)]
    Completions(CompletionsArguments),
    /// Print this release and the Kubernetes versions that it knows
    #[command(after_help = examples::VERSION)]
    Version(VersionArguments),
}

/// Where the objects come from.
#[derive(Clone, Debug, Args)]
pub(crate) struct InputArguments {
    /// Files of YAML or JSON, all of them together one input; `-` is standard input
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<String>,
    /// The same, as kubectl takes it; may be repeated
    #[arg(short = 'f', long = "filename", value_name = "FILE")]
    pub(crate) filenames: Vec<String>,
    /// Which StatefulSet, where the input holds several
    #[arg(long, value_name = "[NAMESPACE/]NAME")]
    pub(crate) set: Option<String>,
    /// The namespace of objects that name none [default: default]
    #[arg(short, long, value_name = "NAME")]
    pub(crate) namespace: Option<String>,
}

/// Which cluster is read, where a StatefulSet's NAME or nothing stands in place of a FILE.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct LiveArguments {
    /// The kubeconfig [default: $KUBECONFIG, else ~/.kube/config]
    #[arg(long, value_name = "FILE", help_heading = "Live cluster")]
    pub(crate) kubeconfig: Option<String>,
    /// The context of the kubeconfig [default: its current one]
    #[arg(long, value_name = "NAME", help_heading = "Live cluster")]
    pub(crate) context: Option<String>,
    /// Read all namespaces
    #[arg(
        short = 'A',
        long,
        conflicts_with = "namespace",
        help_heading = "Live cluster"
    )]
    pub(crate) all_namespaces: bool,
    /// How long one request may take [default: 30s]
    #[arg(long, value_name = "TIME", help_heading = "Live cluster")]
    pub(crate) request_timeout: Option<Span>,
}

/// Which Kubernetes is spoken of.
#[derive(Clone, Debug, Args)]
pub(crate) struct ProfileArguments {
    /// The version of Kubernetes, as 1.36 or 1.35.0 [default: the live cluster's, else the newest known]
    #[arg(long, value_name = "VERSION", help_heading = "Kubernetes")]
    kubernetes: Option<String>,
    /// Feature gates to switch, as MaxUnavailableStatefulSet=false,…
    #[arg(long, value_name = "GATE=BOOL,…", help_heading = "Kubernetes")]
    feature_gates: Option<String>,
}

/// What a set is asked to become, and from where.
#[derive(Clone, Debug, Args)]
pub(crate) struct ChangeArguments {
    #[command(flatten)]
    pub(crate) input: InputArguments,
    /// The state of the cluster to start from: what `kubectl get … -o yaml` printed, or a StatefulSet of a live cluster; may be repeated
    #[arg(long, value_name = "FILE|NAME", conflicts_with = "from")]
    pub(crate) observed: Vec<String>,
    /// The manifest before the change, which is taken to be running and stable; may be repeated
    #[arg(long, value_name = "OLD")]
    pub(crate) from: Vec<String>,
    /// Foresee the deletion of the set
    #[arg(long, conflicts_with = "from")]
    pub(crate) delete: bool,
    /// What the deletion does with the set's Pods
    #[arg(long, value_name = "HOW", requires = "delete", default_value = "background")]
    pub(crate) cascade: Cascade,
    #[command(flatten)]
    pub(crate) live: LiveArguments,
}

#[derive(Debug, Args)]
pub(crate) struct PlanArguments {
    #[command(flatten)]
    pub(crate) change: ChangeArguments,
    /// Print what `kubectl get pods -w` would
    #[arg(long)]
    pub(crate) watch: bool,
    /// Print every step, also where many are alike
    #[arg(long)]
    pub(crate) all: bool,
    /// How to print the answer
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: Format,
    #[command(flatten)]
    pub(crate) cluster: ClusterArguments,
    #[command(flatten)]
    pub(crate) profile: ProfileArguments,
}

/// How the simulated cluster behaves.
#[derive(Debug, Args)]
#[command(next_help_heading = "Simulated cluster")]
pub(crate) struct ClusterArguments {
    /// How many nodes there are [default: as many as are needed]
    #[arg(long, value_name = "N")]
    pub(crate) nodes: Option<u32>,
    /// What is known of a storage class: it is bound at once, only when a Pod needs it, never, or it is missing
    #[arg(long, value_name = "NAME=immediate|wait|never|missing", value_parser = storage_class)]
    pub(crate) storage_class: Vec<StorageClass>,
    /// How long it takes to give a Pod a node [default: 100ms]
    #[arg(long, value_name = "TIME")]
    pub(crate) scheduling: Option<Span>,
    /// How long it takes to pull an image to a node [default: 2s]
    #[arg(long, value_name = "TIME")]
    pub(crate) pull: Option<Span>,
    /// How long containers take to start [default: 1s]
    #[arg(long, value_name = "TIME")]
    pub(crate) start: Option<Span>,
    /// How long started containers take to be ready [default: as the readiness probe says]
    #[arg(long, value_name = "TIME")]
    pub(crate) ready: Option<Span>,
    /// How long containers take to stop [default: 1s]
    #[arg(long, value_name = "TIME")]
    pub(crate) stop: Option<Span>,
    /// By how much these times vary to both sides [default: 0]
    #[arg(long, value_name = "PERCENT")]
    pub(crate) jitter: Option<u8>,
    /// Where the random generator starts [default: 0]
    #[arg(long, value_name = "NUMBER")]
    pub(crate) seed: Option<u64>,
    /// Pods that never become ready; `*` stands for any text
    #[arg(long, value_name = "POD")]
    pub(crate) not_ready: Vec<String>,
    /// Pods whose containers crash again and again
    #[arg(long, value_name = "POD")]
    pub(crate) crash: Vec<String>,
    /// Pods that stay terminating until they are deleted by force
    #[arg(long, value_name = "POD")]
    pub(crate) never_terminates: Vec<String>,
    /// Images that cannot be pulled
    #[arg(long, value_name = "IMAGE")]
    pub(crate) broken_image: Vec<String>,
    /// Secrets and ConfigMaps that do not exist
    #[arg(long, value_name = "secret/NAME|configmap/NAME", value_parser = absent)]
    pub(crate) absent: Vec<(String, String)>,
    /// Calls of the controller that the API server refuses, as create:pod/web-1=quota or update:any=conflict
    #[arg(long, value_name = "VERB:KIND[/NAME]=ERROR", value_parser = api_error)]
    pub(crate) api_error: Vec<FaultRule>,
    /// Everything else: a file with the settings of a scenario
    #[arg(long, value_name = "FILE")]
    pub(crate) settings: Option<String>,
    /// How much virtual time to play at most [default: 30 days]
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<Span>,
}

#[derive(Debug, Args)]
pub(crate) struct CompareArguments {
    #[command(flatten)]
    pub(crate) change: ChangeArguments,
    /// Compare a scenario, as `simulate` takes it, instead of a change
    #[arg(long, value_name = "SCENARIO", conflicts_with_all = ["files", "filenames", "observed", "from", "delete"])]
    pub(crate) scenario: Option<String>,
    /// How to print the answer
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: Format,
    /// The versions to compare, as 1.34,1.35.0,1.37 [default: all between which behaviour changed]
    #[arg(
        long,
        value_name = "VERSION,…",
        value_delimiter = ',',
        help_heading = "Kubernetes"
    )]
    kubernetes: Vec<String>,
    /// Feature gates to switch in each of them, as MaxUnavailableStatefulSet=false,…
    #[arg(long, value_name = "GATE=BOOL,…", help_heading = "Kubernetes")]
    feature_gates: Option<String>,
    #[command(flatten)]
    pub(crate) cluster: ClusterArguments,
}

#[derive(Debug, Args)]
pub(crate) struct RecreateArguments {
    #[command(flatten)]
    pub(crate) input: InputArguments,
    /// What the cluster holds: what `kubectl get … -o yaml` printed, or a StatefulSet of a live cluster; may be repeated
    #[arg(long, value_name = "FILE|NAME", required = true)]
    pub(crate) observed: Vec<String>,
    /// How to print the answer
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: Format,
    #[command(flatten)]
    pub(crate) cluster: ClusterArguments,
    #[command(flatten)]
    pub(crate) live: LiveArguments,
    #[command(flatten)]
    pub(crate) profile: ProfileArguments,
}

#[derive(Debug, Args)]
pub(crate) struct DiffArguments {
    #[command(flatten)]
    pub(crate) input: InputArguments,
    /// The manifest before the change, or what `kubectl get … -o yaml` printed; may be repeated
    #[arg(long, value_name = "OLD")]
    pub(crate) from: Vec<String>,
    /// How to print the answer
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: Format,
    #[command(flatten)]
    pub(crate) profile: ProfileArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ReconcileArguments {
    #[command(flatten)]
    pub(crate) input: InputArguments,
    /// The time of the decision [default: the observation's own, else the newest in it]
    #[arg(long, value_name = "TIME", value_parser = timestamp)]
    pub(crate) now: Option<Timestamp>,
    /// How to print the answer
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: Format,
    /// Read one observation (compact JSON) a line from standard input, print one plan a line
    #[arg(long, conflicts_with_all = ["files", "filenames", "time", "output"])]
    pub(crate) lines: bool,
    /// Decide N times on the parsed observation and print how long it took
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) time: Option<u32>,
    #[command(flatten)]
    pub(crate) profile: ProfileArguments,
}

#[derive(Debug, Args)]
pub(crate) struct SimulateArguments {
    /// The scenario, a YAML file; `-` is standard input
    #[arg(value_name = "SCENARIO")]
    pub(crate) scenario: String,
    /// Print the full record instead of the timeline
    #[arg(long, value_name = "FORMAT", conflicts_with_all = ["watch", "output"])]
    pub(crate) trace: Option<TraceFormat>,
    /// Print what `kubectl get pods -w` would
    #[arg(long, conflicts_with = "output")]
    pub(crate) watch: bool,
    /// Print every step, also where many are alike
    #[arg(long)]
    pub(crate) all: bool,
    /// Explain the sets as they stand in the end, instead of the story
    #[arg(long, conflicts_with_all = ["watch", "trace", "all"])]
    pub(crate) explain: bool,
    /// Where the random generator starts, instead of what the scenario says
    #[arg(long, value_name = "NUMBER")]
    pub(crate) seed: Option<u64>,
    /// How to print the answer
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: Format,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    #[command(flatten)]
    pub(crate) input: InputArguments,
    /// The time of the question [default: the observation's own, else the newest in it; live, the clock]
    #[arg(long, value_name = "TIME", value_parser = timestamp)]
    pub(crate) now: Option<Timestamp>,
    /// Do not play remedies in the simulator
    #[arg(long)]
    pub(crate) unplayed: bool,
    /// Print the page on a diagnosis, such as RollbackTrap, and nothing else
    #[arg(long, value_name = "CODE", exclusive = true)]
    pub(crate) code: Option<String>,
    /// Follow a live set until it is stable or blocked
    #[arg(long, conflicts_with_all = ["now", "all_namespaces", "filenames"])]
    pub(crate) watch: bool,
    /// How long to follow at most [default: without end]
    #[arg(long, value_name = "TIME", requires = "watch")]
    pub(crate) timeout: Option<Span>,
    /// How to print the answer
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: Format,
    #[command(flatten)]
    pub(crate) live: LiveArguments,
    #[command(flatten)]
    pub(crate) profile: ProfileArguments,
}

#[derive(Debug, Args)]
pub(crate) struct DnsArguments {
    #[command(flatten)]
    pub(crate) input: InputArguments,
    /// The domain below which the cluster's names are
    #[arg(long, value_name = "DOMAIN", default_value = "cluster.local")]
    pub(crate) cluster_domain: String,
    /// For how many seconds answers may be kept: `ttl` in the Corefile, 30 as kubeadm writes it
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = clap::value_parser!(u32).range(0..=3600))]
    pub(crate) ttl: u32,
    /// Look one name up, as a Pod's resolver would: A and AAAA, or the TYPE (A, AAAA, SRV, PTR, CNAME)
    #[arg(long, value_name = "NAME[/TYPE]")]
    pub(crate) lookup: Option<String>,
    /// The Pod that looks it up [default: one in the set's namespace]
    #[arg(long = "from", value_name = "[NAMESPACE/]POD", requires = "lookup")]
    pub(crate) asker: Option<String>,
    /// How to print the answer
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: Format,
    #[command(flatten)]
    pub(crate) live: LiveArguments,
}

#[derive(Debug, Args)]
pub(crate) struct LintArguments {
    /// Files and folders of YAML or JSON, all of them together one input; `-` is standard input
    #[arg(value_name = "FILE")]
    files: Vec<String>,
    /// The same, as kubectl takes it; may be repeated
    #[arg(short = 'f', long = "filename", value_name = "FILE")]
    filenames: Vec<String>,
    /// The manifests before the change: their sets are judged as updates; may be repeated
    #[arg(long, value_name = "OLD")]
    pub(crate) from: Vec<String>,
    /// From which severity on the exit code is 1
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    pub(crate) fail_on: FailOn,
    /// How to print the answer
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub(crate) output: LintFormat,
    /// Read one manifest a line from standard input, {"new", "old"?} or {"yaml"}, print one verdict a line
    #[arg(long, conflicts_with_all = ["files", "filenames", "from", "output"])]
    pub(crate) lines: bool,
    #[command(flatten)]
    pub(crate) profile: ProfileArguments,
}

#[derive(Debug, Args)]
pub(crate) struct AdmitArguments {
    #[command(flatten)]
    pub(crate) input: InputArguments,
    /// The manifest before the change; may be repeated
    #[arg(long, value_name = "OLD", conflicts_with_all = ["scale", "delete"])]
    pub(crate) from: Vec<String>,
    /// Judge a change of the number of replicas, as `kubectl scale` and autoscalers ask for it
    #[arg(long, value_name = "N", conflicts_with = "delete", value_parser = clap::value_parser!(u64).range(0..=i32::MAX as u64))]
    pub(crate) scale: Option<u64>,
    /// Judge the deletion of the set
    #[arg(long)]
    pub(crate) delete: bool,
    /// What the deletion does with the set's Pods
    #[arg(long, value_name = "HOW", requires = "delete", default_value = "background")]
    pub(crate) cascade: Cascade,
    /// What stands around the set: files or folders of what `kubectl get … -o yaml` printed, or a StatefulSet of a live cluster; may be repeated
    #[arg(long, value_name = "FILE|NAME")]
    pub(crate) observed: Vec<String>,
    /// Which policies deny and which warn, a file of YAML or JSON [default: P1, P2 and P3 deny, the others warn]
    #[arg(long, value_name = "FILE")]
    pub(crate) settings: Option<String>,
    /// How to print the answer
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: Format,
    #[command(flatten)]
    pub(crate) live: LiveArguments,
    #[command(flatten)]
    pub(crate) profile: ProfileArguments,
}

#[derive(Debug, Args)]
pub(crate) struct DefaultArguments {
    #[command(flatten)]
    pub(crate) input: InputArguments,
    /// How to print the object
    #[arg(short, long, value_name = "FORMAT", default_value = "yaml")]
    pub(crate) output: ObjectFormat,
    #[command(flatten)]
    pub(crate) profile: ProfileArguments,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsArguments {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(crate) struct VersionArguments {
    /// How to print the answer
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    pub(crate) output: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

/// The forms of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Table,
    /// For people, with more columns
    Wide,
    /// The contract's JSON
    Json,
    /// The same as YAML
    Yaml,
}

/// The forms of what was found in manifests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LintFormat {
    /// For people: the line, a marker under it, the remedy
    #[value(alias = "table")]
    Text,
    /// One JSON document
    Json,
    /// The same as YAML
    Yaml,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub Actions
    Github,
}

/// The forms of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ObjectFormat {
    /// As kubectl prints it
    Yaml,
    /// The same as JSON
    Json,
}

/// `lint --fail-on`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// What an API server would refuse
    Error,
    /// And what it would warn of
    Warning,
    /// And what else is to be said
    Note,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TraceFormat {
    /// One JSON document
    Json,
}

/// `kubectl delete --cascade`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Cascade {
    /// The set goes at once, its Pods after it
    Background,
    /// The Pods go first, then the set
    Foreground,
    /// The Pods stay, without a controller
    Orphan,
}

/// `--storage-class NAME=MODE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StorageClass {
    pub(crate) name: String,
    pub(crate) mode: StorageMode,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StorageMode {
    Immediate,
    Wait,
    Never,
    Missing,
}

/// The whole command line, under the name it was started by.
pub(crate) fn command(program: Program) -> clap::Command {
    let title = AnsiColor::Green.on_default().effects(Effects::BOLD);
    let styles = Styles::styled()
        .header(title)
        .usage(title)
        .literal(AnsiColor::Cyan.on_default());
    let mut command = Cli::command().styles(styles);
    for reads_clusters in ["plan", "compare", "recreate", "explain", "dns", "admit"] {
        command = command.mut_subcommand(reads_clusters, |command| {
            command
                .mut_arg("files", |files| {
                    files.value_name("FILE|NAME").help(
                        "Files of YAML or JSON, all of them together one input; `-` is standard input; \
                         or a StatefulSet of a live cluster, NAME or sts/NAME",
                    )
                })
                .mut_arg("namespace", |namespace| {
                    namespace.help(
                        "The namespace of objects that name none [default: default]; \
                         of a live cluster, the one to read [default: the context's]",
                    )
                })
        });
    }
    match program {
        Program::Steadfast => command,
        Program::KubectlPlugin => command
            .name("kubectl steadfast")
            .bin_name("kubectl steadfast")
            .display_name("kubectl-steadfast"),
    }
}

impl Command {
    /// The form in which this command answers, and so tells its errors.
    pub(crate) fn format(&self) -> Format {
        match self {
            Self::Plan(arguments) => arguments.output,
            Self::Compare(arguments) => arguments.output,
            Self::Diff(arguments) => arguments.output,
            Self::Recreate(arguments) => arguments.output,
            Self::Reconcile(arguments) if arguments.time.is_some() => Format::Json,
            Self::Reconcile(arguments) => arguments.output,
            Self::Simulate(arguments) if arguments.trace.is_some() => Format::Json,
            Self::Simulate(arguments) => arguments.output,
            Self::Explain(arguments) => arguments.output,
            Self::Dns(arguments) => arguments.output,
            Self::Lint(arguments) if arguments.lines => Format::Json,
            Self::Lint(arguments) => match arguments.output {
                LintFormat::Json => Format::Json,
                LintFormat::Yaml => Format::Yaml,
                LintFormat::Text | LintFormat::Sarif | LintFormat::Github => Format::Table,
            },
            Self::Admit(arguments) => arguments.output,
            Self::Version(arguments) => arguments.output,
            Self::Default(_) | Self::Completions(_) => Format::Table,
        }
    }
}

impl Format {
    pub(crate) fn is_structured(self) -> bool {
        matches!(self, Self::Json | Self::Yaml)
    }
}

impl InputArguments {
    /// All files, in the order of their kinds of mention.
    pub(crate) fn all(&self) -> Vec<String> {
        self.files.iter().chain(&self.filenames).cloned().collect()
    }
}

impl LintArguments {
    /// All files, in the order of their kinds of mention.
    pub(crate) fn all(&self) -> Vec<String> {
        self.files.iter().chain(&self.filenames).cloned().collect()
    }
}

impl CompareArguments {
    /// The versions, in the order in which they are named.
    pub(crate) fn profiles(&self) -> Result<Vec<Profile>, Failure> {
        let gates = self.feature_gates.as_deref().unwrap_or_default();
        let parse = |version: &str| -> Result<Profile, Failure> {
            let profile: Profile = version.trim().parse()?;
            Ok(profile.with_gates(gates)?)
        };
        match self.kubernetes.as_slice() {
            [] => Profile::ROWS.into_iter().map(parse).collect(),
            versions => versions.iter().map(|version| parse(version)).collect(),
        }
    }
}

impl LiveArguments {
    /// Whether a cluster is meant, and no file.
    pub(crate) fn is_given(&self) -> bool {
        self.kubeconfig.is_some()
            || self.context.is_some()
            || self.all_namespaces
            || self.request_timeout.is_some()
    }
}

impl ProfileArguments {
    /// Whether a version is asked for.
    pub(crate) fn names_version(&self) -> bool {
        self.kubernetes.is_some()
    }

    pub(crate) fn profile(&self) -> Result<Profile, Failure> {
        self.profile_or(None)
    }

    /// The profile that is asked for, else that of this version.
    pub(crate) fn profile_or(&self, version: Option<&str>) -> Result<Profile, Failure> {
        let profile = match self.kubernetes.as_deref().or(version) {
            Some(version) => version.parse()?,
            None => Profile::default(),
        };
        Ok(match &self.feature_gates {
            Some(gates) => profile.with_gates(gates)?,
            None => profile,
        })
    }
}

fn timestamp(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| "not a time such as 2026-11-21T00:00:00Z".to_owned())
}

fn storage_class(text: &str) -> Result<StorageClass, String> {
    let (name, mode) = text.split_once('=').unwrap_or((text, "immediate"));
    let mode = match mode {
        "immediate" => StorageMode::Immediate,
        "wait" => StorageMode::Wait,
        "never" => StorageMode::Never,
        "missing" => StorageMode::Missing,
        _ => return Err(format!("`{mode}` is none of immediate, wait, never, missing")),
    };
    match name {
        "" => Err("a storage class has a name".to_owned()),
        _ => Ok(StorageClass {
            name: name.to_owned(),
            mode,
        }),
    }
}

/// `VERB:KIND[/NAME]=ERROR`, where verb and kind may be `any`.
fn api_error(text: &str) -> Result<FaultRule, String> {
    let wrong = || "not of the form VERB:KIND[/NAME]=ERROR, such as create:pod/web-1=quota".to_owned();
    let (call, error) = text.split_once('=').ok_or_else(wrong)?;
    let (verb, object) = call.split_once(':').ok_or_else(wrong)?;
    let (kind, name) = object
        .split_once('/')
        .map_or((object, None), |(kind, name)| (kind, Some(name)));
    let kind = match kind.to_ascii_lowercase().as_str() {
        "any" => None,
        "pod" | "pods" | "po" => Some("Pod"),
        "persistentvolumeclaim" | "persistentvolumeclaims" | "pvc" => Some("PersistentVolumeClaim"),
        "controllerrevision" | "controllerrevisions" => Some("ControllerRevision"),
        "statefulset" | "statefulsets" | "sts" => Some("StatefulSet"),
        other => return Err(format!("the controller does not write `{other}`")),
    };
    let rule =
        serde_json::json!({"verb": verb.to_ascii_lowercase(), "kind": kind, "name": name, "error": error});
    FaultRule::parse(&rule).map_err(|error| match error.causes.as_slice() {
        [
            Cause {
                value: Some(serde_json::Value::String(word)),
                detail,
                ..
            },
            ..,
        ] => format!("there is no `{word}`; {detail}"),
        _ => error.message,
    })
}

fn absent(text: &str) -> Result<(String, String), String> {
    let wrong = || "not of the form secret/NAME or configmap/NAME".to_owned();
    let (kind, name) = text.split_once('/').ok_or_else(wrong)?;
    let kind = match kind.to_ascii_lowercase().as_str() {
        "secret" | "secrets" => "Secret",
        "configmap" | "configmaps" | "cm" => "ConfigMap",
        _ => return Err(wrong()),
    };
    if name.is_empty() {
        Err(wrong())
    } else {
        Ok((kind.to_owned(), name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_of_the_command_line_is_sound() {
        command(Program::Steadfast).debug_assert();
        command(Program::KubectlPlugin).debug_assert();
    }

    #[test]
    fn storage_classes_and_absent_objects_are_named_with_what_holds_for_them() {
        assert_eq!(storage_class("fast").unwrap().mode, StorageMode::Immediate);
        assert_eq!(
            storage_class("slow=wait"),
            Ok(StorageClass {
                name: "slow".into(),
                mode: StorageMode::Wait
            })
        );
        assert!(storage_class("slow=later").unwrap_err().contains("`later`"));
        assert!(storage_class("=wait").is_err());
        let rule = api_error("create:pvc/www-web-*=quota").unwrap();
        assert_eq!(
            serde_json::to_string(&rule).unwrap(),
            r#"{"verb":"create","kind":"PersistentVolumeClaim","name":"www-web-*","error":"quota"}"#
        );
        assert!(api_error("any:any=timeout").is_ok());
        assert!(
            api_error("create:pod=sulk")
                .unwrap_err()
                .starts_with("there is no `sulk`; supported values: \"quota\"")
        );
        assert!(api_error("create:node=quota").unwrap_err().contains("`node`"));
        assert!(api_error("quota").is_err());
        assert_eq!(absent("cm/settings"), Ok(("ConfigMap".into(), "settings".into())));
        assert!(absent("password").is_err());
        assert!(absent("pod/web-0").is_err());
    }
}
