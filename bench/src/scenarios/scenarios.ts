import { files } from '../machine/upstream.ts'
import { composition, countersign, type Part, parts } from '../subjects/countersign.ts'
import { callersPerService, type GatewaySettings } from '../subjects/gateway-configuration.ts'
import { nodeProxies } from '../subjects/node-proxies.ts'
import { plainProxies } from '../subjects/plain-proxies.ts'
import type { Subject } from '../subjects/subject.ts'
import { coldStart } from './cold-start.ts'
import type { Contender, Scenario } from './scenario.ts'
import {
  download,
  freshTokens,
  manyCallers,
  oneSmallGet,
  oneSmallPost,
  someDenied,
  type TrafficSource,
  upload,
} from './traffics.ts'
import { fixedRate, fullSpeed, memoryOverTime, type Reading, transfer, underLoad } from './under-load.ts'

const everyone: readonly Subject[] = [...plainProxies, ...nodeProxies, countersign()]
const services = 1_000
const operations = 50
const callers = services * callersPerService
const large = countersign({ services, operations })
/** Bodies beyond what a configuration allows are measured on the gateway's modules without that limit. */
const unlimited: Subject = { ...composition(['body-limit']), name: 'countersign' }
const unlimitedToo = everyone.map((subject) => (subject.name === 'countersign' ? unlimited : subject))
const ablated = parts.filter((part) => part !== 'body-limit')

/** Everything that is measured. */
export const scenarios: readonly Scenario[] = [
  sideBySide('small-get', 'Small GET', { traffic: oneSmallGet, read: fullSpeed }),
  sideBySide('small-post', 'Small POST', { traffic: oneSmallPost, read: fullSpeed }),
  sideBySide('latency', 'Small GET at a fixed 2,000 requests/s', { traffic: oneSmallGet, read: fixedRate }),
  sideBySide('1mb-down', '1 MB down', { traffic: download('1mb', 8), read: transfer(files['1mb']) }),
  sideBySide('1mb-up', '1 MB up', { traffic: upload('1mb', 8), read: transfer(files['1mb']) }),
  sideBySide('100mb-down', '100 MB down', { traffic: download('100mb', 2), read: transfer(files['100mb']) }),
  sideBySide('100mb-up', '100 MB up', {
    traffic: upload('100mb', 2),
    read: transfer(files['100mb']),
    subjects: unlimitedToo,
  }),
  {
    name: 'scale',
    title: '1,000 services x 50 operations, 10,000 callers',
    contenders: [smallGets('1 and 1'), underLoad(large, manyCallers(callers, operations), fullSpeed, 'many')],
  },
  {
    name: 'fresh-tokens',
    title: 'A burst of new tokens',
    contenders: [smallGets('one token'), underLoad(countersign(), freshTokens, fullSpeed, 'fresh tokens')],
  },
  {
    name: 'denied',
    title: '5 % denied',
    contenders: [smallGets('none denied'), underLoad(countersign(), someDenied, fullSpeed, '5 % denied')],
  },
  {
    name: 'audit',
    title: 'What the record costs',
    contenders: [
      smallGets('to a file'),
      smallGets('required', { audit: { required: true } }),
      smallGets('required and chained', { audit: { required: true, chained: true } }),
    ],
  },
  {
    name: 'ablation',
    title: 'What each part costs in place',
    contenders: [
      without(),
      ...ablated.map((part) => without(part)),
      without('identify', 'route', 'authorize', 'mint', 'record'),
      ...nodeProxies.map((subject) => underLoad(subject, oneSmallGet, fullSpeed)),
    ],
  },
  coldStart,
  {
    name: 'memory',
    title: 'Memory at full load, early and late',
    mostRounds: 1,
    contenders: [underLoad(countersign(), oneSmallGet, memoryOverTime)],
  },
]

interface SideBySide {
  readonly traffic: TrafficSource
  readonly read: Reading
  readonly subjects?: readonly Subject[]
}

function sideBySide(
  name: string,
  title: string,
  { traffic, read, subjects = everyone }: SideBySide,
): Scenario {
  return { name, title, contenders: subjects.map((subject) => underLoad(subject, traffic, read)) }
}

function smallGets(label: string, settings: GatewaySettings = {}): Contender {
  return underLoad(countersign(settings), oneSmallGet, fullSpeed, label)
}

function without(...off: Part[]): Contender {
  const subject = composition(off)
  return underLoad(subject, oneSmallGet, fullSpeed, subject.title)
}
