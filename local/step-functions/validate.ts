export {
  type Diagnostic,
  describeDiagnostics,
  validateDefinition,
  validateDefinitionText,
} from './definition/validate.ts';
