import type { CheckContext } from './check-context.ts'
import { locate, type Path } from './located.ts'
import { defaultAdmin } from './schema/gateway.ts'
import { listenAddress } from './schema/listen-address.ts'

/** Where the gateway listens, taken together: TLS on the network, and an address for each. */
export function checkListeners({ root, faults }: CheckContext): void {
  if (!root.children.has('gateway')) return
  const used = new Map<string, string>()

  function check(path: Path, otherwise?: string): void {
    const { node, exact } = locate(root, path)
    const listen = listenAddress().safeParse(exact ? node.value : otherwise)
    if (!listen.success) return
    const { host, port, loopback } = listen.data
    const last = path.at(-1)
    const tls = [...path.slice(0, -1), 'tls']
    if (last === 'listen' && !loopback && !locate(root, tls).exact) {
      faults.add(root, {
        path: tls,
        message: 'is missing, and callers reach this address over the network',
        hint: 'add tls: { cert: …, key: … }; or tls: off, when something in front of the gateway terminates it',
      })
    }
    if (port === 0) return
    const other = used.get(`${host} ${port}`)
    used.set(`${host} ${port}`, path.slice(1).join('.'))
    if (other === undefined) return
    faults.add(root, {
      path,
      message: `is the same address as ${other}`,
      hint: 'give each listener a port of its own: 8080, 9090 for admin, 8443 for public',
    })
  }
  check(['gateway', 'listen'])
  check(['gateway', 'admin'], defaultAdmin)
  check(['gateway', 'public', 'listen'])
}
