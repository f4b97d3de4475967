// Portkey's gateway needs a patch of async-retry to obey Retry-After. Its image applies it; its npm package lacks the file. Without it,
// a 429 with that header ends in a TypeError. The same change is made here, so that it is compared as its image has it.

import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('node_modules/async-retry/lib/index.js', import.meta.url);
const source = readFileSync(file, 'utf8');
const patched = source.replace('fn(bail, num)', 'fn(bail, num, op)');
if (!patched.includes('fn(bail, num, op)')) {
  throw new Error(`${file.pathname} isn't what the patch is for; see what Portkey's image does with this version`);
}
writeFileSync(file, patched);
