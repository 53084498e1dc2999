import { randomInt } from 'node:crypto'
import { listen } from '../listener.ts'

/**
 * A loopback port that was free a moment ago, for an address that has to be known before the start. It is below those
 * that systems hand out themselves: no connection takes it before it is used.
 */
export async function freePort(): Promise<number> {
  const port = randomInt(20_000, 32_000)
  try {
    const { close } = await listen(port, () => () => undefined)
    await close()
    return port
  } catch {
    return await freePort()
  }
}
