//! The controller `steadfast-controller`.

fn main() -> std::process::ExitCode {
    steadfast_controller::main()
}
