import type { RunningGateway } from './running-gateway.ts'
import type { SandboxAddresses } from './sandbox-addresses.ts'
import { identityOf } from './stage.ts'
import type { Parts } from './start-parts.ts'

/** Where everything is, and one line per gateway that can be pasted as it stands. */
export async function byHand({ sandbox, gateways }: Pick<Parts, 'sandbox' | 'gateways'>): Promise<string> {
  const sections = await Promise.all(gateways.map((gateway) => sectionOf(gateway, sandbox)))
  const issuer = `An identity for any service:  curl -d service=NAME ${sandbox.issuer.tokenEndpoint}`
  const control = `Revoke an upstream's tokens:   curl -X POST ${sandbox.control.url}/UPSTREAM/revoke-tokens`
  return `\n${sections.join('\n')}\n${issuer}\n${control}\n\nCtrl-C stops it all.\n`
}

async function sectionOf({ scenario, addresses }: RunningGateway, sandbox: SandboxAddresses) {
  const { service, path } = scenario.tryByHand
  const { data, admin } = addresses()
  const identity = await identityOf(service, sandbox)
  return `${scenario.upstream}
  services call    ${data}/${scenario.upstream}
  operators look   ${admin}/readyz  ${admin}/metrics
  as ${service}, good for 8 hours:
  curl -H 'authorization: Bearer ${identity}' ${data}/${scenario.upstream}${path}
`
}
