/** A control call that asks for something that is not there, or not possible. */
export class ControlError extends Error {
  readonly status: 400 | 404
  constructor(status: 400 | 404, message: string) {
    super(message)
    this.status = status
  }
}
