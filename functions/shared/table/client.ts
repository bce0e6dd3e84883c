import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** One client a container; endpoint and region come from the SDK's own environment variables. */
export const dynamodb = new DynamoDBClient({});
