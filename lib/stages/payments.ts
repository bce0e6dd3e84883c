import type { StageDefinition } from './types.ts';

export const paymentsStage: StageDefinition = { stage: 'payments', functions: {}, workflows: {} };
