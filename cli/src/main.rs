//! The command line `steadfast`.

fn main() -> std::process::ExitCode {
    steadfast_cli::run(steadfast_cli::Program::Steadfast)
}
