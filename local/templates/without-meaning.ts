/** A resource type that has no effect on one machine, and why. */
interface TypeWithoutMeaning {
  readonly reason: string;
  readonly properties: readonly string[];
  /** Attributes that other resources may ask for, from the physical name. */
  attributes?(name: string, account: string, region: string): Readonly<Record<string, string>>;
  /** `Ref` where it is not the physical name. */
  ref?(name: string, account: string, region: string): string;
}

/** The types that are accepted, their properties checked by name, and that do nothing here. */
export const TYPES_WITHOUT_MEANING: Readonly<Record<string, TypeWithoutMeaning>> = {
  'AWS::CDK::Metadata': { reason: 'usage data for AWS', properties: ['Analytics'] },
  'AWS::CloudWatch::Alarm': {
    reason: 'no metrics are kept; what an alarm would tell is in the log and the statistics',
    properties: [
      'ActionsEnabled',
      'AlarmActions',
      'AlarmDescription',
      'AlarmName',
      'ComparisonOperator',
      'DatapointsToAlarm',
      'Dimensions',
      'EvaluateLowSampleCountPercentile',
      'EvaluationPeriods',
      'ExtendedStatistic',
      'InsufficientDataActions',
      'MetricName',
      'Metrics',
      'Namespace',
      'OKActions',
      'Period',
      'Statistic',
      'Tags',
      'Threshold',
      'ThresholdMetricId',
      'TreatMissingData',
      'Unit',
    ],
    attributes: (name, account, region) => ({ Arn: `arn:aws:cloudwatch:${region}:${account}:alarm:${name}` }),
  },
  'AWS::CloudWatch::CompositeAlarm': {
    reason: 'no metrics are kept',
    properties: [
      'ActionsEnabled',
      'ActionsSuppressor',
      'ActionsSuppressorExtensionPeriod',
      'ActionsSuppressorWaitPeriod',
      'AlarmActions',
      'AlarmDescription',
      'AlarmName',
      'AlarmRule',
      'InsufficientDataActions',
      'OKActions',
      'Tags',
    ],
    attributes: (name, account, region) => ({ Arn: `arn:aws:cloudwatch:${region}:${account}:alarm:${name}` }),
  },
  'AWS::CloudWatch::Dashboard': {
    reason: 'no metrics are kept',
    properties: ['DashboardBody', 'DashboardName', 'Tags'],
  },
  'AWS::Logs::MetricFilter': {
    reason: 'no metrics are kept',
    properties: [
      'ApplyOnTransformedLogs',
      'FieldSelectionCriteria',
      'FilterName',
      'FilterPattern',
      'LogGroupName',
      'MetricTransformations',
      'EmitSystemFieldDimensions',
    ],
  },
  'AWS::Logs::QueryDefinition': {
    reason: 'logs are files, searched with the tools of the machine',
    properties: ['LogGroupNames', 'Name', 'QueryString', 'QueryLanguage', 'Parameters'],
  },
  'AWS::Logs::ResourcePolicy': {
    reason: 'log files have no policies',
    properties: ['PolicyDocument', 'PolicyName', 'ResourceArn'],
  },
  'AWS::KMS::Key': {
    reason: 'nothing is encrypted at rest on one machine',
    properties: [
      'BypassPolicyLockoutSafetyCheck',
      'Description',
      'EnableKeyRotation',
      'Enabled',
      'KeyPolicy',
      'KeySpec',
      'KeyUsage',
      'MultiRegion',
      'Origin',
      'PendingWindowInDays',
      'RotationPeriodInDays',
      'Tags',
    ],
    attributes: (name, account, region) => ({
      Arn: `arn:aws:kms:${region}:${account}:key/${name}`,
      KeyId: name,
    }),
  },
  'AWS::KMS::Alias': {
    reason: 'nothing is encrypted at rest on one machine',
    properties: ['AliasName', 'TargetKeyId'],
  },
  'AWS::Lambda::LayerVersion': {
    reason: 'a function with layers is refused; the layer of the bucket deployment has no use here',
    properties: [
      'CompatibleArchitectures',
      'CompatibleRuntimes',
      'Content',
      'Description',
      'LayerName',
      'LicenseInfo',
    ],
    ref: (name, account, region) => `arn:aws:lambda:${region}:${account}:layer:${name}:1`,
    attributes: (name, account, region) => ({
      LayerVersionArn: `arn:aws:lambda:${region}:${account}:layer:${name}:1`,
    }),
  },
  'AWS::WAFv2::WebACL': {
    reason: 'no traffic comes from outside the machine',
    properties: [
      'ApplicationConfig',
      'AssociationConfig',
      'CaptchaConfig',
      'ChallengeConfig',
      'CustomResponseBodies',
      'DataProtectionConfig',
      'DefaultAction',
      'Description',
      'Name',
      'OnSourceDDoSProtectionConfig',
      'Rules',
      'Scope',
      'Tags',
      'TokenDomains',
      'VisibilityConfig',
    ],
    attributes: (name, account, region) => ({
      Arn: `arn:aws:wafv2:${region}:${account}:global/webacl/${name}/${name}`,
      Id: name,
    }),
  },
  'AWS::WAFv2::WebACLAssociation': {
    reason: 'no traffic comes from outside the machine',
    properties: ['ResourceArn', 'WebACLArn'],
  },
  'AWS::WAFv2::LoggingConfiguration': {
    reason: 'no traffic comes from outside the machine',
    properties: ['LogDestinationConfigs', 'LoggingFilter', 'RedactedFields', 'ResourceArn'],
  },
  'AWS::SNS::Topic': {
    reason: 'topics carry alarms, of which there are none',
    properties: [
      'ArchivePolicy',
      'ContentBasedDeduplication',
      'DataProtectionPolicy',
      'DeliveryStatusLogging',
      'DisplayName',
      'FifoThroughputScope',
      'FifoTopic',
      'KmsMasterKeyId',
      'SignatureVersion',
      'Subscription',
      'Tags',
      'TopicName',
      'TracingConfig',
    ],
    ref: (name, account, region) => `arn:aws:sns:${region}:${account}:${name}`,
    attributes: (name, account, region) => ({
      TopicArn: `arn:aws:sns:${region}:${account}:${name}`,
      TopicName: name,
    }),
  },
  'AWS::SNS::TopicPolicy': {
    reason: 'topics carry alarms, of which there are none',
    properties: ['PolicyDocument', 'Topics'],
  },
  'AWS::SNS::Subscription': {
    reason: 'topics carry alarms, of which there are none',
    properties: [
      'DeliveryPolicy',
      'Endpoint',
      'FilterPolicy',
      'FilterPolicyScope',
      'Protocol',
      'RawMessageDelivery',
      'RedrivePolicy',
      'Region',
      'ReplayPolicy',
      'SubscriptionRoleArn',
      'TopicArn',
    ],
  },
  'AWS::XRay::Group': {
    reason: 'no traces are kept',
    properties: ['FilterExpression', 'GroupName', 'InsightsConfiguration', 'Tags'],
  },
  'AWS::ResourceGroups::Group': {
    reason: 'a view in the console',
    properties: ['Configuration', 'Description', 'Name', 'ResourceQuery', 'Resources', 'Tags'],
  },
  'AWS::Budgets::Budget': {
    reason: 'nothing costs anything here',
    properties: ['Budget', 'NotificationsWithSubscribers', 'ResourceTags'],
  },
};
