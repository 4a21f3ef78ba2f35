//! What can be typed: options and their help.

use clap::{Parser, Subcommand};

/// Stop StatefulSet accidents before they are stored: an HTTPS admission webhook.
#[derive(Clone, Debug, Default, Parser)]
#[command(name = "steadfast-webhook", version, max_term_width = 100, after_help = EXAMPLES)]
pub struct Arguments {
    /// Something else than serving.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The configuration, YAML or JSON: the settings of the policies, and `server` [default: all defaults]
    #[arg(short, long, value_name = "FILE")]
    pub config: Option<String>,
    /// Read the configuration and the certificate, say what is wrong with them, and end
    #[arg(long)]
    pub check: bool,
    /// Where to listen [default: 0.0.0.0:8443]
    #[arg(long, value_name = "ADDRESS:PORT", help_heading = "Server")]
    pub listen: Option<String>,
    /// The certificate, with its chain, in PEM; it is read again when it changes
    #[arg(
        long,
        value_name = "FILE",
        requires = "tls_key_file",
        help_heading = "Certificate"
    )]
    pub tls_cert_file: Option<String>,
    /// The certificate's key, in PEM
    #[arg(
        long,
        value_name = "FILE",
        requires = "tls_cert_file",
        help_heading = "Certificate"
    )]
    pub tls_key_file: Option<String>,
    /// Make a certificate for these names instead, such as steadfast-webhook.steadfast.svc; may be repeated
    #[arg(
        long,
        value_name = "NAME",
        conflicts_with = "tls_cert_file",
        help_heading = "Certificate"
    )]
    pub self_made: Vec<String>,
    /// Whose CA bundles get the self-made authority: a ValidatingWebhookConfiguration by name
    #[arg(long, value_name = "NAME", help_heading = "Certificate")]
    pub patch_validating: Option<String>,
    /// The same for a MutatingWebhookConfiguration
    #[arg(long, value_name = "NAME", help_heading = "Certificate")]
    pub patch_mutating: Option<String>,
    /// The kubeconfig [default: the service account inside a cluster, else $KUBECONFIG, else ~/.kube/config]
    #[arg(long, value_name = "FILE", help_heading = "Cluster")]
    pub kubeconfig: Option<String>,
    /// The context of the kubeconfig [default: its current one]
    #[arg(long, value_name = "NAME", help_heading = "Cluster")]
    pub context: Option<String>,
    /// Read no cluster: what needs more than the request warns and never denies
    #[arg(long, conflicts_with_all = ["kubeconfig", "context", "patch_validating", "patch_mutating"], help_heading = "Cluster")]
    pub no_cluster: bool,
    /// The version of Kubernetes whose rules count, as 1.36 [default: the cluster's, else the newest known]
    #[arg(long, value_name = "VERSION", help_heading = "Cluster")]
    pub kubernetes: Option<String>,
}

/// What else the program does.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Print a script that completes options in a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

const EXAMPLES: &str = "\
Examples:
  steadfast-webhook --config /etc/steadfast/config.yaml --tls-cert-file tls.crt --tls-key-file tls.key
  steadfast-webhook --self-made steadfast-webhook.steadfast.svc --patch-validating steadfast
  steadfast-webhook --config config.yaml --check

Signals: SIGTERM and SIGINT end it once what runs is finished; SIGHUP has the certificate read, or made, anew.
Exit codes: 0 ended as told, 2 bad input or usage, 3 requests were still running at the end.";
