import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as guardduty from 'aws-cdk-lib/aws-guardduty';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as ses from 'aws-cdk-lib/aws-ses';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge, acknowledgePattern } from '../checks/acknowledge.ts';
import type { StageConfig } from '../config/stage-config.ts';
import type { Platform } from '../constructs/platform.ts';
import { signInEmail } from '../sign-in-email.ts';
import type { BucketName } from '../stages/types.ts';

/** Everything that holds state; deployed rarely, retained on removal. */
export class DataStack extends Stack {
  readonly platform: Platform;

  constructor(scope: Construct, id: string, props: StackProps & { config: StageConfig }) {
    super(scope, id, props);
    const { config } = props;
    const removalPolicy = config.keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    const table = this.table(removalPolicy, config.keepData);
    const buckets = this.buckets(config, removalPolicy);
    const bus = new events.EventBus(this, 'Bus', {
      description: 'Events of the programme between its stages',
    });
    const failedEvents = new sqs.Queue(this, 'FailedEvents', {
      retentionPeriod: Duration.days(14),
      enforceSSL: true,
      encryption: sqs.QueueEncryption.SQS_MANAGED,
    });
    acknowledge(
      failedEvents,
      'AwsSolutions-SQS3',
      'It is itself the dead-letter queue of rules, schedules and functions',
    );
    // Rules of the programme's bus and of the default bus leave here what they could not deliver.
    failedEvents.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [failedEvents.queueArn],
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    );
    const mail = this.mail(config);
    const people = this.people(config, removalPolicy);
    this.scanUploads(buckets.quarantine);
    // For people who look into the store with an SDK, and for `npm run verify`.
    new CfnOutput(this, 'ProgrammeTableName', { value: table.tableName });
    new CfnOutput(this, 'SubmissionsBucketName', { value: buckets.submissions.bucketName });
    this.platform = {
      config,
      table,
      buckets,
      bucketArns: this.exportArns(buckets),
      bus,
      failedEvents,
      alarmTopic: this.alarms(config),
      ...people,
      mailIdentityArn: mail.identityArn,
      mailConfigurationSet: mail.configurationSet,
      originSecret: this.originSecret(removalPolicy),
    };
  }

  private table(removalPolicy: RemovalPolicy, deletionProtection: boolean): dynamodb.TableV2 {
    const text = dynamodb.AttributeType.STRING;
    const index = (indexName: string, prefix: string) => ({
      indexName,
      partitionKey: { name: `${prefix}Key`, type: text },
      sortKey: { name: `${prefix}Sort`, type: text },
    });
    return new dynamodb.TableV2(this, 'Programme', {
      partitionKey: { name: 'pk', type: text },
      sortKey: { name: 'sk', type: text },
      billing: dynamodb.Billing.onDemand(),
      globalSecondaryIndexes: [
        index('byRound', 'round'),
        index('byHub', 'hub'),
        index('byPerson', 'person'),
        index('byQueue', 'queue'),
      ],
      dynamoStream: dynamodb.StreamViewType.NEW_IMAGE,
      timeToLiveAttribute: 'ttl',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection,
      removalPolicy,
    });
  }

  private buckets(config: StageConfig, removalPolicy: RemovalPolicy): Record<BucketName, s3.Bucket> {
    const common = {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy,
    };
    const accessLogs = new s3.Bucket(this, 'AccessLogs', {
      ...common,
      lifecycleRules: [{ expiration: Duration.days(365) }],
    });
    acknowledge(
      accessLogs,
      'AwsSolutions-S1',
      'The bucket that receives the access logs does not log into itself',
    );
    const bucket = (id: string, more: Partial<s3.BucketProps>): s3.Bucket => {
      const made = new s3.Bucket(this, id, { ...common, ...more });
      const resource = made.node.defaultChild;
      if (!(resource instanceof s3.CfnBucket)) throw new Error(`${id} is no bucket`);
      resource.loggingConfiguration = {
        destinationBucketName: accessLogs.bucketName,
        logFilePrefix: `${id}/`,
      };
      return made;
    };
    const fromPages: s3.CorsRule = {
      allowedMethods: [s3.HttpMethods.POST, s3.HttpMethods.GET],
      allowedOrigins: [config.siteUrl],
      allowedHeaders: ['*'],
      exposedHeaders: ['ETag'],
      maxAge: 3000,
    };
    const submissions = bucket('Submissions', { versioned: true, cors: [fromPages] });
    // A frozen version is what was assessed: no function may delete it (erasure is a documented act of the account's owner).
    submissions.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'FrozenVersionsStay',
        effect: iam.Effect.DENY,
        principals: [new iam.AnyPrincipal()],
        actions: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
        resources: [submissions.arnForObjects('frozen/*')],
        conditions: {
          StringNotLike: {
            'aws:PrincipalArn': `arn:${this.partition}:iam::${this.account}:role/psqm-erasure`,
          },
        },
      }),
    );
    const named = {
      quarantine: bucket('Quarantine', {
        cors: [fromPages],
        lifecycleRules: [
          { expiration: Duration.days(7), abortIncompleteMultipartUploadAfter: Duration.days(1) },
        ],
      }),
      submissions,
      documents: bucket('Documents', { versioned: true, cors: [fromPages] }),
      register: bucket('Register', { cors: [fromPages] }),
      statements: bucket('Statements', { versioned: true, cors: [fromPages] }),
    };
    accessLogs.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('logging.s3.amazonaws.com')],
        actions: ['s3:PutObject'],
        resources: [accessLogs.arnForObjects('*')],
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    );
    return named;
  }

  private exportArns(buckets: Readonly<Record<BucketName, s3.Bucket>>): Record<BucketName, string> {
    const arnOf = (name: BucketName): string =>
      this.exportValue(buckets[name].bucketArn, { name: `${this.stackName}-${name}-arn` });
    return {
      quarantine: arnOf('quarantine'),
      submissions: arnOf('submissions'),
      documents: arnOf('documents'),
      register: arnOf('register'),
      statements: arnOf('statements'),
    };
  }

  private mail(config: StageConfig) {
    const configurationSet = new ses.ConfigurationSet(this, 'Mail', {
      reputationMetrics: true,
      sendingEnabled: true,
    });
    const domain = config.mailFrom.split('@')[1] ?? config.mailFrom;
    const identity = new ses.EmailIdentity(this, 'MailIdentity', {
      identity: ses.Identity.domain(domain),
      configurationSet,
    });
    return {
      identityArn: identity.emailIdentityArn,
      configurationSet: {
        name: configurationSet.configurationSetName,
        arn: this.formatArn({
          service: 'ses',
          resource: 'configuration-set',
          resourceName: configurationSet.configurationSetName,
        }),
      },
    };
  }

  private people(config: StageConfig, removalPolicy: RemovalPolicy) {
    const pool = new cognito.UserPool(this, 'People', {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      featurePlan: cognito.FeaturePlan.ESSENTIALS,
      signInPolicy: { allowedFirstAuthFactors: { password: true, emailOtp: true } },
      passwordPolicy: {
        minLength: 16,
        requireDigits: true,
        requireLowercase: true,
        requireUppercase: true,
        requireSymbols: true,
      },
      accountRecovery: cognito.AccountRecovery.EMAIL_ONLY,
      email: cognito.UserPoolEmail.withSES({
        fromEmail: config.mailFrom,
        sesVerifiedDomain: config.mailFrom.split('@')[1] ?? '',
      }),
      deletionProtection: config.keepData,
      removalPolicy,
    });
    const words = signInEmail();
    // The construct has no properties for these two.
    const resource = pool.node.defaultChild;
    if (!(resource instanceof cognito.CfnUserPool)) throw new Error('the user pool has no resource');
    resource.emailAuthenticationSubject = words.subject;
    resource.emailAuthenticationMessage = words.message;
    const perSignIn =
      'Nobody has a password: people sign in by a code to their address, which Cognito does not combine with MFA';
    acknowledge(pool, 'AwsSolutions-COG2', perSignIn);
    acknowledge(
      pool,
      'AwsSolutions-COG3',
      'Threat protection works on passwords, of which there are none; attempts are throttled per address',
    );
    acknowledge(
      pool,
      'AwsSolutions-COG8',
      'The Plus tier adds threat protection for passwords, of which there are none',
    );
    const client = pool.addClient('Site', {
      authFlows: { user: true },
      disableOAuth: true,
      preventUserExistenceErrors: true,
      accessTokenValidity: Duration.minutes(5),
      idTokenValidity: Duration.minutes(5),
      refreshTokenValidity: Duration.hours(1),
      authSessionValidity: Duration.minutes(10),
    });
    return {
      userPoolId: pool.userPoolId,
      userPoolArn: pool.userPoolArn,
      userPoolClientId: client.userPoolClientId,
    };
  }

  /** GuardDuty scans what is uploaded, tags it and says so on the default bus. */
  private scanUploads(quarantine: s3.Bucket): void {
    const ruleArn = this.formatArn({
      service: 'events',
      resource: 'rule',
      resourceName: 'DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*',
    });
    const uploads = quarantine.arnForObjects('*');
    const role = new iam.Role(this, 'ScanRole', {
      assumedBy: new iam.ServicePrincipal('malware-protection-plan.guardduty.amazonaws.com'),
      inlinePolicies: {
        Scan: new iam.PolicyDocument({
          statements: [
            new iam.PolicyStatement({
              actions: ['events:PutRule', 'events:DeleteRule', 'events:PutTargets', 'events:RemoveTargets'],
              resources: [ruleArn],
              conditions: {
                StringLike: { 'events:ManagedBy': 'malware-protection-plan.guardduty.amazonaws.com' },
              },
            }),
            new iam.PolicyStatement({
              actions: ['events:DescribeRule', 'events:ListTargetsByRule'],
              resources: [ruleArn],
            }),
            new iam.PolicyStatement({
              actions: [
                's3:PutObjectTagging',
                's3:GetObjectTagging',
                's3:PutObjectVersionTagging',
                's3:GetObjectVersionTagging',
                's3:GetObject',
                's3:GetObjectVersion',
              ],
              resources: [uploads],
            }),
            new iam.PolicyStatement({
              actions: ['s3:PutBucketNotification', 's3:GetBucketNotification', 's3:ListBucket'],
              resources: [quarantine.bucketArn],
            }),
            new iam.PolicyStatement({
              actions: ['s3:PutObject'],
              resources: [quarantine.arnForObjects('malware-protection-resource-validation-object')],
            }),
          ],
        }),
      },
    });
    acknowledgePattern(role, ruleArn, 'GuardDuty names the rule that it manages itself, below this prefix');
    acknowledgePattern(role, uploads, 'GuardDuty scans every object of the quarantine bucket');
    new guardduty.CfnMalwareProtectionPlan(this, 'Scan', {
      role: role.roleArn,
      protectedResource: { s3Bucket: { bucketName: quarantine.bucketName, objectPrefixes: ['quarantine/'] } },
      actions: { tagging: { status: 'ENABLED' } },
    });
  }

  private alarms(config: StageConfig): sns.Topic {
    // CloudWatch cannot publish through the AWS-managed key, hence one of our own.
    const key = new kms.Key(this, 'AlarmKey', {
      enableKeyRotation: true,
      description: 'Encrypts alarm messages',
      removalPolicy: RemovalPolicy.DESTROY,
    });
    key.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
      }),
    );
    const topic = new sns.Topic(this, 'Alarms', { masterKey: key, enforceSSL: true });
    topic.addSubscription(new subscriptions.EmailSubscription(config.operationsEmail));
    return topic;
  }

  private originSecret(removalPolicy: RemovalPolicy): secretsmanager.Secret {
    const secret = new secretsmanager.Secret(this, 'OriginSecret', {
      description: 'CloudFront adds it to API requests; requests without it are refused',
      generateSecretString: { passwordLength: 48, excludePunctuation: true },
      removalPolicy,
    });
    acknowledge(
      secret,
      'AwsSolutions-SMG4',
      'Rotated with a deployment (docs/runbooks/rotate-origin-secret.md): CloudFront takes it from the template',
    );
    return secret;
  }
}
