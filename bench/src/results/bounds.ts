import type { MeasureName } from '../scenarios/scenario.ts'
import type { Bound, RatioDefinition } from './ratios.ts'

const ours = 'countersign'

/** What the gateway promises of its speed. */
export const bounds: readonly RatioDefinition[] = [
  ...smallGet('express-hpm', { atLeast: 1.6 }),
  ...smallGet('caddy', { atLeast: 1.2 }),
  ...smallGet('fastify-proxy', { atLeast: 1.3 }),
  ...smallGet('nginx', { atLeast: 0.19 }),
  {
    id: 'own-job',
    title: 'the gateway’s own job, CPU, as a share of express-hpm',
    scenario: 'small-get',
    bound: { atMost: 0.15 },
    of(sample) {
      const [full, engine, other] = [
        sample(ours, 'cpu'),
        sample('engine', 'cpu'),
        sample('express-hpm', 'cpu'),
      ]
      if (full === undefined || engine === undefined || other === undefined) return undefined
      return (full - engine) / other
    },
  },
  ...bothWays('scale', ['many', '1 and 1'], { atLeast: 0.93 }),
  ...bothWays('fresh-tokens', ['fresh tokens', 'one token'], { atLeast: 0.35 }),
  against('latency', 'p50', 'express-hpm', { atMost: 0.95 }),
  against('latency', 'p99', 'express-hpm', { atMost: 1.2 }),
  against('100mb-down', 'mbps', 'express-hpm', { atLeast: 0.95 }),
  against('100mb-up', 'mbps', 'express-hpm', { atLeast: 0.95 }),
  within('cold-start', 'ms', [ours, 'node -e 0'], { atMost: 12 }),
  {
    id: 'memory',
    title: 'memory late against early',
    scenario: 'memory',
    bound: { atMost: 1.05 },
    of: (sample) => quotient(sample(ours, 'late'), sample(ours, 'early')),
  },
  growth('100mb-down'),
  growth('100mb-up'),
]

function smallGet(other: string, bound: Bound): RatioDefinition[] {
  return bothWays('small-get', [ours, other], bound)
}

/**
 * By the clock, and by the CPU time that the operating system accounts for. On a core of its own they say the
 * same; where others use the core too, only the second says something about the subject.
 */
function bothWays(scenario: string, pair: readonly [string, string], bound: Bound): RatioDefinition[] {
  return (['rps', 'perCpu'] as const).map((measure) => within(scenario, measure, pair, bound))
}

function against(scenario: string, measure: MeasureName, other: string, bound: Bound): RatioDefinition {
  return within(scenario, measure, [ours, other], bound)
}

function within(
  scenario: string,
  measure: MeasureName,
  [one, other]: readonly [string, string],
  bound: Bound,
): RatioDefinition {
  return {
    id: `${scenario}/${measure}/${other}`,
    title: `${scenario}: ${measure} of ${one}, against ${other}`,
    scenario,
    bound,
    of: (sample) => quotient(sample(one, measure), sample(other, measure)),
  }
}

/** Not a ratio, but a promise all the same: 32 MB at most. */
function growth(scenario: string): RatioDefinition {
  return {
    id: `${scenario}/growth`,
    title: `${scenario}: growth of memory, of 32 MB`,
    scenario,
    bound: { atMost: 1 },
    of: (sample) => quotient(sample(ours, 'growth'), 32),
  }
}

function quotient(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined || other === 0 ? undefined : one / other
}
