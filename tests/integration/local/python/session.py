"""A session of the AWS SDK for Python against an empty local cloud; arguments: endpoint, port of its own Lambda endpoint."""

import datetime
import http.server
import json
import sys
import threading
import time
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT, LAMBDA_PORT = sys.argv[1], int(sys.argv[2])
CONFIG = Config(inject_host_prefix=False, retries={"max_attempts": 1})


def client(name):
    return boto3.client(name, endpoint_url=ENDPOINT, region_name="eu-west-2", config=CONFIG)


def check(what, condition, seen=None):
    if not condition:
        raise AssertionError(f"{what}: {seen!r}")
    print(f"ok {what}")


def refused(what, code, act):
    try:
        act()
    except ClientError as error:
        check(what, error.response["Error"]["Code"] == code, error.response["Error"])
        return
    raise AssertionError(f"{what}: was not refused")


def eventually(what, probe, seconds=20):
    end = time.time() + seconds
    while time.time() < end:
        found = probe()
        if found:
            print(f"ok {what}")
            return found
        time.sleep(0.1)
    raise AssertionError(f"{what}: not within {seconds} s")


class Functions(http.server.BaseHTTPRequestHandler):
    """Answers invocations as the interface emulator of a function does."""

    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["content-length"])))
        body = json.dumps({"name": self.path.split("/")[3], "doubled": 2 * event["n"]}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def received(sqs, url):
    answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
    for message in answer.get("Messages", []):
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return [message["Body"] for message in answer.get("Messages", [])]


def tables():
    db = client("dynamodb")
    db.create_table(
        TableName="schools",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    db.put_item(TableName="schools", Item={"pk": {"S": "Ysgol Tŷ"}, "pupils": {"N": "12"}})
    item = db.get_item(TableName="schools", Key={"pk": {"S": "Ysgol Tŷ"}})["Item"]
    check("a table keeps an item", item["pupils"] == {"N": "12"}, item)
    refused(
        "a condition that fails",
        "ConditionalCheckFailedException",
        lambda: db.put_item(
            TableName="schools", Item={"pk": {"S": "Ysgol Tŷ"}}, ConditionExpression="attribute_not_exists(pk)"
        ),
    )
    return db.describe_table(TableName="schools")["Table"]["LatestStreamArn"]


def buckets():
    s3 = client("s3")
    s3.create_bucket(Bucket="papers", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    s3.put_object(Bucket="papers", Key="a/ŵ.txt", Body="words".encode(), ContentType="text/plain")
    check("an object comes back", s3.get_object(Bucket="papers", Key="a/ŵ.txt")["Body"].read() == b"words")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "papers", "Key": "a/ŵ.txt"}, ExpiresIn=60)
    check("a presigned address opens it", urllib.request.urlopen(url).read() == b"words")
    keys = [each["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket="papers") for each in page["Contents"]]
    check("a bucket is listed", keys == ["a/ŵ.txt"], keys)
    check("a bucket is listed the first way", s3.list_objects(Bucket="papers")["Contents"][0]["Size"] == 5)
    refused("a bucket that is not empty", "BucketNotEmpty", lambda: s3.delete_bucket(Bucket="papers"))


def queues():
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn}
        ],
    }
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    sqs.send_message(QueueUrl=url, MessageBody="hello")
    check("a queue hands its message over", received(sqs, url) == ["hello"])
    return sqs, url, arn


def events(sqs, url, arn):
    bus = client("events")
    bus.create_event_bus(Name="programme")
    pattern = {"source": ["psqm"], "detail": {"pupils": [{"numeric": [">", 10]}]}}
    bus.put_rule(Name="large", EventBusName="programme", EventPattern=json.dumps(pattern))
    bus.put_targets(Rule="large", EventBusName="programme", Targets=[{"Id": "q", "Arn": arn, "InputPath": "$.detail"}])
    entry = {"EventBusName": "programme", "Source": "psqm", "DetailType": "School"}
    answer = bus.put_events(Entries=[{**entry, "Detail": json.dumps({"pupils": n})} for n in (5, 50)])
    check("events are taken", answer["FailedEntryCount"] == 0, answer)
    got = eventually("a rule sends what matches", lambda: received(sqs, url))
    check("and nothing else", [json.loads(each) for each in got] == [{"pupils": 50}], got)
    refused(
        "a pattern that is none",
        "InvalidEventPatternException",
        lambda: bus.put_rule(Name="bad", EventPattern='{"source": "psqm"}'),
    )


