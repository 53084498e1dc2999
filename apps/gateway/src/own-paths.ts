import type { IncomingMessage, ServerResponse } from 'node:http'
import { exchangeHandler } from './exchange/exchange-handler.ts'
import type { Gateway } from './gateway.ts'
import { metadataHandler } from './metadata/metadata-handler.ts'
import { oauthErrorOf } from './respond/oauth-error.ts'
import { problemOf } from './respond/problem.ts'
import { createFaultRenderer, type FaultRenderer } from './respond/render-fault.ts'

/** One path's way to answer, and to render what goes wrong. */
export interface Handling {
  readonly handle: (req: IncomingMessage, res: ServerResponse) => Promise<void>
  readonly render: FaultRenderer
}

/**
 * The paths of the data listener that are no calls. Each is exactly itself: another spelling, and any path of an
 * upstream's own host, is a call like any other.
 *
 * @param current the gateway of the configuration in force
 */
export function ownPaths(current: () => Gateway): (req: IncomingMessage) => Handling | undefined {
  const render = renderProblems(current)
  const context = () => ({ resourceMetadata: current().own.metadata.protectedResourceUrl })
  const paths = new Map<string, Handling>([
    [
      '/oauth2/token',
      {
        handle: exchangeHandler(current),
        render: createFaultRenderer((fault, requestId, req) =>
          oauthErrorOf(fault, requestId, { ...context(), isBasic: isBasic(req) }),
        ),
      },
    ],
    [
      '/.well-known/oauth-protected-resource',
      { handle: metadataHandler(current, 'protectedResource'), render },
    ],
    [
      '/.well-known/oauth-authorization-server',
      { handle: metadataHandler(current, 'authorizationServer'), render },
    ],
  ])
  return function ownPath(req) {
    const { url = '' } = req
    if (!url.startsWith('/oauth2/') && !url.startsWith('/.well-known/')) return undefined
    const own = paths.get(url.split('?', 1)[0] ?? '')
    return own && current().own.isAddressed(req) ? own : undefined
  }
}

function isBasic({ headers }: IncomingMessage): boolean {
  return /^basic(?: |$)/i.test(headers.authorization ?? '')
}

/** Problem details whose challenges say where the metadata is. */
export function renderProblems(current: () => Gateway): FaultRenderer {
  return createFaultRenderer((fault, requestId) =>
    problemOf(fault, requestId, { resourceMetadata: current().own.metadata.protectedResourceUrl }),
  )
}
