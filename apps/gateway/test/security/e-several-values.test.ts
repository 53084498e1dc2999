import { type HostileRow, hostileTables } from '../support/hostile-table.ts'
import { request } from '../support/request.ts'

const byField = 'GET /u1/public/x'
const byParameter = 'GET /u1/x'

const one: readonly HostileRow[] = [
  { name: 'E69 one field, the right one', send: request(byField, 'X-Team: a'), status: 200, upstream: 1 },
  {
    name: 'E69 one parameter, the right one',
    send: request(`${byParameter}?role=viewer`),
    status: 200,
    upstream: 1,
  },
]

const several: readonly HostileRow[] = [
  ['two fields', request(byField, 'X-Team: a', 'X-Team: b')],
  ['two fields, the right one last', request(byField, 'x-team: b', 'X-Team: a')],
  ['two fields that say the same', request(byField, 'X-Team: a', 'X-Team: a')],
  ['two hundred fields', request(byField, ...Array.from({ length: 200 }, () => 'X-Team: a'))],
  ['two values in one field', request(byField, 'X-Team: a, b')],
  ['a value with more behind it', request(byField, 'X-Team: a;b')],
  ['an empty field', request(byField, 'X-Team:')],
  ['no field', request(byField)],
  ['two parameters', request(`${byParameter}?role=viewer&role=owner`)],
  ['two parameters, the right one last', request(`${byParameter}?role=owner&role=viewer`)],
  ['two spellings of one', request(`${byParameter}?role=viewer&r%6Fle=owner`)],
  ['two cases of one', request(`${byParameter}?role=viewer&ROLE=owner`)],
  ['brackets', request(`${byParameter}?role=viewer&role[]=owner`)],
  ['another separator', request(`${byParameter}?role=viewer;role=owner`)],
  ['no parameter', request(byParameter)],
].map(([name, send = '']) => ({ name: `E69 ${name}: no value is looked at`, send, status: 403 }))

hostileTables(
  { 'one value': one, 'several, or none': several },
  {
    adapt({ services }) {
      Object.assign(services['svc-a'] as object, {
        allow: [
          { upstream: 'u1', operations: ['public.read'], when: 'request.headers["x-team"] == "a"' },
          { upstream: 'u1', operations: ['still.x'], when: 'request.query.role == "viewer"' },
        ],
      })
    },
  },
)
