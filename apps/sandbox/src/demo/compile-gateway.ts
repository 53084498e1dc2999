import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { gatewayMain } from './running-gateway.ts'
import type { Variables } from './scenario.ts'

/**
 * Has the gateway's code compiled once, into this folder, for all gateways that are started with the variables
 * that are returned: five that compile at the same time take a small machine twice as long. When it does not
 * work out, they compile for themselves. A folder that the environment has for that is used as it is.
 */
export async function compileGateway(folder: string): Promise<Variables> {
  if (process.env.NODE_COMPILE_CACHE) return {}
  const variables = { NODE_COMPILE_CACHE: folder }
  const env = { ...process.env, ...variables }
  const compiler = spawn(process.execPath, [gatewayMain, '--help'], { env, stdio: 'ignore' })
  await once(compiler, 'close').catch(() => undefined)
  return variables
}
