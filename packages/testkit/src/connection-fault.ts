import type { Socket } from 'node:net'

/**
 * What happens to one connection through a {@link startFaultProxy}: gets the caller's side, and opens the
 * other side if it wants one.
 */
export type ConnectionFault = (client: Socket, connect: () => Socket) => void

/** Hands everything on, both ways. */
export function passesOn(): ConnectionFault {
  return (client, connect) => {
    const server = connect()
    client.pipe(server)
    server.pipe(client)
  }
}

/** Hands on what is asked at once, and what is answered after `ms` milliseconds. */
export function delays(ms: number): ConnectionFault {
  return answering((bytes, client) => {
    setTimeout(() => client.writable && client.write(bytes), ms)
  })
}

/** Hands on the first `promptly` bytes of the answer as they come, the rest one byte every `everyMs` milliseconds. */
export function drips(everyMs: number, promptly = 0): ConnectionFault {
  return (client, connect) => {
    const server = connect()
    client.pipe(server)
    let left = promptly
    let pending = Buffer.alloc(0)
    server.on('data', (bytes: Buffer) => {
      if (left > 0) client.write(bytes.subarray(0, left))
      pending = Buffer.concat([pending, bytes.subarray(left)])
      left -= Math.min(left, bytes.length)
    })
    const timer = setInterval(() => {
      if (pending.length > 0 && client.writable) client.write(pending.subarray(0, 1))
      pending = pending.subarray(1)
    }, everyMs)
    client.once('close', () => clearInterval(timer))
  }
}

/** Hands on so many bytes of the answer, then closes as if that were all. */
export function cutsOffAfter(length: number): ConnectionFault {
  return answering((bytes, client) => client.end(bytes.subarray(0, length)))
}

/** Hands on so many bytes of the answer, then resets the connection; with 0, in place of an answer. */
export function resetsAfter(length: number): ConnectionFault {
  return answering((bytes, client) => {
    if (length === 0) client.resetAndDestroy()
    else client.write(bytes.subarray(0, length), () => client.resetAndDestroy())
  })
}

/** Takes everything and says nothing. */
export function swallows(): ConnectionFault {
  return (client) => void client.resume()
}

/** Takes the connection and then not one byte of it: whoever sends much gets stuck. */
export function takesNothing(): ConnectionFault {
  return (client) => void client.pause()
}

/** Answers whatever is asked with these bytes, and ends the connection. */
export function answersInstead(raw: string | Uint8Array): ConnectionFault {
  return (client) => void client.once('data', () => client.end(raw))
}

/** Resets the connection as soon as it is there. */
export function resetsAtOnce(): ConnectionFault {
  return (client) => void client.resetAndDestroy()
}

function answering(answer: (bytes: Buffer, client: Socket) => void): ConnectionFault {
  return (client, connect) => {
    const server = connect()
    client.pipe(server)
    server.on('data', (bytes: Buffer) => answer(bytes, client))
  }
}
