#!/usr/bin/env node
// `node tests/recording/run.mjs demo`: runs the `forseti` command as bin/forseti.mjs does, and writes down what its clouds
// are asked, into the folders that FORSETI_CORPUS and FORSETI_PRIVILEGES name. The command that is shipped knows of neither.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildCommand } from '../../build/command.mjs';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const folder = join(root, '.build', 'recording');
await buildCommand(root, folder, { cli: 'tests/recording/main.ts', worker: 'tests/recording/worker.ts' });
const { main } = createRequire(import.meta.url)(join(folder, 'cli.cjs'));
process.exitCode = await main(process.argv, { root, folder });
