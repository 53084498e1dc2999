import type { Faable } from '@countersign/client'
import { MatchersV3 } from '@pact-foundation/pact'
import { type ApiState, known } from '../gateway-faable-api/states.ts'
import type { ApiCall } from '../support/api-tests.ts'
import { fromState, opaque, wholly } from '../support/matchers.ts'

const { eachLike, nullValue } = MatchersV3
/** The least that a user is. */
export const user = { id: opaque(known.user) }
const theUser = fromState('/user/{user}', known)

const session = { id: opaque(known.session) }
const log = { id: opaque(known.log) }

/** The typed calls for Faable whose paths are documented: an update is a `POST`, a list goes on by its cursor. */
export const faableCalls: readonly ApiCall<ApiState, Faable>[] = [
  {
    operation: 'users.list by a query',
    given: 'a user exists',
    request: { method: 'GET', path: '/user', query: { query: 'suspended:false' } },
    response: { status: 200, body: { results: eachLike(user), next: nullValue() } },
    call: (faable) => faable.listUsers({ query: 'suspended:false' }).first(),
  },
  {
    operation: 'users.get',
    given: 'a user exists',
    request: { method: 'GET', path: theUser },
    response: { status: 200, body: user },
    call: (faable) => faable.getUser(known.user),
  },
  {
    operation: 'users.create',
    given: 'nobody is there',
    request: { method: 'POST', path: '/user', body: { email: 'grace@contract.example' } },
    response: { status: 201, body: { ...user, email: 'grace@contract.example' } },
    call: (faable) => faable.createUser({ email: 'grace@contract.example' }),
  },
  {
    operation: 'users.update',
    given: 'a user exists',
    request: { method: 'POST', path: theUser, body: { suspended: true, suspended_reason: 'abuse' } },
    response: { status: 200, body: { ...user, suspended: true } },
    call: (faable) => faable.updateUser(known.user, { suspended: true, suspended_reason: 'abuse' }),
  },
  {
    operation: 'users.remove',
    given: 'a user exists (assumed)',
    request: { method: 'DELETE', path: theUser },
    response: { status: 200 },
    call: (faable) => faable.removeUser(known.user),
  },
  {
    operation: 'sessions.list',
    given: 'a session is active',
    request: { method: 'GET', path: '/session' },
    response: { status: 200, body: { results: eachLike(session), next: nullValue() } },
    call: (faable) => faable.sessions.list().first(),
  },
  {
    operation: 'sessions.get',
    given: 'a session is active',
    request: { method: 'GET', path: fromState('/session/{session}', known) },
    response: { status: 200, body: session },
    call: (faable) => faable.sessions.get(known.session),
  },
  {
    operation: 'sessions.revoke',
    given: 'a session is active',
    request: { method: 'POST', path: fromState('/session/{session}/revoke', known) },
    response: { status: 200 },
    call: (faable) => faable.sessions.revoke(known.session),
  },
  {
    operation: 'logs.list, the first page',
    given: 'two things have been logged',
    request: { method: 'GET', path: '/logs', query: { pageSize: '1' } },
    response: { status: 200, body: { results: eachLike(log), next: wholly(/\S+/, known.cursor) } },
    call: (faable) => faable.logs.list({ pageSize: 1 }).first(),
  },
  {
    operation: 'logs.get',
    given: 'two things have been logged',
    request: { method: 'GET', path: fromState('/logs/{log}', known) },
    response: { status: 200, body: log },
    call: (faable) => faable.logs.get(known.log),
  },
]
