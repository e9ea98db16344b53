import { readFileSync } from 'node:fs';
import type { Caller } from '@forseti/embedded-cloud';
import { sessionOnCloud } from '../../../cli/session/cloudSession';
import { commandLineOn } from './commandLine';
import type { TestStack } from './testStack';

/** A policy file of examples/, with its placeholders filled in for a test stack. */
export const readPolicy = (file: string): unknown =>
  JSON.parse(
    readFileSync(file, 'utf8')
      .replaceAll('STANDBY-REGION', 'eu-central-1')
      .replaceAll('REGION', 'eu-west-1')
      .replaceAll('ACCOUNT', '111122223333')
      .replaceAll('STAGE', 'production'),
  );

/** A role whose every call is judged by the policies, as IAM would: the embedded cloud lets persons do everything. */
export const roleWith = ({ cloud }: TestStack, name: string, policies: readonly unknown[]): Caller => {
  const arn = `arn:aws:iam::${cloud.account}:role/${name}`;
  cloud.roles[arn] = { name, policies };
  return { kind: 'function', arn, name };
};

/** The command line of somebody who has nothing but these policies. */
export const judgedCommandLine = (
  stack: TestStack,
  name: string,
  policies: readonly unknown[],
  answer?: string,
) => commandLineOn(sessionOnCloud(stack.cloud, undefined, roleWith(stack, name, policies)), answer);