def machines(url):
    states = client("stepfunctions")
    role = "arn:aws:iam::000000000000:role/anything"
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "Double",
        "States": {
            "Double": {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke",
                "Arguments": {"FunctionName": "arn:aws:lambda:eu-west-2:000000000000:function:double", "Payload": "{% $states.input %}"},
                "Output": "{% $states.result.Payload %}",
                "Next": "Ask",
            },
            "Ask": {
                "Type": "Task",
                "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
                "Arguments": {"QueueUrl": url, "MessageBody": {"token": "{% $states.context.Task.Token %}"}},
                "TimeoutSeconds": 60,
                "End": True,
            },
        },
    }
    arn = states.create_state_machine(name="doubling", definition=json.dumps(definition), roleArn=role)["stateMachineArn"]
    run = states.start_execution(stateMachineArn=arn, name="first", input='{"n": 21}')["executionArn"]
    again = states.start_execution(stateMachineArn=arn, name="first", input='{"n": 21}')["executionArn"]
    check("the same start again is the same execution", run == again)
    sqs = client("sqs")
    body = eventually("a machine asks and waits", lambda: received(sqs, url))[0]
    states.send_task_success(taskToken=json.loads(body)["token"], output='{"answer": "yes"}')
    done = eventually(
        "and goes on with the answer",
        lambda: next((d for d in [states.describe_execution(executionArn=run)] if d["status"] != "RUNNING"), None),
    )
    check("its output is the answer", json.loads(done["output"]) == {"answer": "yes"}, done)
    pages = states.get_paginator("get_execution_history").paginate(executionArn=run, PaginationConfig={"PageSize": 3})
    history = [event for page in pages for event in page["events"]]
    check("its history comes in pages", [e["id"] for e in history] == list(range(1, len(history) + 1)), history)
    exited = next(e for e in history if e["type"] == "TaskStateExited" and e["stateExitedEventDetails"]["name"] == "Double")
    check("the function answered", json.loads(exited["stateExitedEventDetails"]["output"])["doubled"] == 42, exited)
    tested = states.test_state(definition=json.dumps({"QueryLanguage": "JSONata", "Type": "Pass", "Output": "{% $states.input.n + 1 %}", "End": True}), input='{"n": 1}')
    check("a single state is tested", tested["status"] == "SUCCEEDED" and tested["output"] == "2", tested)
    refused(
        "a definition that is none",
        "InvalidDefinition",
        lambda: states.create_state_machine(name="bad", definition='{"StartAt": "A", "States": {}}', roleArn=role),
    )


def schedules(sqs, url, arn):
    schedule = client("scheduler")
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=2)
    schedule.create_schedule(
        Name="soon",
        ScheduleExpression=f"at({at:%Y-%m-%dT%H:%M:%S})",
        ScheduleExpressionTimezone="UTC",
        FlexibleTimeWindow={"Mode": "OFF"},
        ActionAfterCompletion="DELETE",
        Target={"Arn": arn, "RoleArn": "arn:aws:iam::000000000000:role/anything", "Input": '{"scheduled": true}'},
    )
    check("a schedule fires", eventually("within its second", lambda: received(sqs, url)) == ['{"scheduled": true}'])
    eventually("and is gone", lambda: schedule.list_schedules()["Schedules"] == [])


def pipes(sqs, url, arn, stream):
    pipe = client("pipes")
    pipe.create_pipe(
        Name="changes",
        Source=stream,
        Target=arn,
        RoleArn="arn:aws:iam::000000000000:role/anything",
        SourceParameters={
            "DynamoDBStreamParameters": {"StartingPosition": "TRIM_HORIZON"},
            "FilterCriteria": {"Filters": [{"Pattern": '{"eventName": ["INSERT"]}'}]},
        },
    )
    eventually("a pipe runs", lambda: pipe.describe_pipe(Name="changes")["CurrentState"] == "RUNNING")
    client("dynamodb").put_item(TableName="schools", Item={"pk": {"S": "new"}})
    got = []

    def probe():
        got.extend(json.loads(each) for each in received(sqs, url))
        return any(each["dynamodb"]["Keys"]["pk"]["S"] == "new" for each in got)

    eventually("and carries a table's changes", probe)


def mail():
    client("sesv2").send_email(
        FromEmailAddress="psqm@example.org",
        Destination={"ToAddresses": ["head@example.org"]},
        Content={"Simple": {"Subject": {"Data": "Croeso"}, "Body": {"Text": {"Data": "Helô"}}}},
    )
    inbox = json.loads(urllib.request.urlopen(f"{ENDPOINT}/_local/inbox?since=0").read())
    check("a mail is in the inbox", inbox[-1]["subject"] == "Croeso", inbox)


def main():
    server = http.server.HTTPServer(("127.0.0.1", LAMBDA_PORT), Functions)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    stream = tables()
    buckets()
    sqs, url, arn = queues()
    events(sqs, url, arn)
    machines(url)
    schedules(sqs, url, arn)
    pipes(sqs, url, arn, stream)
    mail()
    print("all went well")


main()
