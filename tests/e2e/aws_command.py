"""Plays the AWS CLI on the instance that Ansible is run for: the two of its commands that our document uses.

`aws s3 cp [--only-show-errors] s3://BUCKET/KEY FILE` and `aws ssm get-parameter --with-decryption --name NAME ...`, answered by
the emulators, through botocore.
"""

import json
import sys
from urllib.parse import urlparse

import botocore.session
from botocore.config import Config


def client(service: str):
    return botocore.session.get_session().create_client(service, config=Config(s3={"addressing_style": "path"}))


def main(given: list[str]) -> None:
    if given[:2] == ["s3", "cp"]:
        source, file = [word for word in given[2:] if not word.startswith("--")]
        address = urlparse(source)
        body = client("s3").get_object(Bucket=address.netloc, Key=address.path.lstrip("/"))["Body"]
        with open(file, "wb") as written:
            written.write(body.read())
    elif given[:2] == ["ssm", "get-parameter"]:
        name = given[given.index("--name") + 1]
        answer = client("ssm").get_parameter(Name=name, WithDecryption=True)
        print(json.dumps({"Parameter": {"Name": name, "Value": answer["Parameter"]["Value"]}}))
    else:
        sys.exit(f"The document uses another command of the AWS CLI now: {given}")


main(sys.argv[1:])
