import { passRole, type Requirements, text } from './requirement.ts';

/** Permissions of Lambda: a name, a partial ARN and an ARN mean the same function. */
export const lambdaRequirements: Requirements = (action, input, { account, region }) => {
  if (action === 'ListFunctions') return [{ action: 'lambda:ListFunctions', resource: '*' }];
  const given = text(input, 'FunctionName');
  const parts = given.split(':');
  const at = parts.indexOf('function');
  const name = (at < 0 ? parts : parts.slice(at + 1)).join(':');
  const resource = `arn:aws:lambda:${region}:${account}:function:${name}`;
  switch (action) {
    case 'Invoke':
      return [{ action: 'lambda:InvokeFunction', resource }];
    case 'GetFunction':
    case 'GetFunctionConfiguration':
      return [{ action: `lambda:${action}`, resource }];
    default:
      return undefined;
  }
};

/** Permissions of Step Functions. A token says by itself which task it answers, so that it has no resource. */
export const statesRequirements: Requirements = (action, input, { account, region }) => {
  const role = text(input, 'roleArn');
  const passed = role === '' ? [] : [passRole(role, 'states.amazonaws.com')];
  const on = (resource: string) => [{ action: `states:${action}`, resource }];
  switch (action) {
    case 'CreateStateMachine':
      return [...on(`arn:aws:states:${region}:${account}:stateMachine:${text(input, 'name')}`), ...passed];
    case 'UpdateStateMachine':
      return [...on(text(input, 'stateMachineArn')), ...passed];
    case 'DeleteStateMachine':
    case 'DescribeStateMachine':
    case 'ListExecutions':
    case 'StartExecution':
      return on(text(input, 'stateMachineArn'));
    case 'DescribeExecution':
    case 'DescribeStateMachineForExecution':
    case 'GetExecutionHistory':
    case 'RedriveExecution':
    case 'StopExecution':
      return on(text(input, 'executionArn'));
    case 'ListTagsForResource':
    case 'TagResource':
    case 'UntagResource':
      return on(text(input, 'resourceArn'));
    case 'TestState':
      return [...on('*'), ...passed];
    case 'ListStateMachines':
    case 'SendTaskFailure':
    case 'SendTaskHeartbeat':
    case 'SendTaskSuccess':
    case 'ValidateStateMachineDefinition':
      return on('*');
    default:
      return undefined;
  }
};
