import { readFileSync } from 'node:fs'
import { answersStatus, startCountersign } from '@countersign/testkit'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

const { groups } = parse(
  readFileSync(new URL('../prometheus/countersign.rules.yaml', import.meta.url), 'utf8'),
)
const rules: { alert: string; expr: string; annotations: { summary: string } }[] = groups.flatMap(
  (group: { rules: object[] }) => group.rules,
)

const upstream = {
  url: 'https://ledger.example',
  token: { endpoint: 'https://auth.ledger.example/token' },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference, as it is written in YAML
  credential: { client_id: 'gateway', client_secret: '${env:LEDGER}' },
  operations: { 'entries.list': { route: 'GET /entries', scopes: ['read'] } },
}
const allow = [{ upstream: 'ledger', operations: ['entries.list'] }]
const billing = { identities: [{ issuer: 'internal', subject: 'billing' }], allow }

test('every metric and label that an alert asks for is there, in a gateway that has seen calls', async () => {
  await using kit = await startCountersign({
    policy: { upstreams: { ledger: upstream }, services: { billing } },
  })
  const idle = await (await fetch(`${kit.admin}/metrics`)).text()
  for (const { alert, expr } of rules.filter((rule) => rule.expr.startsWith('increase('))) {
    const [name = ''] = /countersign_\w+/.exec(expr) ?? []
    // Prometheus sees no increase in a series that begins with 1.
    expect(idle, alert).toMatch(new RegExp(`^${name}(?:\\{[^}]*\\})? 0$`, 'm'))
  }
  kit.upstream('ledger').tokens.next(answersStatus(503))
  kit.upstream('ledger').answer({ body: [] })
  expect((await kit.fetch('billing', '/ledger/entries')).status).toBe(503)
  await expect.poll(async () => (await kit.fetch('billing', '/ledger/entries')).status).toBe(200)
  const metrics = await (await fetch(`${kit.admin}/metrics`)).text()

  for (const { alert, expr, annotations } of rules) {
    const [, name = '', matchers = ''] = /(countersign_\w+)(?:\{([^}]*)\})?/.exec(expr) ?? []
    const declared = new RegExp(`^# TYPE ${name.replace(/_bucket$/, '')} `, 'm')
    expect(metrics, `${alert}: ${name}`).toMatch(declared)
    const asked = [...matchers.matchAll(/(\w+)!?=/g), ...annotations.summary.matchAll(/\$labels\.(\w+)/g)]
    const series = metrics.match(new RegExp(`^${name}\\{.*$`, 'm'))?.[0]
    // One that has never counted has no labels yet; its declaration above is all there is to see.
    for (const [, label] of series === undefined ? [] : asked) expect(series, alert).toContain(`${label}="`)
  }
  expect(metrics).toMatch(/^countersign_mints_total\{.*result="ok".*\} 1$/m)
  expect(metrics).toMatch(/^countersign_mints_total\{.*result="mint\.unavailable".*\} \d+$/m)
  expect(metrics).toMatch(/^countersign_requests_total\{.*owner="upstream".*\} \d+$/m)
})
