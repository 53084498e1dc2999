import {
  connectRaw,
  type RawConnection,
  type RawExchange,
  type RawTarget,
  sendRaw,
  type TestIssuer,
} from '@countersign/testkit'

/** Whoever calls the gateway in a test: sends bytes, and forgets nothing of what it sent and got. */
export interface Caller {
  /** Every credential signed so far: no byte of it may travel on. */
  readonly credentials: readonly string[]
  /** Every byte that came back since the start or the last {@link Caller.forget}. */
  received(): Buffer
  forget(): void
  /** A valid token of `svc-a`, or of what `claims` say. */
  token(claims?: Record<string, unknown>): Promise<string>
  /** Takes a credential that another issuer has signed into account. @returns it */
  remember(credential: string): string
  /**
   * Puts the valid token of `svc-a` in place of `$J`, that of `svc-b` in place of `$K`; in place of `$%J` and
   * `$%K` the same with its first character, its dots and one character of its signature percent-encoded.
   */
  fill(text: string): string
  /** Sends filled text, a byte for each character (latin1), and reads the answers. */
  send(text: string, options?: SendOptions): Promise<RawExchange>
  /** Opens a connection for what is sent in pieces. */
  connect(target?: Partial<RawTarget>): Promise<RawConnection>
  /** Takes what was read over {@link Caller.connect} into account. */
  keep(exchange: RawExchange): RawExchange
}

/** How to send. */
export interface SendOptions extends Partial<RawTarget> {
  /** Methods of the requests to wait an answer for. Default: the first word. */
  readonly methods?: readonly string[]
}

/** Makes a caller of the gateway at `target`, with identities of this issuer. */
export async function createCaller(issuer: TestIssuer, target: RawTarget): Promise<Caller> {
  const credentials: string[] = []
  const received: Buffer[] = []

  function remember(credential: string): string {
    credentials.push(credential)
    return credential
  }
  async function token(claims: Record<string, unknown> = {}): Promise<string> {
    return remember(await issuer.sign(claims))
  }
  function keep(exchange: RawExchange): RawExchange {
    received.push(exchange.bytes)
    return exchange
  }
  const known = { J: await token(), K: await token({ sub: 'svc-b' }) }
  const escaped = (token: string) =>
    token.replaceAll(/^.|\.|.(?=.{9}$)/g, (char) => `%${char.charCodeAt(0).toString(16)}`)
  const fill = (text: string) =>
    text.replaceAll(/\$(%?)([JK])/g, (_placeholder, mark: string, name: string) => {
      const token = name === 'J' ? known.J : known.K
      return mark === '' ? token : escaped(token)
    })

  return {
    credentials,
    received: () => Buffer.concat(received),
    forget() {
      received.length = 0
    },
    token,
    remember,
    fill,
    async send(text, { methods, ...other } = {}) {
      return keep(await sendRaw({ ...target, ...other }, Buffer.from(fill(text), 'latin1'), methods))
    },
    connect: (other = {}) => connectRaw({ ...target, ...other }),
    keep,
  }
}
