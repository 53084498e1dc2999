import type { CommanderError } from 'commander'

/** For `exitOverride`: what commander refuses is a mistake of usage and exits with 2; `--help` exits with 0. */
export function usageExit(error: CommanderError): never {
  process.exit(error.exitCode === 0 ? 0 : 2)
}
