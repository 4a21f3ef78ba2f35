//! The same command line as a plugin: `kubectl steadfast`.

fn main() -> std::process::ExitCode {
    steadfast_cli::run(steadfast_cli::Program::KubectlPlugin)
}
