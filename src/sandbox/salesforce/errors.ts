/** Salesforce's refusals: of a whole call, and of one record. */
export type SfError = { errorCode: string; message: string; fields?: string[] }

export class SfRefused extends Error {
  readonly status: number
  readonly errors: SfError[]
  constructor(status: number, errorCode: string, message: string, fields?: string[]) {
    super(message)
    this.status = status
    this.errors = [{ message, errorCode, ...(fields ? { fields } : {}) }]
  }
}

/** A record of a collection that is not written; its neighbours are. */
export class RecordRefused extends Error {
  readonly statusCode: string
  readonly fields: string[]
  constructor(statusCode: string, message: string, fields: string[] = []) {
    super(message)
    this.statusCode = statusCode
    this.fields = fields
  }
}

export function noSuchColumn(name: string, object: string): SfRefused {
  const message = `No such column '${name}' on sobject of type ${object}`
  return new SfRefused(400, 'INVALID_FIELD', message)
}
