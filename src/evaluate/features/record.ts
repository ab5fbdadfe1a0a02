/** What a feature vector belongs to. */
export interface FeatureName {
  readonly field: Field;
  /** A path, an address or a text, or the id of an official data set. */
  readonly name: string | number | bigint;
}

export type Field = 'image' | 'image_id' | 'text' | 'text_id';

/** A feature vector with what it belongs to. */
export interface FeatureRecord extends FeatureName {
  readonly vector: Float32Array;
}

/** Takes feature vectors, of one length, one after another. */
export interface FeatureWriter {
  /** How many vectors of a kind an earlier run has left. */
  earlier(kind: 'image' | 'text'): number;
  /** Whether an earlier run has written this one; each of its vectors answers once. */
  take(name: FeatureName): boolean;
  write(record: FeatureRecord): Promise<void>;
  /** Puts what was written under its final name. */
  finish(): Promise<void>;
}

/** A name as JSON. */
export function nameJson(name: FeatureName['name']): string {
  return typeof name === 'bigint' ? String(name) : JSON.stringify(name);
}
