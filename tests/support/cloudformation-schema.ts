import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { Property, PropertyType, Resource, SpecDatabase } from '@aws-cdk/service-spec-types';

let database: SpecDatabase | undefined;
const spec = (): SpecDatabase => {
  database ??= loadAwsServiceSpecSync();
  return database;
};

/** CloudFormation's own schema of a resource type; undefined for a type that it does not have. */
export function resourceSchema(type: string): Resource | undefined {
  return spec().lookup('resource', 'cloudFormationType', 'equals', type)[0];
}

/** What CloudFormation's schema of the type says against these properties, each with its path; empty: it would take them. */
export function schemaProblems(type: string, properties: Readonly<Record<string, unknown>>): string[] {
  const schema = resourceSchema(type);
  if (schema === undefined) return [`${type} is no resource type`];
  return objectProblems(schema.properties, properties, '');
}

function objectProblems(
  schema: Readonly<Record<string, Property>>,
  value: Readonly<Record<string, unknown>>,
  at: string,
): string[] {
  const missing = Object.entries(schema)
    .filter(([name, { required }]) => required === true && value[name] === undefined)
    .map(([name]) => `${at}${name} is missing`);
  const wrong = Object.entries(value).flatMap(([name, own]) => {
    const property = schema[name];
    if (property === undefined) return [`${at}${name} is no property`];
    // A schema that changed its mind takes what it took before.
    const types = [property.type, ...(property.previousTypes ?? [])];
    return bestOf(types.map((type) => valueProblems(type, own, `${at}${name}`)));
  });
  return [...missing, ...wrong];
}

/** Of several readings the one with the fewest problems. */
const bestOf = (readings: readonly string[][]): string[] =>
  readings.reduce((best, one) => (one.length < best.length ? one : best), readings[0] ?? []);

/** `Ref`, `Fn::GetAtt`, ...: what it becomes is known only when it is deployed. */
function isIntrinsic(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const [name, ...others] = Object.keys(value);
  return others.length === 0 && name !== undefined && (name === 'Ref' || name.startsWith('Fn::'));
}

function valueProblems(type: PropertyType, value: unknown, at: string): string[] {
  if (isIntrinsic(value)) return [];
  const wrong = [`${at} is ${JSON.stringify(value)?.slice(0, 80)}, not ${type.type}`];
  const among = (allowed: readonly unknown[] | undefined): string[] =>
    allowed === undefined || allowed.includes(value)
      ? []
      : [`${at} is ${JSON.stringify(value)}, not one of ${allowed.join(', ')}`];
  switch (type.type) {
    case 'string':
      return typeof value === 'string' ? among(type.allowedValues) : wrong;
    case 'date-time':
      return typeof value === 'string' ? [] : wrong;
    case 'integer':
      return Number.isInteger(Number(value)) && isScalar(value) ? among(type.allowedValues) : wrong;
    case 'number':
      return !Number.isNaN(Number(value)) && isScalar(value) ? [] : wrong;
    case 'boolean':
      return typeof value === 'boolean' || value === 'true' || value === 'false' ? [] : wrong;
    case 'null':
      return value === null ? [] : wrong;
    case 'json':
      return typeof value === 'object' || typeof value === 'string' ? [] : wrong;
    case 'tag':
      return isRecord(value) && typeof value.Key === 'string' && value.Value !== undefined ? [] : wrong;
    case 'array':
      return Array.isArray(value)
        ? value.flatMap((one, index) => valueProblems(type.element, one, `${at}.${index}`))
        : wrong;
    case 'map':
      return isRecord(value)
        ? Object.entries(value).flatMap(([name, one]) => valueProblems(type.element, one, `${at}.${name}`))
        : wrong;
    case 'union':
      return bestOf(type.types.map((one) => valueProblems(one, value, at)));
    case 'ref':
      return isRecord(value)
        ? objectProblems(spec().get('typeDefinition', type.reference).properties, value, `${at}.`)
        : wrong;
  }
}

const isScalar = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && value !== '');
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
