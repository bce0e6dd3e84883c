import { Logger } from '@aws-lambda-powertools/logger';

/** The one structured logger; handlers append `correlationId`. Personal data is never logged: ids only. */
export const logger = new Logger({ serviceName: 'psqm' });
