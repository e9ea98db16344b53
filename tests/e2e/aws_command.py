"""Plays the AWS CLI on the instance that Ansible is run for: the two of its commands that our document uses.

`aws s3api get-object --bucket BUCKET --key KEY [--version-id VERSION | --if-match ETAG] --query '[ETag,VersionId]' --output text FILE`
and `aws ssm get-parameter --with-decryption --name NAME ...`, answered by the emulators, through botocore.
"""

import json
import sys
from urllib.parse import urlparse

import botocore.session
from botocore.config import Config


def client(service: str):
    return botocore.session.get_session().create_client(service, config=Config(s3={"addressing_style": "path"}))


def main(given: list[str]) -> None:
    if given[:2] == ["s3api", "get-object"]:
        options = dict(zip(given[2:-1:2], given[3:-1:2]))
        asked = {"--version-id": "VersionId", "--if-match": "IfMatch"}
        more = {name: options[option] for option, name in asked.items() if option in options}
        answer = client("s3").get_object(Bucket=options["--bucket"], Key=options["--key"], **more)
        with open(given[-1], "wb") as written:
            written.write(answer["Body"].read())
        print(answer["ETag"], answer.get("VersionId", "None"), sep="\t")
    elif given[:2] == ["ssm", "get-parameter"]:
        name = given[given.index("--name") + 1]
        answer = client("ssm").get_parameter(Name=name, WithDecryption=True)
        print(json.dumps({"Parameter": {"Name": name, "Value": answer["Parameter"]["Value"]}}))
    else:
        sys.exit(f"The document uses another command of the AWS CLI now: {given}")


main(sys.argv[1:])
