import { presets } from '@countersign/auth-core'
import { Command } from 'commander'
import { ConfigFaults } from '../config/config-faults.ts'
import { loadConfig } from '../config/load.ts'
import { renderFaults } from '../config/render-faults.ts'
import { type ListenAddress, listenAddress } from '../config/schema/listen-address.ts'
import { startProcess } from '../process.ts'
import { StoreError } from '../store/store-error.ts'
import { isSystemError } from './is-system-error.ts'

/** `countersign serve PATH` */
export function serveCommand(): Command {
  return new Command('serve')
    .description('Run the gateway.')
    .argument('<path>', 'configuration: a YAML file, or a folder of them')
    .option(
      '--listen <host:port>',
      'listen here instead of gateway.listen; loopback only, port 0 takes a free one',
    )
    .option('--admin <host:port>', 'the same for gateway.admin')
    .addHelpText(
      'after',
      `
The configuration is read again when one of its files changes; a change with a fault is refused and the last good
one stays in force. SIGHUP looks for changes at once; by itself it happens every second. SIGTERM and SIGINT stop accepting and let calls in flight finish, for up to 10 seconds.
Audit lines go to standard output unless the configuration names a file; logs go to standard error.

Example:
  $ AUTH_BACKEND_ADMIN_CLIENT_ID=… countersign serve ./config`,
    )
    .action(serve)
}

async function serve(path: string, overrides: { listen?: string; admin?: string }): Promise<void> {
  try {
    const config = loadConfig(path, { env: process.env, presets })
    await startProcess(config, {
      listen: overrides.listen === undefined ? config.gateway.listen : loopback(overrides.listen),
      admin: overrides.admin === undefined ? config.gateway.admin : loopback(overrides.admin),
    })
  } catch (error) {
    if (error instanceof ConfigFaults) process.stderr.write(`${renderFaults(error.faults, error.sources)}\n`)
    else if (isSystemError(error) || error instanceof StoreError)
      process.stderr.write(`countersign serve: ${error.message}\n`)
    else throw error
    // Listeners that were opened before the one that failed would keep half a gateway alive.
    process.exit(1)
  }
}

/** What the command line says skips the checks of the configuration, so it must not leave the machine. */
function loopback(text: string): ListenAddress {
  const address = listenAddress().safeParse(text)
  if (address.success && address.data.loopback) return address.data
  process.stderr.write(`countersign serve: ${text} is not a loopback address with a port\n`)
  process.exit(2)
}
