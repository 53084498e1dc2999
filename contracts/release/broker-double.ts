import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it came to the broker. */
export interface BrokerRequest {
  readonly method: string
  /** With the query, decoded. */
  readonly target: string
  readonly authorization: string | undefined
  /** Parsed; `undefined` where there is none. */
  readonly body: unknown
}

/** As much of a Pact Broker as its own command line and verifier ask for. Remembers what it was asked. */
export interface BrokerDouble extends AsyncDisposable {
  readonly url: string
  readonly requests: readonly BrokerRequest[]
  /** What it says to can-i-deploy. Default: yes. */
  deployable: boolean
}

/** A contract that a broker has. */
export interface BrokerContract {
  readonly file: string
  /** Never kept by this branch, so that it need not be. Default false. */
  readonly pending?: boolean
}

/** Starts a broker that has these contracts; their results go to `/results/0` and so on. */
export async function startBrokerDouble(...contracts: readonly BrokerContract[]): Promise<BrokerDouble> {
  const requests: BrokerRequest[] = []
  const server = createServer((request, response) => {
    read(request).then((seen) => {
      requests.push(seen)
      const found = answerTo(seen, { url, contracts, deployable: double.deployable })
      response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/hal+json' })
      response.end(JSON.stringify(found ?? {}))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const double: BrokerDouble = {
    url,
    requests,
    deployable: true,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
  return double
}

interface Known {
  readonly url: string
  readonly contracts: readonly BrokerContract[]
  readonly deployable: boolean
}

/** HAL (draft-kelly-json-hal): a client finds its way by links, from the root. `undefined`: there is no such thing. */
function answerTo(
  { method, target }: BrokerRequest,
  { url, contracts, deployable }: Known,
): object | undefined {
  const link = (to: string) => ({ href: url + to })
  const [path = ''] = target.split('?')
  const self = { _links: { self: link(path) } }
  const version = /^\/pacticipants\/[^/]+\/versions\/[^/]+/.exec(path)?.[0]
  if (path === '/') return { _links: links(url) }
  if (path === '/contracts/publish')
    return { _links: {}, _embedded: { pacticipant: self, version: self }, notices: [] }
  if (path === '/matrix') {
    const summary = {
      deployable,
      reason: 'as the test says',
      success: 1,
      failed: deployable ? 0 : 1,
      unknown: 0,
    }
    return { summary, notices: [], matrix: [] }
  }
  if (path === '/environments') {
    const environment = {
      uuid: 'e1',
      name: 'production',
      production: true,
      _links: { self: link(`${path}/e1`) },
    }
    return { _embedded: { environments: [environment] } }
  }
  if (path === version) {
    return {
      _links: { 'pb:record-deployment': [{ name: 'production', ...link(`${path}/deployed/production`) }] },
    }
  }
  if (path === `${version}/deployed/production`) return method === 'POST' ? {} : undefined
  if (path.endsWith('/for-verification')) {
    const pacts = contracts.map(({ pending = false }, at) => ({
      shortDescription: 'latest',
      verificationProperties: { pending, notices: [] },
      _links: { self: link(`/pact/${at}`) },
    }))
    return { _links: { self: link(path) }, _embedded: { pacts } }
  }
  if (path === provider) {
    const href = `${url}${provider}/branches/{branch}/versions/{version}`
    return { _links: { self: link(path), 'pb:branch-version': { href, templated: true } } }
  }
  const [, at] = /^\/pact\/(\d+)$/.exec(path) ?? []
  const contract = contracts[Number(at)]
  if (contract) {
    const results = link(`/results/${at}`)
    const related = { 'pb:provider': link(provider), 'pb:publish-verification-results': results }
    return { ...JSON.parse(readFileSync(contract.file, 'utf8')), _links: { self: link(path), ...related } }
  }
  return path.startsWith('/results/') || path.includes('/branches/') ? self : undefined
}

const provider = '/pacticipants/countersign-gateway'

function links(url: string) {
  const templated = (path: string) => ({ href: url + path, templated: true })
  return {
    'pb:publish-contracts': templated('/contracts/publish'),
    'pb:provider-pacts-for-verification': templated('/pacts/provider/{provider}/for-verification'),
    'pb:pacticipant-version': templated('/pacticipants/{pacticipant}/versions/{version}'),
    'pb:pacticipant-branch-version': templated(
      '/pacticipants/{pacticipant}/branches/{branch}/versions/{version}',
    ),
    'pb:environments': templated('/environments'),
  }
}

async function read(request: IncomingMessage): Promise<BrokerRequest> {
  const text = Buffer.concat(await request.toArray()).toString()
  const { method = '', url = '', headers } = request
  return {
    method,
    target: decodeURIComponent(url),
    authorization: headers.authorization,
    body: text === '' ? undefined : JSON.parse(text),
  }
}
