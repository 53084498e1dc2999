import { expect, it } from 'vitest'
import { policyConfig } from '../../test/support/policy-config.ts'

const yaml = (gateway: string) => `
gateway:
  audience: https://gateway.internal
  listen: 127.0.0.1:8080
  ${gateway}
issuers: { staff: { kind: jwt, issuer: "https://staff.example" } }
`
const operators = 'operators: [{ issuer: staff, subject: platform-team }]'

it.each([
  ['on every interface', `admin: 0.0.0.0:9090\n  ${operators}`],
  ['on one of the network', `admin: 192.0.2.7:9090\n  ${operators}`],
  ['under a name', `admin: gateway.internal:9090\n  ${operators}`],
  ['called by plain HTTP', `admin: 0.0.0.0:9090\n  admin_url: http://127.0.0.1:9090\n  ${operators}`],
])('operators whose tokens cross the network in clear are warned of: %s', (_how, gateway) => {
  expect(policyConfig(yaml(gateway)).warnings).toEqual([
    {
      kind: 'admin-in-clear',
      position: expect.stringMatching(/countersign\.yaml:5:10$/),
      message: expect.stringContaining('gateway.admin'),
      hint: expect.stringContaining('admin_url: https://'),
    },
  ])
})

it.each([
  ['on loopback, as without a word', operators],
  ['on loopback in so many words', `admin: "[::1]:9090"\n  ${operators}`],
  ['behind what terminates TLS', `admin: 0.0.0.0:9090\n  admin_url: https://admin.internal\n  ${operators}`],
  ['behind what is named elsewhere', `admin: 0.0.0.0:9090\n  admin_url: "\${env:NOWHERE}"\n  ${operators}`],
  ['without operators, for probes and metrics', 'admin: 0.0.0.0:9090'],
])('and nobody else: %s', (_how, gateway) => {
  expect(policyConfig(yaml(gateway)).warnings).toEqual([])
})
