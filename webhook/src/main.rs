//! The program `steadfast-webhook`.

fn main() -> std::process::ExitCode {
    steadfast_webhook::run()
}
