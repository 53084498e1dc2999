import {
  answersHtml,
  answersJson,
  answersStatus,
  type RawAnswer,
  rawAnswer,
  resetsConnection,
  sendsThenCloses,
  staysSilent,
} from '@countersign/testkit'
import { scriptedAnswer } from '../services-gateway/state-handlers.ts'
import type { ProviderOptions, StateHandler } from '../support/verify-provider.ts'
import { boundStates } from './bound-states.ts'
import type { GatewayState } from './states.ts'
import type { Surroundings } from './surroundings.ts'

type Mood = Parameters<Surroundings['tokens']['always']>[0]

/** The gateway as the provider of its callers' contracts. */
export function asProvider(around: Surroundings): ProviderOptions<GatewayState> {
  return {
    provider: 'countersign-gateway',
    consumers: ['countersign-client', 'oauth-client'],
    url: around.gateway.url,
    states: stateHandlers(around),
    restore: around.disk.free,
  }
}

/** How the surroundings of the gateway make each state so. */
function stateHandlers(around: Surroundings): Readonly<Record<GatewayState, StateHandler>> {
  const { issuer, silentIssuer, tokens, upstream, disk } = around
  const ok = rawAnswer(200, '{"data":[]}', { 'content-type': 'application/json' })

  /** The contract names the service that calls. */
  function as(claims: object = {}): StateHandler {
    return async ({ service: sub }) => ({ identity: await issuer.sign({ sub, ...claims }) })
  }
  /** A service calls, while token endpoint and upstream are like this. */
  function when({ mints = tokens.ok(), answers = ok as RawAnswer } = {}): StateHandler {
    return (values) => {
      tokens.always(mints)
      upstream.answerWith(answers)
      return as()(values)
    }
  }
  const minting = (mints: Mood) => when({ mints })
  const answering = (answers: RawAnswer) => when({ answers })
  const longAgo = { iat: 1_700_000_000, exp: 1_700_000_300 }

  return {
    'provisioning may do everything, and the upstream answers': (values) =>
      answering(scriptedAnswer(values))(values),

    'the identity has expired': as(longAgo),
    'the identity is for another audience': as({ aud: 'https://elsewhere.internal' }),
    'nobody here knows the issuer of the identity': as({ iss: 'https://issuer.example' }),
    'the identity is that of two services': async () => ({
      identity: await issuer.sign({ sub: 'twin', team: 'contract', region: 'contract' }),
    }),
    'the keys of the issuer cannot be had': async () => ({ identity: await silentIssuer.sign() }),

    'marketing may only list accounts': when(),
    ...boundStates(around, when()),

    'the token endpoint refuses the gateway': minting(answersJson({ error: 'invalid_client' }, 401)),
    'the token endpoint is out of service for 7 seconds': minting(
      answersStatus(503, '', { 'retry-after': '7' }),
    ),
    'the token endpoint answers with a web page': minting(answersHtml()),

    'an upstream does not say for which audience its tokens are': answering(rawAnswer(404)),

    'the upstream refuses the tokens of its own token endpoint': answering(rawAnswer(401)),
    'an upstream refuses the keys of the gateway': answering(rawAnswer(401)),
    'the upstream does not answer in time': answering(staysSilent()),
    'the upstream answers with something that is not HTTP': answering(
      sendsThenCloses('I am a teapot\r\n\r\n'),
    ),
    'the upstream breaks off its answer': answering(resetsConnection()),
    'an upstream cannot be reached': when(),
    'exporting may obtain the token of an upstream': when(),
    'the tokens of the upstream live longer than may be released': minting(tokens.ok({ expires_in: 86_400 })),
    async 'the disk of the record is full'(values) {
      disk.fill()
      return await as()(values)
    },
  }
}
