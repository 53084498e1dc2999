import { isIP } from 'node:net'
import type { z } from 'zod'
import { isLoopbackHost } from './loopback-host.ts'
import { Problem, parsed } from './problem.ts'

/** Where a server listens. */
export interface ListenAddress {
  /** An IP address without brackets, or a host name. */
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  readonly loopback: boolean
}

/** `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080`; the host is always said. */
export function listenAddress(): z.ZodType<ListenAddress, string> {
  return parsed((text) => {
    const [, bracketed, plain, digits] = /^(?:\[([^\]]*)\]|([^:\s]+)):(\d{1,5})$/.exec(text) ?? []
    const host = bracketed ?? plain
    const port = Number(digits)
    if (host === undefined || !isHost(host, bracketed !== undefined)) {
      return new Problem(
        'is not an address to listen on',
        'write host and port: 127.0.0.1:8080, [::1]:8080, 0.0.0.0:8080',
      )
    }
    if (port > 65_535) return new Problem('has a port above 65535', 'choose a port from 1 to 65535')
    return { host: host.toLowerCase(), port, loopback: isLoopbackHost(host) }
  })
}

function isHost(host: string, bracketed: boolean): boolean {
  if (bracketed) return isIP(host) === 6
  return (
    isIP(host) === 4 || (/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(host) && !/^[\d.]+$/.test(host))
  )
}
