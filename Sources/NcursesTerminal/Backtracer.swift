import CTerminalGuard

/// The crash reports of Swift's runtime.
package enum Backtracer {
  /// Takes their handlers back unless the environment asks for them (`SWIFT_BACKTRACE=enable=yes`): they wait at the
  /// prompt for a key, and a script or a Slurm job has nobody to press it.
  package static func drop() { terminal_guard_drop_backtracer() }
}
