import { Stack, Validations } from 'aws-cdk-lib';
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference.js';
import type { IConstruct } from 'constructs';

/** One finding of cdk-nag that stays, on one resource, and why. */
export interface Acknowledgement {
  readonly path: string;
  readonly id: string;
  readonly reason: string;
}

const made: Acknowledgement[] = [];

/** Acknowledges one finding (`AwsSolutions-IAM5[Resource::*]`) on one resource; encryption findings never are. */
export function acknowledge(resource: IConstruct, id: string, reason: string): void {
  Validations.of(resource).acknowledge({ id, reason });
  made.push({ path: resource.node.path, id, reason });
}

/** All acknowledgements of this synth, printed by `npm run synth`. */
export function acknowledgements(): readonly Acknowledgement[] {
  return made;
}

/** Acknowledges a resource pattern (`arn` as the policy has it) on one role or policy, where IAM offers nothing narrower. */
export function acknowledgePattern(resource: IConstruct, arn: string, reason: string): void {
  acknowledge(
    resource,
    `AwsSolutions-IAM5[Resource::${flattenCfnReference(Stack.of(resource).resolve(arn))}]`,
    reason,
  );
}
