// filled by the client's author
export type { FaultCode, Owner } from './fault.ts'
