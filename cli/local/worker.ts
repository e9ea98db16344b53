/** The thread in which the command runs the embedded cloud; bundled by build/command.mjs. */
import { serveStateFile, stackFactory } from '@forseti/embedded-cloud';
import { tags } from '../../lib/aws/tags';
import { compileStack, installInRegions, resetCommand, teachDocuments } from './stack';

serveStateFile(async ({ root }) =>
  stackFactory({
    compiled: await compileStack(root),
    install: installInRegions,
    prepare: teachDocuments,
    resetCommand,
    versionTag: tags.version,
  }),
);
