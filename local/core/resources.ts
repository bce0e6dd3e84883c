import type { CloudContext } from './service.ts';

/** One resource of a template, its intrinsics resolved. */
export interface ResourceRequest {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Record<string, unknown>;
  /** `Stack-LogicalId` shortened to `max` characters, stable over starts: what CloudFormation would call it. */
  physicalName(max?: number): string;
  /** Absolute path of a file asset of the assembly (a zip's folder or a file), by bucket and key as in the template. */
  assetPath(bucket: string, key: string): string;
  readonly cloud: CloudContext;
}

/** What a resource answers to `Ref` and `Fn::GetAtt`. */
export interface ProvisionedResource {
  readonly ref: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/**
 * Provisions one resource type. `properties` names every property that it honours or may rightly disregard on one
 * machine; any other is refused by name. `provision` is called at every start and brings what exists up to date.
 */
export interface ResourceProvider {
  readonly properties: readonly string[];
  provision(request: ResourceRequest): Promise<ProvisionedResource>;
}

/** Resource type -> provider; each service exports its own. */
export type ResourceProviders = Readonly<Record<string, ResourceProvider>>;
