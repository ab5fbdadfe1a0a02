/** A feature vector with what it belongs to. */
export interface FeatureRecord {
  /** What stands before the vector: a path or text, or the id of an official data set. */
  readonly field: 'image' | 'image_id' | 'text' | 'text_id';
  readonly name: string | number | bigint;
  readonly vector: Float32Array;
}

/** Takes feature vectors, of one length, one after another. */
export interface FeatureWriter {
  write(record: FeatureRecord): Promise<void>;
  /** Puts what was written under its final name. */
  finish(): Promise<void>;
  /** Leaves nothing behind. */
  discard(): Promise<void>;
}

/** A name as JSON. */
export function nameJson(name: FeatureRecord['name']): string {
  return typeof name === 'bigint' ? String(name) : JSON.stringify(name);
}
