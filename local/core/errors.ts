/**
 * An error as an AWS service answers it: `code` is the name that SDKs expose as `error.name`,
 * `status` the HTTP status, `fields` further members of the error's body.
 */
export class ServiceError extends Error {
  readonly code: string;
  readonly status: number;
  readonly fields: Record<string, unknown>;

  constructor(code: string, message: string, status = 400, fields: Record<string, unknown> = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
    this.fields = fields;
  }
}

/** A resource type, property or service call that the local cloud does not know: refused by name, never ignored. */
export class UnsupportedError extends Error {
  constructor(what: string) {
    super(`the local cloud does not support ${what}`);
    this.name = 'UnsupportedError';
  }
}
