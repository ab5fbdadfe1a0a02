import { type FeatureWriter, featureLine, nameJson } from '../evaluate/index.ts';
import { print } from './output.ts';

/** Feature vectors as JSON lines on standard output, where no run can go on. */
export function printingWriter(): FeatureWriter {
  return {
    earlier: () => 0,
    take: () => false,
    write: ({ field, name, vector }) => print(featureLine({ field, name: nameJson(name), vector })),
    finish: async () => {},
  };
}
