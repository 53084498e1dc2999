import type { CheckContext } from './check-context.ts'
import { defaultAdmin } from './schema/gateway.ts'
import { listenAddress } from './schema/listen-address.ts'

/** Where the gateway listens, taken together. */
export function checkListeners({ root, faults }: CheckContext): void {
  const gateway = root.children.get('gateway')
  const listen = listenAddress().safeParse(gateway?.children.get('listen')?.value)
  if (!gateway || !listen.success) return
  if (!listen.data.loopback && !gateway.children.has('tls')) {
    faults.add(root, {
      path: ['gateway', 'tls'],
      message: 'is missing, and callers reach this address over the network',
      hint: 'add tls: { cert: …, key: … }; or tls: off, when something in front of the gateway terminates it',
    })
  }
  const admin = listenAddress().safeParse(gateway.children.get('admin')?.value ?? defaultAdmin)
  if (!admin.success) return
  const { host, port } = admin.data
  if (port === 0 || port !== listen.data.port || host !== listen.data.host) return
  faults.add(root, {
    path: ['gateway', 'admin'],
    message: 'is the same address as listen',
    hint: 'give the admin listener a port of its own, such as 9090; callers must not reach it',
  })
}
