import { ServiceError } from '../../core/errors.ts';

/** Errors of the Step Functions API with AWS's codes and words. */
export function invalidArn(detail: string): ServiceError {
  return new ServiceError('InvalidArn', `Invalid Arn: '${detail}'`);
}

export function machineDoesNotExist(arn: string): ServiceError {
  return new ServiceError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
}

export function executionDoesNotExist(arn: string): ServiceError {
  return new ServiceError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
}

const FORBIDDEN = '<>{}[]?*"#%\\^|~`$&,;:/';

/** Names of machines and executions: 1 to 80 characters without blanks, control characters and some others. */
export function checkName(name: string): void {
  const wrong = (character: string): boolean => {
    const code = character.codePointAt(0) ?? 0;
    return (
      FORBIDDEN.includes(character) || /\s/.test(character) || code < 0x20 || (code >= 0x7f && code < 0xa0)
    );
  };
  if (name.length < 1 || name.length > 80 || [...name].some(wrong)) {
    throw new ServiceError('InvalidName', `Invalid Name: '${name}'`);
  }
}

/** Refuses what is no ARN of the given kind. */
export function checkArn(arn: string, kind: 'stateMachine' | 'execution'): void {
  if (!arn.startsWith('arn:')) throw invalidArn(`Invalid ARN prefix: ${arn}`);
  const found = arn.split(':')[5];
  if (found !== kind) throw invalidArn(`Resource type not valid in this context: ${found ?? ''}`);
}

/** A page's size from `maxResults`, where 0 or nothing means the default of 100. */
export function pageSize(maxResults: number | undefined): number {
  if (maxResults !== undefined && maxResults > 1000) {
    throw new ServiceError(
      'ValidationException',
      `1 validation error detected: Value '${maxResults}' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000`,
    );
  }
  return maxResults === undefined || maxResults === 0 ? 100 : maxResults;
}

/** A page's token holds where the next page begins. */
export function encodeToken(position: string | number): string {
  return Buffer.from(JSON.stringify({ position })).toString('base64url');
}

export function decodeToken(token: string): string {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (typeof parsed === 'object' && parsed !== null && 'position' in parsed) return String(parsed.position);
  } catch {
    // Falls through: what cannot be read is no token of ours.
  }
  throw new ServiceError('InvalidToken', `Invalid Token: '${token}'`);
}
