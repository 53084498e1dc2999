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
import type { StateHandler, StateValues } from '../support/verify-provider.ts'
import type { GatewayState } from './states.ts'
import type { ownTokens, Surroundings } from './surroundings.ts'

type Service = 'provisioning' | 'archive' | 'marketing' | 'eager' | (typeof ownTokens)[number]
type Mood = Parameters<Surroundings['tokens']['always']>[0]

/** How the surroundings of the gateway make each state so. */
export function stateHandlers(around: Surroundings): Readonly<Record<GatewayState, StateHandler>> {
  const { gateway, issuer, silentIssuer, tokens, upstream } = around
  const ok = rawAnswer(200, '{"data":[]}', { 'content-type': 'application/json' })

  async function as(sub: Service, claims: object = {}): Promise<StateValues> {
    return { identity: await issuer.sign({ sub, ...claims }) }
  }
  /** A service calls, while token endpoint and upstream are like this. */
  function when(service: Service, { mints = tokens.ok(), answers = ok as RawAnswer } = {}) {
    return () => {
      tokens.always(mints)
      upstream.answerWith(answers)
      return as(service)
    }
  }
  const minting = (service: Service, mints: Mood) => when(service, { mints })
  const answering = (answers: RawAnswer) => when('provisioning', { answers })
  const longAgo = { iat: 1_700_000_000, exp: 1_700_000_300 }

  return {
    'provisioning may do everything, and the upstream answers': async (answer) =>
      await answering(scriptedAnswer(answer))(),

    'the identity has expired': () => as('provisioning', longAgo),
    'the identity is for another audience': () => as('provisioning', { aud: 'https://elsewhere.internal' }),
    'nobody here knows the issuer of the identity': () =>
      as('provisioning', { iss: 'https://issuer.example' }),
    'the keys of the issuer cannot be had': async () => ({ identity: await silentIssuer.sign() }),

    'marketing may only list accounts': when('marketing'),
    async 'the one call that a limit allows has been made'() {
      const values = await when('eager')()
      const headers = { authorization: `Bearer ${values.identity}` }
      const first = await fetch(`${gateway.url}/inbox-manager/api/accounts`, { headers })
      if (first.status !== 200) throw new Error(`the call within the limit was answered ${first.status}`)
      return values
    },

    'the token endpoint refuses the gateway': minting(
      'mint-refused',
      answersJson({ error: 'invalid_client' }, 401),
    ),
    'the token endpoint is out of service for 7 seconds': minting(
      'mint-unavailable',
      answersStatus(503, '', { 'retry-after': '7' }),
    ),
    'the token endpoint answers with a web page': minting('mint-invalid', answersHtml()),

    'the upstream refuses the tokens of its own token endpoint': when('rejected', {
      answers: rawAnswer(401),
    }),
    'the upstream does not answer in time': answering(staysSilent()),
    'the upstream answers with something that is not HTTP': answering(
      sendsThenCloses('I am a teapot\r\n\r\n'),
    ),
    'the upstream breaks off its answer': answering(resetsConnection()),
    'an upstream cannot be reached': when('archive'),
  }
}
